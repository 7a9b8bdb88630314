// A run as a picture: one bar a call, so that what ran side by side and what waited is seen.
//
// The same for the sandbox's own log and for any HTTP Archive that is dropped here.

import { view } from "./api.js";
import { button, clockTime, count, duration, empty, h, heading, link, many, renew, say, span, unseen } from "./dom.js";
import { Panes } from "./panes.js";
import { shortPath, showExchange } from "./requests.js";
import { WindowList } from "./window_list.js";

const PAUSE = 5;
const PAGE = 1000;
const TICKS = 4;

export class TimelineView {
  topics = ["requests"];

  constructor() {
    this.log = [];
    this.list = new WindowList(listed([]), (item) => this.draw(item), {
      label: "Calls, in the order in which they began",
      class: "timeline",
      identify: (item) => item.number,
      same: (item) => item.number === this.number,
      open: (item) => (location.hash = `/timeline/${item.number}`),
      painted: (first, last) => this.scale(first, last),
    });
    this.axis = h("div", { class: "axis", "aria-hidden": "true" });
    this.run = h("select", { "aria-label": "Run", onchange: () => this.chooseRun() });
    this.inView = h("input", { type: "checkbox", onchange: () => this.list.refresh() });
    const file = h("input", { type: "file", accept: ".har,application/json", class: "unseen", onchange: () => this.load(file.files[0]).then(() => (file.value = "")) });
    this.own = button("Back to the sandbox’s log", () => this.leave(), { hidden: true });
    const tools = [this.run, h("label", { class: "check" }, this.inView, "Scale to what is in view"), h("label", { class: "button" }, "Open a HAR", file), link("Save as HAR", "/_sandbox/har", { class: "button", download: "sandbox.har" }), this.own];
    this.sum = h("p", { class: "sum", role: "status" });
    this.none = empty("No calls yet. Drop a HAR file here to see another run.");
    this.panes = new Panes("Timeline", [heading("Timeline", tools), this.sum, this.axis, this.none, this.list.element], "Choose a call to see it with its answer.");
    this.element = this.panes.element;
    this.element.classList.add("wide");
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      this.load(event.dataTransfer.files[0]);
    });
  }

  async refresh() {
    if (this.archive) return;
    const known = this.log.at(-1)?.number ?? 0;
    const found = [];
    let total = Infinity;
    while (found.length < total) {
      const page = await view("/requests", { offset: found.length, limit: PAGE });
      total = page.total;
      const fresh = page.rows.filter((row) => row.number > known);
      found.push(...fresh);
      if (fresh.length < PAGE) break;
    }
    this.log = [...this.log, ...found.reverse()].slice(-total);
    if (!total) this.log = [];
    // An archive may have been opened meanwhile.
    if (!this.archive) this.use(this.log);
  }

  // What the runs are: calls with no longer pause between them.
  use(calls) {
    this.calls = [...calls].sort((one, other) => one.started - other.started);
    this.runs = [];
    let end = -Infinity;
    for (const call of this.calls) {
      if (call.started > end + PAUSE) this.runs.push([]);
      this.runs.at(-1).push(call);
      end = Math.max(end, call.started + call.seconds);
    }
    // Who looks at the last run looks at the next, too.
    const [chosen, last] = [this.run.value, this.last];
    this.last = this.runs.length ? String(this.runs.length - 1) : undefined;
    const options = this.runs.map((run, index) => h("option", { value: String(index) }, `${clockTime(run[0].started * 1000)}, ${many(run.length, "call")}`));
    renew(this.run, h("option", { value: "" }, `All, ${many(this.calls.length, "call")}`), options.reverse());
    this.run.value = (last === undefined || chosen === last ? this.last : chosen) ?? "";
    this.chooseRun();
  }

  chooseRun() {
    const rows = (this.run.value === "" ? this.calls : this.runs[Number(this.run.value)]) ?? [];
    this.rows = rows;
    this.start = rows[0]?.started ?? 0;
    this.end = rows.reduce((end, row) => Math.max(end, row.started + row.seconds), this.start);
    this.none.hidden = rows.length > 0;
    for (const part of [this.list.element, this.axis, this.sum]) part.hidden = !rows.length;
    const most = sideBySide(rows);
    const busy = rows.reduce((sum, row) => sum + row.seconds, 0);
    this.sum.textContent = `${many(rows.length, "call")} in ${duration(this.end - this.start)}, at most ${count(most)} side by side, ${duration(busy)} of answering in all${this.archive ? `, from ${this.archive}` : ""}`;
    this.list.source = listed(rows);
    this.span = [this.start, this.end];
    this.list.refresh();
  }

  draw(row) {
    const bar = span(`bar ${row.status && row.status < 400 ? "good" : "bad"}`);
    const wait = row.waited ? span("bar waited") : null;
    const words = `${row.status || "no answer"}, ${duration(row.seconds)}`;
    return [
      span("what", h("strong", {}, row.method), " ", shortPath(row.target)),
      span("lane", wait, bar, span("after", row.status && row.status < 400 ? "" : "✕ ", words, unseen(`, began after ${duration(row.started - this.start)}`))),
    ];
  }

  // Places the bars of the rows in view on the axis.
  scale(first, last) {
    if (!this.rows?.length) return;
    if (this.inView.checked) {
      const seen = this.rows.slice(first, last + 1);
      this.span = [seen[0].started, Math.max(...seen.map((row) => row.started + row.seconds))];
    } else this.span = [this.start, this.end];
    const [start, end] = this.span;
    const whole = Math.max(end - start, 1e-6);
    const share = (seconds) => `${(Math.max(0, Math.min(seconds / whole, 1)) * 100).toFixed(3)}%`;
    for (const [index, element] of this.list.shown) {
      const row = this.rows[index];
      const [bar, waited, after] = [".bar:not(.waited)", ".waited", ".after"].map((each) => element.querySelector(each));
      const begin = row.started - start + (row.waited ?? 0);
      bar.style.left = share(begin);
      bar.style.width = share(row.seconds - (row.waited ?? 0));
      if (waited) {
        waited.style.left = share(row.started - start);
        waited.style.width = share(row.waited);
      }
      const ends = (row.started + row.seconds - start) / whole;
      after.classList.toggle("before", ends > 0.75);
      after.style.left = ends > 0.75 ? "auto" : share(ends * whole);
      after.style.right = ends > 0.75 ? `calc(100% - ${share(row.started - start)})` : "auto";
    }
    const ticks = Array.from({ length: TICKS + 1 }, (_, index) => (index / TICKS) * whole);
    this.axis.replaceChildren(
      span("what"),
      span("lane", ticks.map((at) => {
        const tick = span("tick", duration(at + start - this.start));
        tick.style.left = share(at);
        return tick;
      })),
    );
  }

  async load(file) {
    if (!file) return;
    try {
      const { log } = JSON.parse(await file.text());
      const calls = log.entries.map(readEntry);
      this.archive = file.name;
      this.own.hidden = false;
      this.last = undefined;
      location.hash = "/timeline";
      this.use(calls);
    } catch {
      say(`${file.name} is not an HTTP Archive`, "bad");
    }
  }

  leave() {
    this.archive = null;
    this.own.hidden = true;
    this.last = undefined;
    location.hash = "/timeline";
    this.use(this.log);
    this.refresh();
  }

  async show(number) {
    this.number = number === undefined ? undefined : Number(number);
    this.list.tell();
    if (number === undefined) return this.panes.close();
    const chosen = this.archive ? this.calls?.find((each) => each.number === this.number) : await view(`/requests/${encodeURIComponent(number)}`).catch(() => null);
    const content = chosen ? showExchange(chosen) : empty("This call is forgotten.");
    return this.panes.open(content);
  }
}

const listed = (rows) => ({ total: rows.length, get: (index) => rows[index], indexOf: (isIt) => rows.findIndex(isIt) });

function sideBySide(rows) {
  const moments = rows.flatMap((row) => [[row.started, 1], [row.started + row.seconds, -1]]);
  moments.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  let [now, most] = [0, 0];
  for (const [, change] of moments) most = Math.max(most, (now += change));
  return most;
}

// One entry of an archive as the log has its rows. What it waited for a connection is told apart.
function readEntry(entry, index) {
  const { request, response, timings = {} } = entry;
  const url = new URL(request.url);
  const started = new Date(entry.startedDateTime).getTime() / 1000;
  const seconds = entry.time / 1000;
  if (!Number.isFinite(started + seconds)) throw new TypeError("no time");
  return {
    number: index + 1,
    method: String(request.method),
    target: url.pathname + url.search,
    status: Number(response.status),
    started,
    seconds: Math.max(seconds, 0),
    waited: Math.max(timings.blocked ?? 0, 0) / 1000,
    fault: entry.comment ?? "",
    request: request.postData?.text ?? "",
    answer: response.content?.text ?? "",
  };
}
