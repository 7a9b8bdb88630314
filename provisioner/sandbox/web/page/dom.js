// Elements out of names, properties and children. Texts become text nodes, never markup.

export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") element.className = value;
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

const present = (children) => children.flat(2).filter((each) => each !== null && each !== undefined && each !== false);

// Makes what is in `place` like `content`, and leaves alone what is like it already: the focus, the
// selection and what is folded out outlive it. What has a `data-key` is like that of this key alone.
export function renew(place, ...content) {
  const focused = document.activeElement;
  const held = place.contains(focused);
  match(place, present(content).map((each) => (each instanceof Node ? each : document.createTextNode(each))));
  // What is gone takes the focus with it: the keyboard goes on from where it was.
  if (held && !focused.isConnected) place.closest("[tabindex]")?.focus({ preventScroll: true });
}

function match(place, content) {
  let rest = place.firstChild;
  for (const fresh of content) {
    let found = rest;
    while (found && !isAlike(found, fresh)) found = found.nextSibling;
    if (!found) {
      place.insertBefore(fresh, rest);
      continue;
    }
    removeUntil(found, rest);
    rest = found.nextSibling;
    become(found, fresh);
  }
  removeUntil(null, rest);
}

function removeUntil(end, first) {
  for (let each = first; each !== end; ) {
    const next = each.nextSibling;
    each.remove();
    each = next;
  }
}

const isAlike = (one, other) => one.nodeName === other.nodeName && one.className === other.className && one.dataset?.key === other.dataset?.key;

// What the reader or a script has set: what is folded out, and where a thing is.
const KEPT = new Set(["open", "style"]);

export function become(old, fresh) {
  if (old === fresh) return;
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && !KEPT.has(name)) old.setAttribute(name, value);
  old.onclick = fresh.onclick;
  match(old, [...fresh.childNodes]);
}

export const span = (kind, ...content) => h("span", { class: kind }, ...content);
export const [code, h3, li] = ["code", "h3", "li"].map((name) => (...content) => h(name, {}, ...content));
// What it says cannot be seen, but heard.
export const unseen = (text) => span("unseen", text);

export const count = (number) => number.toLocaleString("en-GB");
export const many = (number, one, more = `${one}s`) => `${count(number)} ${number === 1 ? one : more}`;

export function clockTime(text) {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? "" : moment.toLocaleTimeString("en-GB");
}

export function fullTime(text) {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? "" : moment.toLocaleString("en-GB");
}

export function duration(seconds) {
  if (!seconds) return "0";
  if (seconds < 0.001) return `${(seconds * 1000).toFixed(2)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

// +19105551212 and 9105551212 as (910) 555-1212.
export function phone(text) {
  const found = /^(?:\+?1)?(\d{3})(\d{3})(\d{4})$/.exec(text);
  return found ? `(${found[1]}) ${found[2]}-${found[3]}` : text;
}

const MARKS = { good: "✓", bad: "✕", wait: "…", plain: "·", held: "‖" };

// A state as a word and a mark, so that its colour is not all there is.
export const badge = (kind, word) =>
  h("span", { class: `badge ${kind}` }, h("span", { "aria-hidden": "true" }, MARKS[kind]), ` ${word}`);

// Rows of [name, value]; without a value there is no row.
export function facts(rows) {
  const said = rows.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  return h("dl", { class: "rows", hidden: !said.length }, said.map(([name, value]) => h("div", { "data-key": name }, h("dt", {}, name), h("dd", {}, value))));
}

export const button = (text, onclick, properties = {}) => h("button", { type: "button", onclick, ...properties }, text);
export const heading = (text, ...tools) => h("div", { class: "head" }, h("h2", {}, text), h("div", { class: "tools" }, ...tools));
export const actions = (...content) => h("p", { class: "actions" }, ...content);
export const alarm = () => h("p", { class: "fault", role: "alert" });
export const empty = (text, ...more) => h("p", { class: "empty" }, text, ...more);
export const link = (text, href, properties = {}) => h("a", { href, ...properties }, text);

export function field(label, input, hint = "") {
  input.id ||= `field-${(field.last = (field.last ?? 0) + 1)}`;
  const described = hint ? h("small", { id: `${input.id}-hint` }, hint) : null;
  if (described) input.setAttribute("aria-describedby", described.id);
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, described);
}

// A form in a window of its own. `send` gets the form's values; what it throws is shown in it.
export function ask(title, fields, verb, send) {
  const fault = alarm();
  const close = () => dialog.close();
  const submit = h("button", { type: "submit", class: "first" }, verb);
  const onsubmit = async (event) => {
    event.preventDefault();
    fault.textContent = "";
    submit.disabled = true;
    try {
      await send(Object.fromEntries(new FormData(form)));
      close();
    } catch (error) {
      fault.textContent = error.message;
    }
    submit.disabled = false;
  };
  const name = h("h2", { id: "dialog-title" }, title);
  const doing = h("div", { class: "actions" }, submit, button("Cancel", close));
  const form = h("form", { onsubmit, autocomplete: "off" }, name, fields, fault, doing);
  const dialog = h("dialog", { "aria-labelledby": "dialog-title", onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
}

export function say(text, kind = "good") {
  const place = document.getElementById("said");
  place.replaceChildren(h("p", { class: kind }, badge(kind, text)));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.replaceChildren(), kind === "bad" ? 15000 : 5000);
}
