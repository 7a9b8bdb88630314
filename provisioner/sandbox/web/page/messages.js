// What was said, by conversation, and every attempt to tell an application of it.

import { Pages, view } from "./api.js";
import { alarm, badge, button, clockTime, code, empty, facts, field, fullTime, h, h3, heading, li, link, many, phone, renew, span, unseen } from "./dom.js";
import { comeIn, post, receive, send } from "./compose.js";
import { Listing } from "./listing.js";
import { Panes } from "./panes.js";
import { WindowList } from "./window_list.js";
import { showCallback } from "./callbacks.js";

const STATES = { DELIVERED: "good", RECEIVED: "good", FAILED: "bad" };
const fate = (status, error) => badge(STATES[status] ?? "wait", error ? `${status} ${error}` : status);
const names = (numbers) => numbers.map(phone).join(", ");

// The last message is at the end, though it is fetched first.
class Backwards {
  constructor(pages) {
    this.pages = pages;
  }

  get total() {
    return this.pages.total;
  }

  get(index) {
    return this.pages.get(this.total - 1 - index);
  }

  indexOf(isIt) {
    const at = this.pages.indexOf(isIt);
    return at < 0 ? -1 : this.total - 1 - at;
  }

  get isPending() {
    return this.pages.isPending;
  }

  need(first, last) {
    this.pages.need(this.total - 1 - last, this.total - 1 - first);
  }
}

export class MessagesView {
  topics = ["account"];

  constructor() {
    this.list = new Listing((query) => view("/conversations", query), drawConversation, {
      none: "Nothing has been said yet.",
      label: "Conversations, the latest first",
      class: "two",
      identify: (item) => item.thread,
      same: (item) => item.thread === this.thread,
      open: (item) => (location.hash = `/messages/${encodeURIComponent(item.thread)}`),
    });
    const tools = [button("Send", () => send(), { class: "first" }), button("Let one come in", () => receive())];
    this.panes = new Panes("Messages", [heading("Messages", tools), this.list.parts], "Choose a conversation to read it.");
    this.element = this.panes.element;
  }

  async refresh() {
    await this.list.source.refresh();
    if (this.talk) await this.talk.refresh();
  }

  show(thread) {
    this.thread = thread && decodeURIComponent(thread);
    this.list.tell();
    this.talk = this.thread ? new Talk(this.thread) : null;
    if (this.talk) this.panes.open(this.talk.content);
    else this.panes.close();
  }
}

function drawConversation(item) {
  const arrow = item.direction === "INBOUND" ? ["←", "came in: "] : ["→", "was sent: "];
  const words = item.text || (item.attachments ? many(item.attachments, "picture") : "without words");
  return [
    span("line", span("name", names(item.others)), span("end muted", clockTime(item.time))),
    span("line muted", h("span", { "aria-hidden": "true" }, arrow[0]), unseen(arrow[1]), span("name", words), span("end", many(item.messages, "message"))),
  ];
}

// One conversation: its messages, the one that is open, and a form to go on with.
class Talk {
  constructor(thread) {
    [this.owner, ...this.others] = thread.split(" ");
    this.pages = new Pages((query) => view("/messages", { thread, ...query }));
    this.pages.onchange = () => this.changed();
    this.list = new WindowList(new Backwards(this.pages), draw, {
      label: "Messages, the last one at the end",
      class: "talk",
      identify: (item) => item.id,
      same: (item) => item.id === this.id,
      open: (item) => this.open(item),
    });
    this.more = h("div", { class: "more" });
    this.content = [
      h("h2", {}, h("small", {}, phone(this.owner), " with"), " ", names(this.others)),
      this.list.element,
      this.more,
      this.form(),
    ];
    this.pages.refresh();
  }

  refresh() {
    return this.pages.refresh();
  }

