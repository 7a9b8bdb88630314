// What only the sandbox's own user can do: break it, set it up, keep it and begin anew.

import { account, call, view } from "./api.js";
import { actions, alarm, ask, badge, button, code, count, empty, field, h, h3, heading, li, link, many, renew, say, span } from "./dom.js";

const READY = [
  ["The next order’s answer is lost", "POST /orders drop-after nth=1"],
  ["The next order never gets through", "POST /orders drop-before nth=1"],
  ["Every tenth request is 503", "* /** status=503 every=10"],
  ["Too fast: the next five are 429", "* /** rate-limit=2 until=5"],
  ["Credentials are refused", "* /** unauthorized"],
  ["Lists are out of date", "GET /** stale"],
  ["Answers come two seconds late", "* /** delay=2"],
  ["The next answer is cut off", "* /** truncate nth=1"],
  ["Callbacks come twice", "CALLBACK /* repeat"],
  ["The next callback is lost", "CALLBACK /* lose nth=1"],
];
const STEPS = [["1 minute", 60], ["1 hour", 3600], ["1 day", 86400], ["30 days", 2592000]];

const card = (title, ...content) => h("section", { class: "card" }, h3(title), ...content);

export class ControlsView {
  topics = ["account", "faults", "requests"];

  constructor() {
    this.rule = h("input", { required: true, autocomplete: "off", spellcheck: "false", placeholder: "POST /orders drop-after nth=1" });
    this.fault = alarm();
    this.rules = h("div", { class: "rules" });
    this.orders = h("div");
    this.stock = h("div", { class: "stock", tabindex: "0", role: "region", "aria-label": "Stock by area code" });
    this.files = h("p", { class: "actions" });
    const ready = READY.map(([words, rule]) => li(button(words, () => this.arm(rule), { title: rule })));
    this.element = h(
      "div",
      { class: "controls" },
      heading("Controls"),
      h(
        "div",
        { class: "cards" },
        card("Break it", h("ul", { class: "ready" }, ready), this.ruleForm(), this.fault, this.rules),
        card("Time and orders", this.orders),
        card("Stock", this.stockForm(), this.stock),
        card("Keep it, or begin anew", this.files, this.keeping()),
      ),
    );
  }

  async refresh() {
    const [summary, { faults }, stock, tree] = await Promise.all([call("GET", "/"), call("GET", "/faults"), view("/stock"), view("/account")]);
    this.showRules(faults);
    this.showOrders(summary);
    this.showStock(stock.rows);
    this.showFiles(tree.can_export);
  }

  show() {}

  async arm(rule) {
    this.fault.textContent = "";
    try {
      await call("POST", "/faults", { rule });
      say("The fault is armed");
      this.rule.value = "";
    } catch (error) {
      this.fault.textContent = error.message;
    }
    await this.refresh();
  }

  ruleForm() {
    const onsubmit = (event) => {
      event.preventDefault();
      this.arm(this.rule.value);
    };
    return h("form", { onsubmit }, field("A rule of your own", this.rule, "METHOD PATH KIND [SELECTOR=VALUE …]"), h("button", { type: "submit" }, "Arm"));
  }

  showRules(faults) {
    const rows = faults.map((each) => li(badge("held", "armed"), " ", code(each.rule), span("muted", ` ${many(each.matched, "request")} counted`)));
    const end = button("End all faults", async () => {
      await call("DELETE", "/faults");
      say("No fault is armed");
      await this.refresh();
    });
    renew(this.rules, rows.length ? [h("ul", { class: "plain" }, rows), end] : empty("No fault is armed."));
  }

  showOrders(summary) {
    const isHeld = summary.orders_held;
    const state = isHeld ? badge("held", "Orders are held") : badge("good", "Orders go on by themselves");
    const hold = async () => {
      await call("POST", isHeld ? "/orders/release" : "/orders/hold");
      await this.refresh();
    };
    const on = STEPS.map(([words, seconds]) => button(`+${words}`, () => call("POST", "/clock", { seconds }).then(() => this.refresh())));
    renew(
      this.orders,
      actions(state, button(isHeld ? "Release them" : "Hold them", hold)),
      h("p", {}, `The account’s time: ${summary.now.slice(0, 16).replace("T", " ")} UTC, ${summary.dialect}`),
      h("p", { class: "actions", role: "group", "aria-label": "Move the clock" }, on),
    );
  }

  stockForm() {
    const area = h("input", { required: true, pattern: "[2-9][0-9]{2}", inputmode: "numeric", size: 4, placeholder: "910" });
    const size = h("input", { required: true, type: "number", min: "0", placeholder: "5" });
    const fault = alarm();
    const onsubmit = async (event) => {
      event.preventDefault();
      fault.textContent = "";
      try {
        await call("PUT", `/stock/${encodeURIComponent(area.value)}`, { size: Number(size.value) });
        say(`${area.value} has ${count(Number(size.value))} numbers in all`);
        await this.refresh();
      } catch (error) {
        fault.textContent = error.message;
      }
    };
    return h("form", { onsubmit, class: "inline" }, field("Area code", area), field("Numbers in all", size), h("button", { type: "submit" }, "Set"), fault);
  }

  showStock(rows) {
    // What was sold of comes first.
    rows.sort((one, other) => (other.taken > 0) - (one.taken > 0));
    const body = rows.map((each) => h("tr", {}, h("th", { scope: "row" }, each.code), h("td", {}, count(each.size)), h("td", {}, count(each.taken)), h("td", {}, each.size > each.taken ? count(each.size - each.taken) : badge("bad", "none"))));
    const names = ["Area code", "In all", "Taken", "Free"].map((name) => h("th", { scope: "col" }, name));
    renew(this.stock, h("table", {}, h("thead", {}, h("tr", {}, names)), h("tbody", {}, body)));
  }

  showFiles(canExport) {
    const query = `?account=${encodeURIComponent(account)}`;
    const links = [
      link("Save a snapshot", "/_sandbox/snapshot", { class: "button", download: "snapshot.json" }),
      link("Save the traffic as HAR", "/_sandbox/har", { class: "button", download: "sandbox.har" }),
      canExport && link("Save the account as a spec", `/_sandbox/spec${query}`, { class: "button", download: `${account}.yaml` }),
    ].filter(Boolean);
    renew(this.files, links);
  }

  keeping() {
    const file = h("input", { type: "file", accept: ".json,application/json", class: "unseen", onchange: () => this.load(file) });
    const reset = () =>
      ask("Begin anew?", [h("p", {}, "The account goes back to how the sandbox started: empty, or as its seed says. What is in it now is lost.")], "Reset", async () => {
        await call("POST", "/reset");
        say("The account is as it began");
      });
    return h(
      "div",
      {},
      h("p", { class: "muted" }, "A snapshot is the whole account, passwords of callbacks included."),
      actions(h("label", { class: "button" }, "Load a snapshot", file), button("Reset…", reset, { class: "risky" })),
    );
  }

  async load(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      await call("PUT", "/snapshot", await file.text(), true);
      say(`${file.name} is loaded`);
    } catch (error) {
      say(error.message, "bad");
    }
    input.value = "";
  }
}
