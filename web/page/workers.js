// The workers of the page. Each has a queue in which a newer question takes the place of an older one of the same key, so
// that a slider that moves never waits for what nobody wants to see any more.
class Asker {
  constructor(name) {
    this.name = name;
    this.waiting = new Map();
    this.calls = new Map();
    this.serial = 0;
    this.busy = true;
    this.idle = null;
    this.onrun = null;
    this.start();
  }

  start() {
    const worker = new Worker(workerAddress());
    this.worker = worker;
    worker.onmessage = ({ data }) => this.heard(data);
    worker.onerror = (event) => failed(`The worker ${this.name} stopped: ${event.message}`);
    this.busy = true;
    laboratory().then((module) => this.post('start', [module], () => {}));
  }

  post(call, args, then) {
    const id = ++this.serial;
    this.calls.set(id, then);
    this.busy = true;
    this.worker.postMessage({ id, call, args });
  }

  heard(data) {
    if (data.run !== undefined) {
      this.onrun?.(data);
      return;
    }
    const then = this.calls.get(data.id);
    this.calls.delete(data.id);
    this.busy = this.calls.size > 0;
    // What met a fault of ours is not asked again, and the next question meets a fresh laboratory.
    if (data.broken) {
      this.worker.terminate();
      this.calls.clear();
      this.start();
    }
    then?.(data);
    this.next();
  }

  next() {
    if (this.busy) return;
    const first = this.waiting.entries().next();
    if (first.done) {
      const job = this.idle?.();
      if (job) this.post(job.call, job.args, job.then ?? (() => {}));
      return;
    }
    const [key, job] = first.value;
    this.waiting.delete(key);
    this.post(job.call, job.args, (data) => {
      if (data.took !== undefined) costs.add(key, data.took);
      if (data.error !== undefined) job.reject(new Error(data.error));
      else job.resolve(data.result);
    });
  }

  // Asks; what waits under the same key is forgotten, and its promise stays open.
  latest(key, call, ...args) {
    return new Promise((resolve, reject) => {
      this.waiting.set(key, { call, args, resolve, reject });
      this.next();
    });
  }

  ask(call, ...args) {
    return this.latest(`${call} ${++this.serial}`, call, ...args);
  }

  forget(prefix) {
    for (const key of this.waiting.keys()) if (key.startsWith(prefix)) this.waiting.delete(key);
  }
}

// What questions cost in the worker, for `bench`.
const costs = {
  known: new Map(),
  add(key, took) {
    const name = key.replace(/ \d+$/, '');
    const list = this.known.get(name) ?? [];
    list.push(took);
    if (list.length > 2000) list.shift();
    this.known.set(name, list);
  },
  last(name) { return this.known.get(name)?.at(-1) ?? 0; },
};

const askers = new Map();
function asker(name) {
  if (!askers.has(name)) askers.set(name, new Asker(name));
  return askers.get(name);
}

let address = null;
function workerAddress() {
  address ??= URL.createObjectURL(new Blob([document.getElementById('worker').textContent], { type: 'text/javascript' }));
  return address;
}

let compiled = null;
function laboratory() {
  compiled ??= (async () => {
    const packed = document.getElementById('laboratory').textContent.trim();
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return WebAssembly.compile(await new Response(stream).arrayBuffer());
  })();
  return compiled;
}
