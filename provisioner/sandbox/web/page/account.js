// The account as a tree: applications, sites, their locations, and the numbers of each.

import { Pages, view } from "./api.js";
import { actions, badge, button, code, count, empty, facts, fullTime, h, h3, heading, li, link, many, phone, say, span, unseen } from "./dom.js";
import { Panes } from "./panes.js";
import { receive, send } from "./compose.js";
import { WindowList } from "./window_list.js";

// All rows of the tree in one line. A range stands for the numbers of a location, which are fetched.
class Tree {
  constructor() {
    this.parts = [];
    this.total = 0;
  }

  add(part, length = 1) {
    this.parts.push({ ...part, start: this.total, length });
    this.total += length;
  }

  part(index) {
    let [low, high] = [0, this.parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.parts[middle].start <= index) low = middle;
      else high = middle - 1;
    }
    return this.parts[low];
  }

  get(index) {
    const part = this.part(index);
    if (!part?.pages) return part;
    const number = part.pages.get(index - part.start);
    return number && numbered(number, part.level);
  }

  indexOf(isIt) {
    for (const part of this.parts) {
      if (!part.pages && isIt(part)) return part.start;
      const at = part.pages?.indexOf((row) => isIt(numbered(row, part.level))) ?? -1;
      if (at >= 0 && at < part.length) return part.start + at;
    }
    return -1;
  }

  get isPending() {
    return this.parts.some((part) => part.pages?.isPending);
  }

  need(first, last) {
    for (const part of this.parts) {
      if (part.pages && part.start <= last && part.start + part.length > first) {
        part.pages.need(Math.max(0, first - part.start), Math.min(part.length - 1, last - part.start));
      }
    }
  }
}

const numbered = (row, level) => ({ ...row, kind: "number", key: `number/${row.number}`, level });

export class AccountView {
  topics = ["account"];

  constructor() {
    this.closed = new Set();
    this.opened = new Set();
    this.numbers = new Map();
    this.words = "";
    this.list = new WindowList(new Tree(), (item) => draw(item), {
      role: "tree",
      label: "Account",
      mark: (item) => ({ "aria-level": String(item.level), ...(item.opens ? { "aria-expanded": String(item.isOpen) } : {}) }),
      identify: (item) => item.key,
      same: (item) => item.key === this.key,
      open: (item, index, event) => this.choose(item, event),
      key: (event, item, index) => this.press(event, item, index),
    });
    const filter = h("input", {
      type: "search",
      placeholder: "Name, id or number",
      "aria-label": "Find a name, id or number",
      oninput: () => {
        this.words = filter.value.trim().toLowerCase();
        this.grow();
      },
    });
    this.none = empty("Nothing is here yet. Point an application at this address, or run ", code("provisioner apply"), ".");
    const left = [heading("Account", filter), this.none, this.list.element];
    this.panes = new Panes("Account", left, "Choose something of the account to see what it is made of.");
    this.element = this.panes.element;
    this.element.classList.add("even");
  }

  async refresh() {
    this.account = inOrder(await view("/account"));
    for (const pages of [...this.numbers.values(), this.found]) pages?.refresh();
    this.grow();
    if (this.key) this.show(this.key, false);
  }

  // The tree anew, as it is opened and filtered.
  grow() {
    const { applications, sites } = this.account;
    const tree = new Tree();
    const fits = (...texts) => texts.some((text) => String(text).toLowerCase().includes(this.words));
    const group = (key, name, size) => {
      const isOpen = !this.closed.has(key);
      tree.add({ kind: "group", key, name, size, level: 1, opens: size > 0, isOpen });
      return isOpen;
    };
    const shownApplications = applications.filter((each) => fits(each.name, each.id));
    if (group("applications", "Applications", shownApplications.length)) {
      for (const each of shownApplications) tree.add({ ...each, kind: "application", key: `application/${each.id}`, level: 2 });
    }
    const shownSites = sites.filter((site) => fits(site.name, site.id) || site.sippeers.some((each) => fits(each.name, each.id)));
    if (group("sites", "Sites", shownSites.length)) for (const site of shownSites) this.growSite(site, tree, fits);
    this.seek();
    if (this.found && group("numbers", "Numbers", this.found.total) && this.found.total) tree.add({ level: 2, pages: this.found }, this.found.total);
    this.none.hidden = applications.length + sites.length > 0;
    this.list.element.hidden = !this.none.hidden;
    this.list.source = tree;
    this.list.refresh();
  }

