// What runs beside the page: the laboratory, one question after the other, and a run in steps between which it listens.
let run = null;
let serial = 0;

// What is kept of earlier answers is found by this text, in which parameters stand in their order.
const ordered = (given) => JSON.stringify(Object.fromEntries(Object.entries(given).sort()));

const calls = {
  verbs: () => wasm_bindgen.verbs(),
  answer: (verb, given) => wasm_bindgen.answer(verb, JSON.stringify(given)),
  plan: (verb, planner, wanted, given) => wasm_bindgen.plan(verb, planner, wanted, JSON.stringify(given)),
  chart: (asked) => wasm_bindgen.chart(JSON.stringify(asked)),
  prepare: (verb, given) => wasm_bindgen.prepare(verb, ordered(given)),
  charts: (verb, given) => wasm_bindgen.charts(verb, JSON.stringify(given)),
  figure: (asked) => wasm_bindgen.figure(JSON.stringify(asked)),
  font: () => wasm_bindgen.font(),
  drawn: (asked) => run.chart(JSON.stringify(asked)),
};

// A run goes on until it ends or is stopped; after each step it tells how far it is.
function begin(verb, given, look, milliseconds) {
  run?.free();
  run = null;
  run = new wasm_bindgen.Run(verb, JSON.stringify(given));
  const own = ++serial;
  let [wait, before] = [milliseconds, 0];
  const step = () => {
    if (own !== serial) return;
    const told = attempt(() => {
      const progress = JSON.parse(run.step(wait));
      // A batch that takes longer than a step is given up and not counted: it is given more time.
      if (progress.done === before) wait *= 2;
      before = progress.done;
      const svg = [];
      for (const asked of look) {
        try { svg.push(run.chart(JSON.stringify(asked))); } catch { svg.push(null); }
      }
      return { progress, answer: run.answer(), svg };
    });
    postMessage({ run: own, ...told });
    if (told.result && !told.result.progress.end) setTimeout(step, 0);
  };
  setTimeout(step, 0);
  return own;
}

function attempt(work) {
  try {
    return { result: work() };
  } catch (error) {
    return { error: String(error?.message ?? error), broken: error instanceof WebAssembly.RuntimeError };
  }
}

onmessage = async ({ data }) => {
  const { id, call, args } = data;
  if (call === 'start') {
    await wasm_bindgen({ module_or_path: args[0] });
    postMessage({ id, result: true });
    return;
  }
  const before = performance.now();
  const told = attempt(() => {
    if (call === 'run') return begin(...args);
    if (call === 'stop') return ++serial;
    return calls[call](...args);
  });
  postMessage({ id, ...told, took: performance.now() - before });
};
