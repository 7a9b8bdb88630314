// Everything that the sandbox posted to applications and subscribers, with each attempt's answer.

import { call, view } from "./api.js";
import { actions, badge, button, clockTime, code, empty, facts, fullTime, h, h3, heading, li, many, renew, say, span } from "./dom.js";
import { Listing } from "./listing.js";
import { Panes } from "./panes.js";
import { lines } from "./xml.js";

const OUTCOMES = { delivered: "good", "given up": "bad", lost: "bad", waiting: "wait" };
const outcome = (callback) => badge(OUTCOMES[callback.outcome], callback.outcome);

export class CallbacksView {
  topics = ["account"];

  constructor() {
    this.list = new Listing((query) => view("/callbacks", query), draw, {
      none: "Nothing has been posted yet.",
      changed: () => this.id && this.show(this.id, false),
      label: "Callbacks, newest first",
      class: "two",
      identify: (item) => item.id,
      same: (item) => item.id === this.id,
      open: (item) => (location.hash = `/callbacks/${item.id}`),
    });
    this.emails = h("details", { class: "emails" });
    const tools = [button("+1 minute", () => ahead()), button("Forget ended", () => call("DELETE", "/callbacks"))];
    const left = [heading("Callbacks", tools), this.list.parts, this.emails];
    this.panes = new Panes("Callbacks", left, "Choose a callback to see how it was answered.");
    this.element = this.panes.element;
  }

  async refresh() {
    const [{ emails }] = await Promise.all([call("GET", "/emails"), this.list.source.refresh()]);
    this.emails.hidden = !emails.length;
    const shown = emails.reverse().map((each) => li(h("strong", {}, each.subject), ` to ${each.address} `, h("small", { class: "muted" }, fullTime(each.time)), h("pre", { tabindex: "0" }, each.text)));
    renew(this.emails, h("summary", {}, `Emails that subscribers would have got (${emails.length})`), h("ul", { class: "plain" }, shown));
  }

  show(id, isNew = true) {
    this.id = id;
    this.list.tell();
    const found = id && this.list.source.find((each) => each.id === id);
    if (!found) return this.panes.close();
    const content = [h("h2", {}, h("small", {}, "Callback"), " ", found.type), actions(outcome(found)), ...showAttempts(found), h3("Body"), lines(found.body)];
    this.panes.open(content, isNew);
  }
}

async function ahead() {
  await call("POST", "/clock", { seconds: 60 });
  say("The account’s clock is a minute ahead: what was due is tried again");
}

function draw(callback) {
  return [
    span("line", span("name", callback.type), outcome(callback)),
    span("line muted", span("name", callback.url), h("span", {}, many(callback.attempts.length, "attempt")), span("end", clockTime(callback.created))),
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
      ["To", code(callback.url)],
      ["Since", fullTime(callback.created)],
      ["Next attempt", callback.due && fullTime(callback.due)],
    ]),
    attempts.length ? h("ol", { class: "steps" }, attempts) : empty("Not tried yet."),
  ];
}
