// A list on the left and what is open of it on the right; on a phone one at a time.

import { button, empty, h } from "./dom.js";

export class Panes {
  constructor(name, left, hint) {
    this.hint = hint;
    this.detail = h("section", { class: "detail", "aria-label": `${name}: details`, tabindex: "-1" });
    this.left = h("section", { class: "left", "aria-label": name }, left);
    this.element = h("div", { class: "panes" }, this.left, this.detail);
    this.close();
  }

  // `content` is drawn anew while the same thing is open; only a new one takes the focus.
  open(content, back, takesFocus = true) {
    this.element.classList.add("open");
    const top = this.detail.scrollTop;
    this.detail.replaceChildren(button("← Back", back, { class: "back" }), ...[content].flat());
    this.detail.scrollTop = takesFocus ? 0 : top;
    if (takesFocus) this.detail.focus({ preventScroll: true });
  }

  close() {
    this.element.classList.remove("open");
    this.detail.replaceChildren(empty(this.hint));
  }
}
