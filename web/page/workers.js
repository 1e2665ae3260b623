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

// Z85 writes four bytes as five letters, which is a sixteenth shorter than base64. Before the letters stands the number
// of bytes.
const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
function unpacked(text) {
  const start = text.indexOf(' ') + 1;
  const values = new Uint8Array(128);
  for (let i = 0; i < LETTERS.length; i++) values[LETTERS.charCodeAt(i)] = i;
  const words = new DataView(new ArrayBuffer((text.length - start) / 5 * 4));
  for (let i = start, at = 0; i < text.length; i += 5, at += 4) {
    let word = 0;
    for (let j = i; j < i + 5; j++) word = word * 85 + values[text.charCodeAt(j)];
    words.setUint32(at, word);
  }
  return new Uint8Array(words.buffer, 0, Number(text.slice(0, start)));
}

let compiled = null;
function laboratory() {
  compiled ??= (async () => {
    const bytes = unpacked(document.getElementById('laboratory').textContent.trim());
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return WebAssembly.compile(await new Response(stream).arrayBuffer());
  })();
  return compiled;
}
