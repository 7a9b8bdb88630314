// A list on the left and what is open of it on the right; on a phone one at a time.

import { button, empty, h, renew } from "./dom.js";

export class Panes {
  constructor(name, left, hint) {
    this.hint = hint;
    this.home = `/${name.toLowerCase()}`;
    this.detail = h("section", { class: "detail", "aria-label": `${name}: details`, tabindex: "-1" });
    this.left = h("section", { class: "left", "aria-label": name }, left);
    this.element = h("div", { class: "panes" }, this.left, this.detail);
    this.close();
  }

  // Only a new thing takes the focus; while the same one is open, what is new of it is drawn.
  open(content, isNew = true) {
    this.element.classList.add("open");
    const back = button("← Back", () => (location.hash = this.home), { class: "back" });
    const parts = [back, ...[content].flat()];
    if (!isNew) return renew(this.detail, parts);
    this.detail.replaceChildren(...parts);
    this.detail.scrollTop = 0;
    return this.detail.focus({ preventScroll: true });
  }

  close() {
    this.element.classList.remove("open");
    this.detail.replaceChildren(empty(this.hint));
  }
}
