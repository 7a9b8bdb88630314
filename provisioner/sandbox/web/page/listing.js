// A list of rows that are fetched a page at a time, or what is said where there are none.

import { Pages } from "./api.js";
import { empty } from "./dom.js";
import { WindowList } from "./window_list.js";

export class Listing extends WindowList {
  constructor(fetchPage, draw, options) {
    super(new Pages(fetchPage), draw, options);
    this.none = empty(options.none);
    this.source.onchange = () => this.changed();
  }

  get parts() {
    return [this.none, this.element];
  }

  changed() {
    this.none.hidden = this.source.total > 0;
    this.element.hidden = !this.none.hidden;
    this.refresh();
    this.options.changed?.();
  }
}
