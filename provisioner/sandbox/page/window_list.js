// A list of any length, of which only what is in view exists. All rows are of one height.
//
// The list has the focus, its active row is told by aria-activedescendant: rows come and go.

import { h } from "./dom.js";

const AROUND = 8;
let lists = 0;

export class WindowList {
  // source: {total, get(index), need(first, last)}; draw(item, index) gives the content of a row.
  // options: label, role of the list and of its rows, open(item, index), key(event, item, index),
  // mark(item, index) gives more attributes, same(item) whether it is the one that is open.
  constructor(source, draw, options) {
    Object.assign(this, { source, draw, options, active: 0, shown: new Map() });
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
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  // Rows are drawn anew: what they show may have changed.
  refresh() {
    this.isOld = true;
    this.later();
  }

  get rowHeight() {
    return parseFloat(getComputedStyle(this.element).getPropertyValue("--row")) || 36;
  }

  paint() {
    const { total } = this.source;
    const height = this.rowHeight;
    this.active = Math.max(0, Math.min(this.active, total - 1));
    this.space.style.height = `${total * height}px`;
    if (this.isOld) {
      this.isOld = false;
      this.shown.clear();
      this.space.replaceChildren();
    }
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
      if (!this.shown.has(index)) this.add(index, height);
    }
    this.tell();
    this.options.painted?.(first, last);
  }

  add(index, height) {
    const item = this.source.get(index);
    const row = h("div", {
      class: "row",
      id: `${this.id}-${index}`,
      role: this.rowRole,
      "aria-posinset": String(index + 1),
      "aria-setsize": String(this.source.total),
      ...(item === undefined ? {} : this.options.mark?.(item, index)),
    });
    row.dataset.index = index;
    row.style.transform = `translateY(${index * height}px)`;
    row.append(...(item === undefined ? [h("span", { class: "muted" }, "…")] : [this.draw(item, index)].flat()));
    this.shown.set(index, row);
    // In their order, as a screen reader and the eye of a test meet them.
    const next = [...this.space.children].find((each) => Number(each.dataset.index) > index);
    this.space.insertBefore(row, next ?? null);
  }

  tell() {
    if (this.shown.has(this.active)) this.element.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
    else this.element.removeAttribute("aria-activedescendant");
    for (const [index, row] of this.shown) {
      const item = this.source.get(index);
      row.classList.toggle("active", index === this.active);
      const isOpen = item !== undefined && Boolean(this.options.same?.(item, index));
      row.setAttribute("aria-selected", String(isOpen));
    }
  }

  go(index) {
    const { total } = this.source;
    if (!total) return;
    this.active = Math.max(0, Math.min(index, total - 1));
    const height = this.rowHeight;
    const top = this.active * height;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    if (top + height > scrollTop + clientHeight) this.element.scrollTop = top + height - clientHeight;
    this.paint();
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
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
    this.active = Number(row.dataset.index);
    const item = this.source.get(this.active);
    if (item !== undefined) this.options.open?.(item, this.active, event);
    this.tell();
  }

  toEnd() {
    this.active = this.source.total - 1;
    this.element.scrollTop = this.source.total * this.rowHeight;
    this.later();
  }

  get isAtEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    return scrollTop + clientHeight >= scrollHeight - 4;
  }
}
