// Orders of all kinds with their state as it moves, and what became of each.

import { call, view } from "./api.js";
import { actions, badge, button, clockTime, code, count, empty, facts, fullTime, h, h3, heading, li, link, many, phone, say, span } from "./dom.js";
import { Listing } from "./listing.js";
import { Panes } from "./panes.js";

const KINDS = { order: "Order", release: "Release", move: "Move", options: "Options" };
const STATES = { COMPLETE: "good", FAILED: "bad", PARTIAL: "held", BACKORDERED: "held" };
export const stateOf = (status) => badge(STATES[status] ?? "wait", status);

export class OrdersView {
  topics = ["account"];

  constructor() {
    this.list = new Listing((query) => view("/orders", query), draw, {
      none: "No orders yet.",
      label: "Orders, newest first",
      class: "two",
      identify: (item) => item.id,
      same: (item) => item.id === this.id,
      open: (item) => (location.hash = `/orders/${item.id}`),
    });
    this.held = h("div", { class: "banner", hidden: true }, badge("held", "Orders are held: none goes on until they are released."));
    this.holding = button("Hold orders", () => this.hold(), { "aria-pressed": "false" });
    const tools = [this.holding, button("+1 minute", () => ahead(60)), button("+30 days", () => ahead(2592000))];
    this.panes = new Panes("Orders", [heading("Orders", tools), this.held, this.list.parts], "Choose an order to see what became of it.");
    this.element = this.panes.element;
  }

  async refresh() {
    const [summary] = await Promise.all([call("GET", "/"), this.list.source.refresh()]);
    this.isHeld = summary.orders_held;
    this.held.hidden = !this.isHeld;
    this.holding.setAttribute("aria-pressed", String(this.isHeld));
    this.holding.textContent = this.isHeld ? "Release orders" : "Hold orders";
    if (this.id) await this.load(false);
  }

  async hold() {
    await call("POST", this.isHeld ? "/orders/release" : "/orders/hold");
    await this.refresh();
  }

  async show(id) {
    this.id = id;
    this.list.tell();
    if (id) await this.load(true);
    else this.panes.close();
  }

  async load(isNew) {
    const id = this.id;
    const order = await view(`/orders/${encodeURIComponent(id)}`).catch(() => null);
    if (id !== this.id) return;
    const content = order ? showOrder(order) : empty("This order is gone.");
    this.panes.open(content, isNew);
  }
}

async function ahead(seconds) {
  await call("POST", "/clock", { seconds });
  say("The account’s clock is ahead; what was due has happened");
}

const progress = (order) => (order.obtained === null ? many(order.quantity, "number") : `${count(order.obtained ?? 0)} of ${many(order.quantity ?? 0, "number")}`);

function draw(order) {
  return [
    span("line", h("strong", {}, KINDS[order.kind]), span("name", order.customer_order_id ?? order.name ?? order.id), stateOf(order.status)),
    span("line muted", progress(order), span("end", clockTime(order.created))),
  ];
}

function showOrder(order) {
  const done = { asked: "Asked for", completed: "Obtained", failed: "Failed" };
  const share = order.quantity ? (order.obtained ?? 0) / order.quantity : 0;
  const bar = order.obtained === null ? null : h("progress", { max: 1, value: share, "aria-label": "Numbers obtained" });
  return [
    h("h2", {}, h("small", {}, KINDS[order.kind]), " ", order.customer_order_id ?? order.id),
    actions(stateOf(order.status), bar, progress(order)),
    facts([
      ["Id", code(order.id)],
      ["Name", order.name],
      ["Type", order.type],
      ["Site", order.site && link(String(order.site), `#/account/site/${order.site}`)],
      ["Location", order.peer && link(String(order.peer), `#/account/sippeer/${order.peer}`)],
      ["By", order.user],
      ["Placed", fullTime(order.created)],
      ["Due", order.due && fullTime(order.due)],
    ]),
    h3("History"),
    order.history.length
      ? h("ol", { class: "steps" }, order.history.map((step) => li(stateOf(step.status), " ", step.note, h("small", { class: "muted" }, ` ${fullTime(step.time)}, ${step.author}`))))
      : empty("None is kept for releases."),
    ...Object.entries(order.numbers)
      .filter(([, numbers]) => numbers.length)
      .flatMap(([outcome, numbers]) => [
        h3(`${done[outcome]} `, h("small", { class: "muted" }, numbers.length < 200 ? count(numbers.length) : "the first 200")),
        h("ul", { class: "numbers" }, numbers.map((number) => li(outcome === "completed" && order.kind === "order" ? link(phone(number), `#/account/number/${number}`) : phone(number)))),
      ]),
  ];
}