  // The numbers that have these digits, as they may be written.
  seek() {
    const digits = /^[\d\s().+-]{3,}$/.test(this.words) ? this.words.replace(/^\+1|\D/g, "").replace(/^1(?=.{10}$)/, "") : "";
    if (digits === this.digits) return;
    this.digits = digits;
    this.found = digits.length < 3 ? null : new Pages((query) => view("/numbers", { contains: digits, ...query }));
    if (!this.found) return;
    this.found.onchange = () => this.grow();
    this.found.refresh();
  }

  growSite(site, tree, fits) {
    const key = `site/${site.id}`;
    const isOpen = !this.closed.has(key);
    tree.add({ ...site, kind: "site", key, level: 2, opens: site.sippeers.length > 0, isOpen });
    if (!isOpen) return;
    const all = fits(site.name, site.id);
    for (const peer of site.sippeers.filter((each) => all || fits(each.name, each.id))) {
      const size = total(peer);
      const own = `sippeer/${peer.id}`;
      const isPeerOpen = this.opened.has(own);
      const application = this.account.applications.find((each) => each.id === peer.application);
      tree.add({ ...peer, kind: "sippeer", key: own, level: 3, opens: size > 0, isOpen: isPeerOpen, size, site, linked: application });
      if (isPeerOpen && size) tree.add({ level: 4, pages: this.pagesOf(peer.id) }, size);
    }
  }

  // Shows the numbers of a location in the tree.
  unfold(id) {
    const key = `sippeer/${id}`;
    const site = this.account.sites.find((each) => each.sippeers.some((peer) => String(peer.id) === id));
    for (const above of ["sites", `site/${site.id}`]) this.closed.delete(above);
    this.opened.add(key);
    this.panes.element.classList.remove("open");
    this.grow();
    this.list.go(this.list.source.parts.find((part) => part.key === key)?.start ?? 0);
    this.list.element.focus();
  }

  pagesOf(peer) {
    if (!this.numbers.has(peer)) {
      const pages = new Pages((query) => view("/numbers", { sippeer: peer, ...query }));
      pages.onchange = () => this.list.refresh();
      this.numbers.set(peer, pages);
    }
    return this.numbers.get(peer);
  }

  toggle(item, isOpen) {
    const set = item.kind === "sippeer" ? this.opened : this.closed;
    if ((item.kind === "sippeer") === isOpen) set.add(item.key);
    else set.delete(item.key);
    this.grow();
  }

  press(event, item, index) {
    if (event.key === "ArrowRight" && item.opens && !item.isOpen) this.toggle(item, true);
    else if (event.key === "ArrowRight" && item.opens) this.list.go(index + 1);
    else if (event.key === "ArrowLeft" && item.opens && item.isOpen) this.toggle(item, false);
    else if (event.key === "ArrowLeft") {
      for (let above = index - 1; above >= 0; above -= 1) {
        if ((this.list.source.get(above)?.level ?? 9) < item.level) {
          this.list.go(above);
          break;
        }
      }
    } else return false;
    return true;
  }

  choose(item, event) {
    if (item.kind === "group" || event?.target.closest(".twisty")) {
      if (item.opens) this.toggle(item, !item.isOpen);
    } else location.hash = `/account/${item.key}`;
  }

  // What the address names: `sippeer/540341`.
  async show(key, isNew = true) {
    this.key = key;
    this.list.tell();
    const [kind, id] = (key ?? "").split("/");
    const numbers = kind === "number" ? (await view("/numbers", { contains: id })).rows : [];
    if (key !== this.key) return;
    const found = key && this.account && this.find(kind, id, numbers[0]);
    if (found) this.panes.open(found, isNew);
    else this.panes.close();
  }

  find(kind, id, number) {
    const peers = this.account.sites.flatMap((site) => site.sippeers.map((peer) => ({ ...peer, site })));
    const by = (rows) => rows.find((each) => String(each.id) === id);
    if (kind === "application" && by(this.account.applications)) return showApplication(by(this.account.applications), peers);
    if (kind === "site" && by(this.account.sites)) return showSite(by(this.account.sites));
    if (kind === "sippeer" && by(peers)) return showSippeer(by(peers), this.account.applications, () => this.unfold(id));
    if (kind === "number") return number ? showNumber(number, peers) : empty("This number is not in the account.");
    return null;
  }
}

// By name, as one looks for them: an account numbers them as they came.
const BY_NAME = new Intl.Collator("en", { numeric: true });
const byName = (rows) => rows.sort((one, other) => BY_NAME.compare(one.name, other.name));

function inOrder(account) {
  byName(account.applications);
  for (const site of byName(account.sites)) byName(site.sippeers);
  return account;
}

