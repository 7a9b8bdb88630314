// Everything that the sandbox posted to applications and subscribers, with each attempt's answer.

import { call, Pages, view } from "./api.js";
import { badge, button, clockTime, empty, facts, fullTime, h, heading, many, say } from "./dom.js";
import { Panes } from "./panes.js";
import { lines } from "./xml.js";
import { WindowList } from "./window_list.js";

const OUTCOMES = { delivered: "good", "given up": "bad", lost: "bad", waiting: "wait" };
const outcome = (callback) => badge(OUTCOMES[callback.outcome], callback.outcome);

export class CallbacksView {
  topics = ["account"];

  constructor() {
    this.pages = new Pages((query) => view("/callbacks", query));
    this.pages.onchange = () => this.changed();
    this.list = new WindowList(this.pages, draw, {
      label: "Callbacks, newest first",
      class: "two",
      same: (item) => item.id === this.id,
      open: (item) => (location.hash = `/callbacks/${item.id}`),
    });
    this.none = empty("Nothing has been posted yet.");
    this.emails = h("details", { class: "emails" });
    const tools = h("div", { class: "tools" }, button("+1 minute", () => ahead()), button("Forget ended", () => call("DELETE", "/callbacks")));
    const left = [heading("Callbacks", tools), this.none, this.list.element, this.emails];
    this.panes = new Panes("Callbacks", left, "Choose a callback to see how it was answered.");
    this.element = this.panes.element;
  }

  async refresh() {
    const [{ emails }] = await Promise.all([call("GET", "/emails"), this.pages.refresh()]);
    this.emails.hidden = !emails.length;
    const shown = emails.reverse().map((each) => h("li", {}, h("strong", {}, each.subject), ` to ${each.address} `, h("small", { class: "muted" }, fullTime(each.time)), h("pre", { tabindex: "0" }, each.text)));
    const wasOpen = this.emails.open;
    this.emails.replaceChildren(h("summary", {}, `Emails that subscribers would have got (${emails.length})`), h("ul", { class: "plain" }, shown));
    this.emails.open = wasOpen;
    if (this.id) this.show(this.id, false);
  }

  changed() {
    this.none.hidden = this.pages.total > 0;
    this.list.element.hidden = !this.none.hidden;
    this.list.refresh();
    if (this.id) this.show(this.id, false);
  }

  show(id, isNew = true) {
    this.id = id;
    this.list.tell();
    const found = id && [...this.pages.rows.values()].flat().find((each) => each.id === id);
    if (!found) return this.panes.close();
    const content = [h("h2", {}, h("small", {}, "Callback"), " ", found.type), h("p", { class: "actions" }, outcome(found)), ...showAttempts(found), h("h3", {}, "Body"), lines(found.body)];
    this.panes.open(content, () => (location.hash = "/callbacks"), isNew);
  }
}

async function ahead() {
  await call("POST", "/clock", { seconds: 60 });
  say("The account’s clock is a minute ahead: what was due is tried again");
}

function draw(callback) {
  return [
    h("span", { class: "line" }, h("span", { class: "name" }, callback.type), outcome(callback)),
    h("span", { class: "line muted" }, h("span", { class: "name" }, callback.url), h("span", {}, many(callback.attempts.length, "attempt")), h("span", { class: "end" }, clockTime(callback.created))),
  ];
}

// As a part of something greater.
export const showCallback = (callback) =>
  h("article", { class: "callback" }, h("p", {}, h("strong", {}, callback.type), " ", outcome(callback)), showAttempts(callback), h("details", {}, h("summary", {}, "Body"), lines(callback.body)));

function showAttempts(callback) {
  const attempts = callback.attempts.map((each) =>
    h(
      "li",
      {},
      badge(each.status >= 200 && each.status < 300 ? "good" : "bad", each.status ? String(each.status) : each.error || "no answer"),
      each.authorized ? " with credentials" : " without credentials",
      h("small", { class: "muted", title: fullTime(each.time) }, ` ${clockTime(each.time)}`),
      each.answer ? h("pre", { tabindex: "0" }, each.answer) : null,
    ),
  );
  return [
    facts([
      ["To", h("code", {}, callback.url)],
      ["Since", fullTime(callback.created)],
      ["Next attempt", callback.due && fullTime(callback.due)],
    ]),
    attempts.length ? h("ol", { class: "steps" }, attempts) : empty("Not tried yet."),
  ];
}
