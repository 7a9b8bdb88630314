// The sandbox's own calls. What it refuses is thrown, in its own words.

export class Refusal extends Error {}
export class Away extends Error {}

export let account = "";
export const choose = (id) => (account = id);

export async function call(method, path, body, isText = false) {
  const sent = body === undefined ? undefined : isText ? body : JSON.stringify(body);
  const [answer, content] = await ask(`/_sandbox${path}`, { method, body: sent });
  if (!answer.ok) throw new Refusal(content.error ?? `the sandbox answered ${answer.status}`);
  return content;
}

async function ask(path, options) {
  try {
    const answer = await fetch(path, options);
    return [answer, answer.status === 204 ? null : await answer.json()];
  } catch {
    throw new Away("The sandbox did not answer.");
  }
}

export function view(path, query = {}) {
  const said = Object.entries({ account, ...query }).filter(([, value]) => value !== "" && value !== undefined);
  return call("GET", `/view${path}?${new URLSearchParams(said)}`);
}

// Tells `heard` what has changed ("account", "requests", "faults"), and `connected` whether it hears.
export function listen(heard, connected) {
  const source = new EventSource("/_sandbox/events");
  source.onopen = () => connected(true);
  source.onerror = () => {
    connected(false);
    // By itself it comes back after a pause of the network, but not after a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(heard, connected), 5000);
  };
  source.onmessage = (event) => heard(JSON.parse(event.data));
}

// Rows that are fetched a page at a time, as they are looked at. Old rows stay until new ones come,
// and an answer to what was asked before a change is left out.
export class Pages {
  constructor(fetchPage, size = 100) {
    this.fetchPage = fetchPage;
    this.size = size;
    this.total = 0;
    this.rows = new Map();
    this.stale = new Set();
    this.asked = new Set();
    this.onchange = () => {};
  }

  get(index) {
    const page = this.rows.get(Math.floor(index / this.size));
    return page?.[index % this.size];
  }

  indexOf(isIt) {
    for (const [page, rows] of this.rows) {
      const at = rows.findIndex(isIt);
      if (at >= 0) return page * this.size + at;
    }
    return -1;
  }

  find(isIt) {
    return this.get(this.indexOf(isIt));
  }

  // Whether rows are on their way.
  get isPending() {
    return this.asked.size > 0;
  }

  // Makes sure that these rows come, if they are not there.
  need(first, last) {
    const from = Math.max(0, Math.floor(first / this.size));
    for (let page = from; page <= Math.floor(last / this.size); page += 1) {
      if ((!this.rows.has(page) || this.stale.has(page)) && !this.asked.has(page)) this.load(page);
    }
  }

  async load(page) {
    this.asked.add(page);
    let found;
    try {
      do {
        this.stale.delete(page);
        found = await this.fetchPage({ offset: page * this.size, limit: this.size });
      } while (this.stale.has(page));
    } finally {
      this.asked.delete(page);
    }
    this.total = found.total;
    this.rows.set(page, found.rows);
    this.onchange();
  }

  // Everything may be different; the first page tells how much there is.
  async refresh() {
    for (const page of [0, ...this.rows.keys()]) this.stale.add(page);
    if (!this.asked.has(0)) await this.load(0);
  }
}