  changed() {
    const isFirst = this.known === undefined;
    const follows = isFirst || (this.known !== this.pages.total && this.list.isAtEnd);
    this.known = this.pages.total;
    this.last = this.pages.get(0);
    this.list.refresh();
    if (follows) requestAnimationFrame(() => {
      this.list.paint();
      if (isFirst) this.list.choose(this.known - 1);
      this.list.toEnd();
    });
    const open = this.pages.find((each) => each.id === this.id);
    if (open) renew(this.more, showMessage(open, () => this.open(null)));
  }

  open(item) {
    this.id = item?.id;
    this.more.replaceChildren(...(item ? showMessage(item, () => this.open(null)) : []));
    this.list.tell();
    if (item) this.more.scrollIntoView({ block: "nearest" });
  }

  form() {
    const fault = alarm();
    const text = h("textarea", { rows: "2", required: true });
    const go = async (doing) => {
      if (!text.reportValidity()) return;
      fault.textContent = "";
      try {
        await doing();
        text.value = "";
        this.list.toEnd();
      } catch (error) {
        fault.textContent = error.message;
      }
    };
    const application = () => this.last?.applicationId ?? "";
    const out = () => post({ applicationId: application(), from: this.owner, to: this.others, text: text.value });
    const back = () => comeIn({ from: this.others[0], to: [this.owner, ...this.others.slice(1)], text: text.value });
    const submit = (event) => {
      event.preventDefault();
      go(out);
    };
    return h(
      "form",
      { class: "reply", onsubmit: submit },
      field("Go on with", text),
      fault,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "first" }, "Send as the application"), button("Let it come in", () => go(back))),
    );
  }
}

const isIn = (message) => message.direction === "in";
const told = (message) => message.callbacks.filter((each) => each.outcome === "delivered").length;

function draw(message) {
  const pictures = message.media.length ? span("tag", many(message.media.length, "picture")) : null;
  const status = message.deliveries.length === 1 ? fate(message.deliveries[0].status, message.deliveries[0].error) : h("span", {}, `${message.deliveries.filter((each) => STATES[each.status] === "good").length} of ${message.deliveries.length} delivered`);
  const calls = message.callbacks.length ? `${told(message)} of ${many(message.callbacks.length, "callback")} accepted` : "nobody told";
  return h(
    "div",
    { class: `bubble ${isIn(message) ? "in" : "out"}` },
    span("words", unseen(isIn(message) ? "came in: " : "sent: "), message.text || h("em", {}, "without words"), " ", pictures),
    span("line muted", status, h("span", {}, calls), span("end", clockTime(message.time))),
  );
}

function showMessage(message, close) {
  const media = message.media.map((url) => li(picture(url), code(url)));
  return [
    h("div", { class: "head" }, h3(isIn(message) ? "Came in" : "Sent"), button("Close", close)),
    h("blockquote", {}, message.text || h("em", {}, "without words")),
    h("h4", {}, "Callbacks"),
    ...(message.callbacks.length ? message.callbacks.map(showCallback) : [empty("None: no location has the application, it asked for other types, or the sandbox was started with --no-callbacks.")]),
    h("h4", {}, "The message"),
    facts([
      ["Id", code(message.id)],
      ["Time", fullTime(message.time)],
      ["From", phone(message.from)],
      ["To", names(message.to)],
      ["Kind", `${message.kind.toUpperCase()}, ${many(message.segmentCount, "segment")}`],
      ["Application", message.applicationId && link(message.applicationId, `#/account/application/${message.applicationId}`)],
      ["Tag", message.tag],
      ["Pictures", media.length ? h("ul", {}, media) : null],
      ["State", h("ul", { class: "plain" }, message.deliveries.map((each) => li(phone(each.to), " ", fate(each.status, each.error))))],
    ]),
  ];
}

// The sandbox's own picture alone: others would be asked for from elsewhere.
const picture = (url) => (url.startsWith(`${location.origin}/_sandbox/page/`) ? h("img", { src: url, alt: "", width: 60, height: 40 }) : null);
