// The last requests with their answers; a refused one beside what would have been accepted.

import { call, Pages, view } from "./api.js";
import { badge, button, clockTime, duration, empty, facts, h, heading } from "./dom.js";
import { Panes } from "./panes.js";
import { compare, lines } from "./xml.js";
import { WindowList } from "./window_list.js";

const status = (row) => {
  if (!row.status) return badge("bad", "no answer");
  return badge(row.status < 400 ? "good" : "bad", [row.status, row.code].filter(Boolean).join(" "));
};
export const shortPath = (target) =>
  target
    .replace(/^\/(?:api(?:\/v[0-9.]+)?|v[0-9.]+)\/(?:accounts|users)\/[^/?]+/, "…")
    .replace(/\/sites\/\d+(\/sippeers\/\d+)\/products\/messaging/, "$1/…");

export class RequestsView {
  topics = ["requests"];

  constructor() {
    this.pages = new Pages((query) => view("/requests", { ...query, contains: this.filter?.value ?? "", refused: this.refused?.checked ? "1" : "" }));
    this.pages.onchange = () => this.changed();
    this.list = new WindowList(this.pages, draw, {
      label: "Requests, newest first",
      class: "two",
      same: (item) => String(item.number) === this.number,
      open: (item) => (location.hash = `/requests/${item.number}`),
    });
    this.none = empty("No requests. They are here as soon as an application calls this address.");
    this.filter = h("input", { type: "search", placeholder: "Method, path or status", "aria-label": "Find by method, path or status", oninput: () => this.again() });
    this.refused = h("input", { type: "checkbox", onchange: () => this.again() });
    const tools = h("div", { class: "tools" }, this.filter, h("label", { class: "check" }, this.refused, "Refused only"), button("Forget all", () => this.forget()));
    this.panes = new Panes("Requests", [heading("Requests", tools), this.none, this.list.element], "Choose a request to see it with its answer.");
    this.element = this.panes.element;
  }

  refresh() {
    return this.pages.refresh();
  }

  again() {
    this.pages.rows.clear();
    this.list.element.scrollTop = 0;
    return this.refresh();
  }

  async forget() {
    await call("DELETE", "/requests");
    this.pages.rows.clear();
    location.hash = "/requests";
    await this.refresh();
  }

  changed() {
    this.none.hidden = this.pages.total > 0;
    this.list.element.hidden = !this.none.hidden;
    this.list.refresh();
  }

  async show(number) {
    this.number = number;
    this.list.tell();
    if (!number) return this.panes.close();
    const found = await view(`/requests/${encodeURIComponent(number)}`).catch(() => null);
    if (number !== this.number) return undefined;
    const content = found ? showExchange(found) : empty("This request is forgotten.");
    return this.panes.open(content, () => (location.hash = "/requests"));
  }
}

function draw(row) {
  return [
    h("span", { class: "line" }, h("strong", { class: "method" }, row.method), h("span", { class: "name path", title: row.target }, shortPath(row.target))),
    h("span", { class: "line muted" }, status(row), row.fault ? h("span", { class: "name" }, `⚡ ${row.fault}`) : null, h("span", { class: "end" }, `${duration(row.seconds)} · ${clockTime(row.started * 1000)}`)),
  ];
}

// Of the log, or of an archive, where nothing is known of what was wanted.
export function showExchange(row) {
  const { refusal } = row;
  return [
    h("h2", {}, h("small", {}, row.method), " ", h("span", { class: "path" }, row.target)),
    h("p", { class: "actions" }, status(row), h("span", { class: "muted" }, `${duration(row.seconds)}, began ${clockTime(row.started * 1000)}`)),
    facts([["Fault", row.fault && h("code", {}, row.fault)]]),
    ...(refusal ? showRefusal(row) : [h("h3", {}, "Request"), row.request ? lines(row.request) : empty("Without a body.")]),
    h("h3", {}, "Answer"),
    row.answer ? lines(row.answer) : empty(row.status ? "Without a body." : "None: the connection was closed, or stays open in silence."),
  ];
}

function showRefusal({ refusal, request, wanted }) {
  const words = refusal.words ? h("p", { class: "refusal" }, refusal.code ? h("strong", {}, refusal.code, " ") : null, refusal.words) : null;
  if (!wanted || (!request && !refusal.words)) return [words, h("h3", {}, "Request"), request ? lines(request) : empty("Without a body.")].filter(Boolean);
  return [
    words,
    h("h3", {}, "Request, held against one that is accepted"),
    h("p", { class: "legend" }, h("span", { class: "code refused" }, "− what the answer names"), " ", h("span", { class: "code wanted" }, "+ what a small accepted one has, and this one has not")),
    lines(compare(request, wanted, refusal)),
    h("details", {}, h("summary", {}, "A small one that is accepted"), lines(wanted)),
  ].filter(Boolean);
}
