// The sandbox's own calls. What it refuses is thrown, in its own words.

export let account = "";
export const choose = (id) => (account = id);

export async function call(method, path, body, isText = false) {
  const answer = await fetch(`/_sandbox${path}`, {
    method,
    body: body === undefined ? undefined : isText ? body : JSON.stringify(body),
  });
  if (answer.status === 204) return null;
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error ?? `the sandbox answered ${answer.status}`);
  return content;
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

// Rows that are fetched a page at a time, as they are looked at. Old rows stay until new ones come.
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

  // Makes sure that these rows come, if they are not there.
  need(first, last) {
    const from = Math.max(0, Math.floor(first / this.size));
    for (let page = from; page <= Math.floor(last / this.size); page += 1) {
      if ((!this.rows.has(page) || this.stale.has(page)) && !this.asked.has(page)) this.load(page);
    }
  }

  async load(page) {
    this.asked.add(page);
    this.stale.delete(page);
    try {
      const found = await this.fetchPage({ offset: page * this.size, limit: this.size });
      this.total = found.total;
      this.rows.set(page, found.rows);
      this.onchange();
    } finally {
      this.asked.delete(page);
    }
  }

  // Everything may be different; the first page tells how much there is.
  async refresh() {
    for (const page of this.rows.keys()) this.stale.add(page);
    if (!this.asked.has(0)) await this.load(0);
  }
}
