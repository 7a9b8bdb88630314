// Bodies set out in lines, and a refused one held against one that is accepted.
//
// It reads what is there: a body that was cut, or is no XML at all, is shown as far as it goes.

import { h, span, unseen } from "./dom.js";

const INDENT = "  ";
const TOKEN = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[^>]*>?|[^<]+/g;

// {tag, open, text, children}; null where it does not begin like XML.
export function parse(source) {
  if (!source.trimStart().startsWith("<")) return null;
  const top = { tag: "", children: [], text: "" };
  const stack = [top];
  for (const token of source.match(TOKEN) ?? []) {
    const node = stack.at(-1);
    if (token.startsWith("</")) {
      if (stack.length > 1) stack.pop();
    } else if (/^<[A-Za-z_]/.test(token)) {
      const child = { tag: /^<([^\s/>]+)/.exec(token)[1], open: token.replace(/\/?>$/, ""), children: [], text: "" };
      node.children.push(child);
      if (!token.endsWith("/>")) stack.push(child);
    } else if (!/^<[?!][^[-]/.test(token)) node.text += token.trim();
  }
  return top.children[0] ?? null;
}

function* flat(node, depth = 0, mark = "") {
  const own = node.mark || mark;
  const start = INDENT.repeat(depth);
  if (!node.children.length) {
    yield { mark: own, text: node.text ? `${start}${node.open}>${node.text}</${node.tag}>` : `${start}${node.open}/>` };
    return;
  }
  yield { mark: own, text: `${start}${node.open}>` };
  if (node.text) yield { mark: own, text: `${start}${INDENT}${node.text}` };
  for (const child of node.children) yield* flat(child, depth + 1, own === "wanted" ? own : "");
  yield { mark: own, text: `${start}</${node.tag}>` };
}

export function pretty(body) {
  const tree = parse(body);
  if (tree) return [...flat(tree)];
  try {
    return JSON.stringify(JSON.parse(body), null, 2).split("\n").map((text) => ({ text }));
  } catch {
    return body.split("\n").map((text) => ({ text }));
  }
}

// Ways to say one thing: an order has one type or the other.
const KINDS = [/OrderType$/, /Subscription$/, /CallbackUrl$/];
const isSameKind = (one, other) => one === other || KINDS.some((kind) => kind.test(one) && kind.test(other));

function hold(sent, wanted, isNamed) {
  if (isNamed(sent)) sent.mark = "refused";
  for (const child of [...sent.children]) {
    const like = wanted?.children.find((each) => each.tag.toLowerCase() === child.tag.toLowerCase());
    hold(child, like, isNamed);
  }
  for (const missing of wanted?.children ?? []) {
    const isThere = sent.children.some((each) => isSameKind(each.tag.toLowerCase(), missing.tag.toLowerCase()) || isSameKind(each.tag, missing.tag));
    if (!isThere) sent.children.push({ ...missing, mark: "wanted" });
  }
}

// Lines of the refused body: what the answer names is marked "refused", what an accepted one has
// and this one has not is "wanted".
export function compare(body, wanted, { words, fields }) {
  const quoted = new Set([...words.matchAll(/['‘"]([^'’"]+)['’"]/g)].map((found) => found[1]));
  const isNamed = (tag, text) => fields.includes(tag) || (text.length > 0 && quoted.has(text));
  const [sent, sample] = [parse(body), parse(wanted)];
  if (sample) {
    if (!sent) return [...pretty(body).filter((each) => each.text).map((each) => ({ ...each, mark: "refused" })), ...flat(sample, 0, "wanted")];
    if (sent.tag !== sample.tag) {
      sent.mark = "refused";
      return [...flat(sent), ...flat(sample, 0, "wanted")];
    }
    hold(sent, sample, (node) => node !== sent && isNamed(node.tag, node.children.length ? "" : node.text));
    return [...flat(sent)];
  }
  return compareJson(body, wanted, isNamed);
}

function compareJson(body, wanted, isNamed) {
  let [sent, sample] = [null, {}];
  try {
    sample = JSON.parse(wanted);
    sent = JSON.parse(body);
  } catch {
    // What cannot be read is shown as it is.
  }
  if (sent === null || typeof sent !== "object" || Array.isArray(sent)) return [...pretty(body).map((each) => ({ ...each, mark: "refused" })), ...pretty(wanted).map((each) => ({ ...each, mark: "wanted" }))];
  const line = (name, value, mark) => ({ mark, text: `${INDENT}${JSON.stringify(name)}: ${JSON.stringify(value)}` });
  const own = Object.entries(sent).map(([name, value]) => line(name, value, isNamed(name, String(value)) ? "refused" : ""));
  const missing = Object.entries(sample).filter(([name]) => !(name in sent)).map(([name, value]) => line(name, value, "wanted"));
  return [{ text: "{" }, ...own, ...missing, { text: "}" }];
}

const SIGNS = { refused: ["−", "refused: "], wanted: ["+", "wanted: "] };

function draw({ text, mark }) {
  const [sign, spoken] = SIGNS[mark] ?? [" ", ""];
  return span(`code ${mark ?? ""}`, h("span", { class: "sign", "aria-hidden": "true" }, sign), spoken ? unseen(spoken) : null, text, "\n");
}

// A body, or lines of one that were compared.
export function lines(content) {
  const found = typeof content === "string" ? pretty(content) : content;
  return h("pre", { tabindex: "0" }, found.map(draw));
}
