// Which view is shown, and who hears of changes.

import { Away, choose, listen, Refusal, view } from "./api.js";
import { h, li, link, say } from "./dom.js";
import { AccountView } from "./account.js";
import { CallbacksView } from "./callbacks.js";
import { ControlsView } from "./controls.js";
import { MessagesView } from "./messages.js";
import { OrdersView } from "./orders.js";
import { RequestsView } from "./requests.js";
import { TimelineView } from "./timeline.js";

const VIEWS = {
  account: ["Account", AccountView],
  orders: ["Orders", OrdersView],
  messages: ["Messages", MessagesView],
  callbacks: ["Callbacks", CallbacksView],
  requests: ["Requests", RequestsView],
  timeline: ["Timeline", TimelineView],
  controls: ["Controls", ControlsView],
};

const main = document.getElementById("main");
const accounts = document.getElementById("account");
const live = document.getElementById("live");
const links = Object.entries(VIEWS).map(([name, [title]]) => link(title, `#/${name}`));
document.getElementById("views").append(...links.map((each) => li(each)));

let made = {};
let current = null;
let busy = false;
let waiting = false;

// `#/orders/ID`: a view, and what is open in it.
function route() {
  const [, name, ...rest] = location.hash.split("/");
  const known = name in VIEWS ? name : "account";
  const isNew = current?.name !== known;
  if (isNew) {
    const found = (made[known] ??= new VIEWS[known][1]());
    current = { name: known, view: found };
    main.replaceChildren(found.element);
    document.title = `${VIEWS[known][0]} – Sandbox`;
    for (const each of links) {
      if (each.hash === `#/${known}`) {
        each.setAttribute("aria-current", "page");
        each.scrollIntoView({ block: "nearest", inline: "nearest" });
      } else each.removeAttribute("aria-current");
    }
  }
  const shown = current;
  const open = () => {
    shown.isOpen = true;
    shown.view.show(rest.length ? rest.join("/") : undefined);
  };
  // Who was quicker than the first answer has opened something else meanwhile.
  if (isNew) refresh().then(() => shown.isOpen || shown !== current || open());
  else open();
}

// One at a time, however fast changes come; the last of them is never left out.
async function refresh() {
  if (busy) {
    waiting = true;
    return;
  }
  busy = true;
  try {
    do {
      waiting = false;
      const began = performance.now();
      await current.view.refresh();
      // The account has others to serve than who looks on.
      if (waiting) await new Promise((done) => setTimeout(done, 3 * (performance.now() - began)));
    } while (waiting);
  } catch (error) {
    // That the sandbox is away is shown anyhow, as long as it is.
    if (!(error instanceof Away)) throw error;
  } finally {
    busy = false;
  }
}

// What was wanted of the sandbox, and could not be done.
addEventListener("unhandledrejection", (event) => {
  if (!(event.reason instanceof Refusal || event.reason instanceof Away)) return;
  event.preventDefault();
  say(event.reason.message, "bad");
});

function connected(isLive) {
  live.className = `live ${isLive ? "good" : "bad"}`;
  live.textContent = isLive ? "● live" : "○ the sandbox is away";
}

accounts.addEventListener("change", () => {
  choose(accounts.value);
  made = {};
  current = null;
  location.hash = `/${location.hash.split("/")[1] || "account"}`;
  route();
});

const first = await view("/account");
choose(first.account);
accounts.append(...first.accounts.map((id) => h("option", { value: id }, id)));
accounts.closest("label").classList.toggle("single", first.accounts.length === 1);
addEventListener("hashchange", route);
route();
listen((changed) => {
  if (current.view.topics.some((topic) => changed.includes(topic))) refresh();
}, connected);