const total = (peer) => Object.values(peer.numbers).reduce((sum, each) => sum + each, 0);
const ICONS = { application: "A", site: "S", sippeer: "L", number: "#" };
const NAMES = { application: "Application", site: "Site", sippeer: "Location", number: "Number" };

function draw(item) {
  const twisty = h("span", { class: "twisty", "aria-hidden": "true" }, item.opens ? (item.isOpen ? "▾" : "▸") : "");
  const indent = span(`indent l${item.level}`);
  if (item.kind === "group") return [twisty, h("strong", {}, item.name), span("muted", ` ${count(item.size)}`)];
  const icon = h("span", { class: `icon ${item.kind}`, "aria-hidden": "true" }, ICONS[item.kind]);
  const name = span("name", item.kind === "number" ? phone(item.number) : item.name);
  return [indent, twisty, icon, unseen(`${NAMES[item.kind]} `), name, ...more(item)];
}

function more(item) {
  if (item.kind === "application") return [span("muted", item.service)];
  if (item.kind === "site") return [span("muted", many(item.sippeers.length, "location"))];
  if (item.kind === "number") return [item.status === "Inservice" ? null : badge("held", item.status), span("muted", item.sms ? "" : "SMS off")].filter(Boolean);
  return [
    span("tags", item.sms && span("tag", "SMS"), item.mms && span("tag", "MMS")),
    span("muted to", item.linked ? `→ ${item.linked.name}` : ""),
    span("muted end", item.size ? many(item.size, "number") : ""),
  ];
}

const title = (kind, name) => h("h2", {}, h("small", {}, NAMES[kind]), " ", name);

function showApplication(item, peers) {
  const linked = peers.filter((peer) => peer.application === item.id);
  return [
    title("application", item.name),
    facts([["Id", code(item.id)], ["Service", item.service], ...Object.entries(item.fields).map(([name, value]) => [name, code(value)]), ["Password", item.has_password && "set, and never shown"]]),
    h3("Locations with this application"),
    linked.length ? h("ul", {}, linked.map((peer) => li(link(`${peer.site.name} / ${peer.name}`, `#/account/sippeer/${peer.id}`)))) : empty("None: messages that name it are answered by 202, and then there is silence."),
    linked.length ? actions(button("Send a message", () => send({ applicationId: item.id }))) : null,
  ].filter(Boolean);
}

function showSite(item) {
  const address = Object.values(item.address).filter(Boolean).join(" ");
  return [
    title("site", item.name),
    facts([["Id", code(String(item.id))], ["Description", item.description], ["Address", address]]),
    h3("Locations"),
    item.sippeers.length ? h("ul", {}, item.sippeers.map((peer) => li(link(peer.name, `#/account/sippeer/${peer.id}`), ` ${many(total(peer), "number")}`))) : empty("None."),
  ];
}

const feature = (settings) => (settings ? [badge("good", "on"), " ", span("muted", Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(", "))] : badge("plain", "off"));

function showSippeer(item, applications, unfold) {
  const application = applications.find((each) => each.id === item.application);
  const statuses = Object.entries(item.numbers).map(([status, size]) => `${count(size)} ${status}`).join(", ");
  return [
    title("sippeer", item.name),
    facts([
      ["Id", code(String(item.id))],
      ["Site", link(item.site.name, `#/account/site/${item.site.id}`)],
      ["Default of its site", item.default ? "yes" : "no"],
      ["SMS", h("span", {}, feature(item.sms))],
      ["MMS", h("span", {}, feature(item.mms))],
      ["Application", application ? link(application.name, `#/account/application/${application.id}`) : "none"],
      ["Numbers", statuses || "none"],
    ]),
    statuses ? actions(button("Show its numbers", unfold)) : "",
  ];
}

function showNumber(number, peers) {
  const peer = peers.find((each) => each.id === number.sippeer);
  const own = `+1${number.number}`;
  const doing = [
    button("Send from it", () => send({ from: own, applicationId: peer?.application ?? "" })),
    button("Let a message come in", () => receive({ to: own })),
    button("Copy", () => navigator.clipboard.writeText(own).then(() => say(`${own} is copied`))),
  ];
  return [
    title("number", phone(number.number)),
    facts([
      ["E.164", code(own)],
      ["Status", number.status],
      ["Location", peer && link(`${peer.site.name} / ${peer.name}`, `#/account/sippeer/${peer.id}`)],
      ["Ordered", number.ordered && fullTime(number.ordered)],
      ["Order", number.order && link(number.order, `#/orders/${number.order}`)],
      ["SMS of this number", number.sms ? "as its location" : "off"],
    ]),
    actions(doing),
  ];
}
