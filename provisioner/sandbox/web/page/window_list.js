// A list of any length, of which only what is in view exists. All rows are of one height.
//
// The list has the focus, its active row is told by aria-activedescendant: rows come and go. What is
// active, in view or under the pointer is known by what it is: it stays so when others come above it.

import { become, h, span } from "./dom.js";

const AROUND = 8;
let lists = 0;

export class WindowList {
  // source: {total, get(index), indexOf(isIt), need(first, last), isPending}; the last two where rows
  // are fetched. draw(item) gives the content of a row.
  // options: label, role of the list and of its rows, identify(item), open(item, index),
  // key(event, item, index), mark(item, index) gives more attributes, same(item) whether it is the
  // one that is open.
  constructor(source, draw, options) {
    Object.assign(this, { source, draw, options, active: 0, shown: new Map(), made: 0 });
    this.id = `list-${(lists += 1)}`;
    this.role = options.role ?? "listbox";
    this.rowRole = this.role === "tree" ? "treeitem" : "option";
    this.space = h("div", { class: "space", role: "presentation" });
    this.element = h(
      "div",
      {
        class: `list ${options.class ?? ""}`,
        role: this.role,
        tabindex: "0",
        "aria-label": options.label,
        onscroll: () => this.later(),
        onkeydown: (event) => this.press(event),
        onclick: (event) => this.click(event),
      },
      this.space,
    );
    this.sized = new ResizeObserver(() => this.later());
    this.sized.observe(this.element);
  }

  later() {
    this.frame ??= requestAnimationFrame(() => this.paint());
  }

  // What rows show may have changed, and so may their places.
  refresh() {
    this.isOld = true;
    this.later();
  }

  // Other rows than before: from the first of them.
  restart() {
    this.element.scrollTop = 0;
    this.active = 0;
    this.isChosen = false;
    this.known = this.top = undefined;
  }

  get rowHeight() {
    return parseFloat(getComputedStyle(this.element).getPropertyValue("--row")) || 36;
  }

