// The last requests with their answers; a refused one beside what would have been accepted.

import { call, view } from "./api.js";
import { actions, badge, button, clockTime, code, duration, empty, facts, h, h3, heading, span } from "./dom.js";
import { Listing } from "./listing.js";
import { Panes } from "./panes.js";
import { compare, lines } from "./xml.js";

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
    this.list = new Listing((query) => view("/requests", { ...query, contains: this.filter.value, refused: this.refused.checked ? "1" : "" }), draw, {
      none: "No requests. They are here as soon as an application calls this address.",
      label: "Requests, newest first",
      class: "two",
      identify: (item) => item.number,
      same: (item) => String(item.number) === this.number,
      open: (item) => (location.hash = `/requests/${item.number}`),
    });
    this.filter = h("input", { type: "search", placeholder: "Method, path, status", "aria-label": "Find by method, path or status", oninput: () => this.again() });
    this.refused = h("input", { type: "checkbox", onchange: () => this.again() });
    const tools = [this.filter, h("label", { class: "check" }, this.refused, "Refused only"), button("Forget all", () => this.forget())];
    this.panes = new Panes("Requests", [heading("Requests", tools), this.list.parts], "Choose a request to see it with its answer.");
    this.element = this.panes.element;
  }

  refresh() {
    return this.list.source.refresh();
  }

  again() {
    this.list.source.rows.clear();
    this.list.restart();
    return this.refresh();
  }

  async forget() {
    await call("DELETE", "/requests");
    this.list.source.rows.clear();
    location.hash = "/requests";
    await this.refresh();
  }

  async show(number) {
    this.number = number;
    this.list.tell();
    if (!number) return this.panes.close();
    const found = await view(`/requests/${encodeURIComponent(number)}`).catch(() => null);
    if (number !== this.number) return undefined;
    const content = found ? showExchange(found) : empty("This request is forgotten.");
    return this.panes.open(content);
  }
}

function draw(row) {
  return [
    span("line", h("strong", { class: "method" }, row.method), h("span", { class: "name path", title: row.target }, shortPath(row.target))),
    span("line muted", status(row), row.fault ? span("name", `⚡ ${row.fault}`) : null, span("end", `${duration(row.seconds)} · ${clockTime(row.started * 1000)}`)),
  ];
}

// Of the log, or of an archive, where nothing is known of what was wanted.
export function showExchange(row) {
  const { refusal } = row;
  return [
    h("h2", {}, h("small", {}, row.method), " ", span("path", row.target)),
    actions(status(row), span("muted", `${duration(row.seconds)}, began ${clockTime(row.started * 1000)}`)),
    facts([["Fault", row.fault && code(row.fault)]]),
    ...(refusal ? showRefusal(row) : [h3("Request"), row.request ? lines(row.request) : empty("Without a body.")]),
    h3("Answer"),
    row.answer ? lines(row.answer) : empty(row.status ? "Without a body." : "None: the connection was closed, or stays open in silence."),
  ];
}

function showRefusal({ refusal, request, wanted }) {
  const words = refusal.words ? h("p", { class: "refusal" }, refusal.code ? h("strong", {}, refusal.code, " ") : null, refusal.words) : null;
  if (!wanted || (!request && !refusal.words)) return [words, h3("Request"), request ? lines(request) : empty("Without a body.")].filter(Boolean);
  return [
    words,
    h3("Request, held against one that is accepted"),
    h("p", { class: "legend" }, span("code refused", "− what the answer names"), " ", span("code wanted", "+ what a small accepted one has, and this one has not")),
    lines(compare(request, wanted, refusal)),
    h("details", {}, h("summary", {}, "A small one that is accepted"), lines(wanted)),
  ].filter(Boolean);
}
