// Messages that the page sends as an application would, and those that it lets come in.

import { account, call, view } from "./api.js";
import { ask, field, h, phone, say } from "./dom.js";

const PICTURE = `${location.origin}/_sandbox/page/picture.svg`;
const split = (text) => text.split(/[\s,;]+/).filter(Boolean);

// What the account answered is said, be it good or bad; a refusal stays in the form.
export async function post(message) {
  const { status, answer } = await call("POST", `/send?account=${encodeURIComponent(account)}`, message);
  if (status === 202) return say("Accepted: 202");
  if (!status) throw new Error("There was no answer: a fault lost it. The message may be on its way.");
  throw new Error(`${status}: ${wordsOf(answer)}`);
}

export async function comeIn(message) {
  const { messages } = await call("POST", `/messages?account=${encodeURIComponent(account)}`, message);
  const silent = messages.filter((each) => !each.application).map((each) => phone(each.owner));
  say(silent.length ? `It came in, but ${silent.join(", ")} has no application that is told` : "It came in");
}

function wordsOf(answer) {
  try {
    const { description, fieldErrors = [], type } = JSON.parse(answer);
    return [description ?? type, ...fieldErrors.map((each) => `${each.fieldName}: ${each.description}`)].join("; ");
  } catch {
    return answer || "an answer without a body";
  }
}

async function choices() {
  const { applications, sites } = await view("/account");
  const numbers = [];
  for (const peer of sites.flatMap((site) => site.sippeers)) {
    if (numbers.length < 200 && Object.keys(peer.numbers).length) {
      const { rows } = await view("/numbers", { sippeer: peer.id, limit: 50 });
      for (const row of rows) numbers.push({ number: `+1${row.number}`, application: peer.application });
    }
  }
  return { applications: applications.filter((each) => each.service === "Messaging-V2"), numbers };
}

function numberInput(name, value, numbers) {
  const list = h("datalist", { id: `numbers-${name}` }, numbers.map(({ number }) => h("option", { value: number }, phone(number))));
  return [h("input", { name, value, required: true, list: list.id, inputmode: "tel" }), list];
}

const textField = (text = "") => field("Text", h("textarea", { name: "text", rows: "3" }, text));

function mediaField() {
  const input = h("input", { name: "media", placeholder: "https://…" });
  const example = h("button", { type: "button", onclick: () => (input.value = PICTURE) }, "Take the sandbox’s picture");
  return h("div", { class: "field" }, field("Pictures (URLs)", input), example);
}

export async function send(given = {}) {
  const { applications, numbers } = await choices();
  const chosen = given.applicationId || numbers.find((each) => each.application)?.application;
  const from = given.from ?? numbers.find((each) => each.application === chosen)?.number ?? "";
  const [input, list] = numberInput("from", from, numbers);
  const options = applications.map((each) => h("option", { value: each.id, selected: each.id === chosen }, each.name));
  const fields = [
    field("Application", h("select", { name: "applicationId", required: true }, options)),
    field("From", input),
    list,
    field("To", h("input", { name: "to", value: given.to ?? "+19195551212", required: true }), "One number, or several for a group"),
    textField("Hello"),
    mediaField(),
    field("Tag", h("input", { name: "tag" }), "Comes back in every callback"),
  ];
  ask("Send as an application", fields, "Send", ({ to, media, tag, ...rest }) =>
    post({ ...rest, to: split(to), ...(media ? { media: split(media) } : {}), ...(tag ? { tag } : {}) }),
  );
}

export async function receive(given = {}) {
  const { numbers } = await choices();
  const [input, list] = numberInput("to", given.to ?? numbers[0]?.number ?? "", numbers);
  const fields = [
    field("From", h("input", { name: "from", value: given.from ?? "+19195551212", required: true })),
    field("To", input, "Several make it a group message"),
    list,
    textField("Hello"),
    mediaField(),
  ];
  ask("Let a message come in", fields, "Let it come in", ({ from, to, text, media }) =>
    comeIn({ from, to: split(to), ...(text ? { text } : {}), ...(media ? { media: split(media) } : {}) }),
  );
}