  paint() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    const { total } = this.source;
    const height = this.rowHeight;
    this.space.style.height = `${total * height}px`;
    const spare = new Map();
    if (this.isOld) {
      this.isOld = false;
      this.follow(height);
      for (const row of this.shown.values()) spare.set(row.dataset.key, row);
      this.shown.clear();
    }
    this.active = Math.max(0, Math.min(this.active, total - 1));
    const first = Math.max(0, Math.floor(this.element.scrollTop / height) - AROUND);
    const seen = Math.ceil(this.element.clientHeight / height) + 2 * AROUND;
    const last = Math.min(total - 1, first + seen);
    for (const [index, row] of this.shown) {
      if (index < first || index > last) {
        row.remove();
        this.shown.delete(index);
      }
    }
    if (total) this.source.need?.(first, last);
    for (let index = first; index <= last; index += 1) {
      if (!this.shown.has(index)) this.shown.set(index, this.make(index, height, spare));
    }
    for (const row of spare.values()) row.remove();
    this.arrange(first, last);
    this.remember(height);
    this.tell();
    this.options.painted?.(first, last);
  }

  // Things have other places: what was active is so still, and what was in view stays there.
  follow(height) {
    const { active, top } = this;
    const wasSeen = this.isSeen(active, height);
    const place = top ? this.find(top.key, top.index) : -1;
    if (place >= 0) {
      this.element.scrollTop += (place - top.index) * height;
      top.index = place;
    }
    const found = this.known === undefined ? -1 : this.find(this.known, active);
    if (found < 0) return;
    this.active = found;
    if (wasSeen && this.element === document.activeElement) this.reveal(height);
  }

  find(key, index) {
    const isIt = (item) => item !== undefined && this.keyOf(item) === key;
    return isIt(this.source.get(index)) ? index : this.source.indexOf(isIt);
  }

  keyOf(item) {
    return String(this.options.identify(item));
  }

  // By which keys things are found again. Those that are not there may be on their way; and where
  // nobody chose a row, it is the first, whatever that is.
  remember(height) {
    const item = this.source.get(this.active);
    const isGone = () => this.find(this.known, this.active) < 0 && !this.source.isPending;
    if (this.isChosen && item !== undefined && (this.known === undefined || isGone())) this.known = this.keyOf(item);
    if (this.source.isPending && this.top) return;
    const index = Math.ceil(this.element.scrollTop / height);
    const above = index ? this.source.get(index) : undefined;
    this.top = above === undefined ? undefined : { key: this.keyOf(above), index };
  }

  make(index, height, spare) {
    const item = this.source.get(index);
    const key = item === undefined ? `at ${index}` : this.keyOf(item);
    const old = spare.get(key);
    spare.delete(key);
    const properties = {
      class: "row",
      id: old?.id ?? `${this.id}-${(this.made += 1)}`,
      role: this.rowRole,
      "aria-posinset": String(index + 1),
      "aria-setsize": String(this.source.total),
      "aria-selected": "false",
      "data-key": key,
      "data-index": String(index),
      ...(item === undefined ? {} : this.options.mark?.(item, index)),
    };
    const fresh = h("div", properties, item === undefined ? span("muted", "…") : this.draw(item));
    if (old) become(old, fresh);
    const row = old ?? fresh;
    row.style.transform = `translateY(${index * height}px)`;
    return row;
  }

  // In their order, as a screen reader and the eye of a test meet them.
  arrange(first, last) {
    let next = this.space.firstChild;
    for (let index = first; index <= last; index += 1) {
      const row = this.shown.get(index);
      if (row === next) next = next.nextSibling;
      else this.space.insertBefore(row, next);
    }
  }

  tell() {
    const active = this.shown.get(this.active);
    if (active) this.element.setAttribute("aria-activedescendant", active.id);
    else this.element.removeAttribute("aria-activedescendant");
    for (const [index, row] of this.shown) {
      const item = this.source.get(index);
      row.classList.toggle("active", index === this.active);
      const isOpen = item !== undefined && Boolean(this.options.same?.(item, index));
      row.setAttribute("aria-selected", String(isOpen));
    }
  }

  isSeen(index, height) {
    const { scrollTop, clientHeight } = this.element;
    return index * height + height > scrollTop && index * height < scrollTop + clientHeight;
  }

  reveal(height) {
    const top = this.active * height;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    if (top + height > scrollTop + clientHeight) this.element.scrollTop = top + height - clientHeight;
  }

  choose(index) {
    this.isChosen = true;
    this.active = Math.max(0, Math.min(index, this.source.total - 1));
    const item = this.source.get(this.active);
    this.known = item === undefined ? undefined : this.keyOf(item);
    return item;
  }

  go(index) {
    if (!this.source.total) return;
    this.choose(index);
    this.reveal(this.rowHeight);
    this.paint();
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.isOld) this.paint();
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 1);
    const item = this.source.get(this.active);
    if (item !== undefined && this.options.key?.(event, item, this.active)) {
      event.preventDefault();
      return;
    }
    const target = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.source.total - 1,
    }[event.key];
    if (target !== undefined) this.go(target);
    else if ((event.key === "Enter" || event.key === " ") && item !== undefined) this.options.open?.(item, this.active);
    else return;
    event.preventDefault();
  }

  click(event) {
    const row = event.target.closest(".row");
    if (!row || event.target.closest("a, button")) return;
    if (this.isOld) this.paint();
    if (!row.isConnected) return;
    const item = this.choose(Number(row.dataset.index));
    if (item !== undefined) this.options.open?.(item, this.active, event);
    this.tell();
  }

  toEnd() {
    this.element.scrollTop = this.source.total * this.rowHeight;
    this.later();
  }

  get isAtEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    return scrollTop + clientHeight >= scrollHeight - 4;
  }
}
