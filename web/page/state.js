// The state of the page, which is its address: `#panel=stages&sigma=0.5`. What has its usual value is left out.
const VOTES = ['1', '3', '5', '7', '9', '11', '15', '21', '31', '51', '75', '101', '151', '201', '301', '501', '1001', 'inf'];
const slider = (name, symbol, about, usual, min, max, step) => ({ name, symbol, about, usual, min, max, step });
const list = (name, symbol, about, usual, values) => ({ name, symbol, about, usual, values });
const choice = (name, symbol, about, usual, options) => ({ name, symbol, about, usual, options });
const text = (name, symbol, about, usual) => ({ name, symbol, about, usual, text: true });

const DRAWS = { same: 'same: one θ for both inputs', fresh: 'fresh: the attacked input gets its own', 'persistent=2': 'persistent=2: two tries', 'persistent=5': 'persistent=5: five tries', 'persistent=20': 'persistent=20' };
const COUNTS = ['10', '30', '100', '300', '1000', '3000', '1e4', '3e4', '1e5', '1e6', 'inf'];

const PANELS = {
  stages: {
    title: 'Stages',
    fields: [
      slider('sigma', 'σ', 'standard deviation of the added noise', '1', 0, 4, 0.05),
      slider('eps', 'ε', 'budget of the adversary', '0.5', 0, 3, 0.05),
      slider('threshold', 'k', 'threshold of the stage “defended”', '0', -1, 2, 0.05),
      list('votes', 'n', 'votes of the stage “voted”', '101', VOTES),
      choice('draws', 'draws', 'how θ is drawn for the clean and the attacked input', 'same', DRAWS),
      slider('mean', 'μ', 'class mean', '1', 0, 4, 0.05),
      slider('data_std', 'ν', 'standard deviation of x given y', '1', 0.05, 3, 0.05),
      slider('shift', 'shift', 'mean of θ', '1', -2, 3, 0.05),
      choice('quantity', 'shown', 'the rate in the charts against σ and ε', 'robust_accuracy', {
        robust_accuracy: 'robust accuracy', adversarial_accuracy: 'adversarial accuracy', attack_success_rate: 'attack success rate',
      }),
      choice('metric', 'claims', 'the metric by which claims are judged', 'robust_accuracy', {
        robust_accuracy: 'robust accuracy', adversarial_accuracy: 'adversarial accuracy', attack_success_rate: 'attack success rate',
      }),
    ],
  },
  attack: {
    title: 'Attack',
    fields: [
      text('defense', 'defense', 'add, scale=T, drop=Q, flip=Q or list=GAIN:PROBABILITY,…', 'scale=1'),
      slider('steps', 'k', 'steps', '40', 1, 200, 1),
      slider('eot', 'm', 'gradients that EOT averages in a step', '10', 1, 100, 1),
      text('step_size', 'α', 'step size: eps/10, a number, or best', 'eps/10'),
      slider('eps', 'ε', 'budget in ℓ∞', '0.125', 0, 1, 0.005),
      slider('dimension', 'd', 'coordinates', '64', 1, 512, 1),
      slider('mean', 'μ', 'class mean of a coordinate', '0.25', 0, 2, 0.01),
      slider('data_std', 'ν', 'standard deviation of a coordinate', '1', 0.05, 3, 0.05),
      text('sigma', 'σ', 'added noise; empty: 1 for add, else 0', ''),
      choice('gain', 'gains', 'whether each coordinate has a gain of its own', 'coordinates', { coordinates: 'one a coordinate', shared: 'one for all' }),
      choice('draws', 'draws', 'how the clean and the attacked input are drawn for', 'fresh', DRAWS),
      text('enough', 'enough', 'how close to the strongest attack is enough', '0.05'),
    ],
  },
  certify: {
    title: 'Certify',
    fields: [
      slider('sigma', 'σ', 'standard deviation of the noise', '1', 0.05, 4, 0.05),
      list('n', 'n', 'noisy answers that are counted', '1000', COUNTS),
      list('n0', 'n₀', 'noisy answers that select the class', '100', COUNTS),
      text('alpha', 'α', 'how often a certificate may be wrong', '0.001'),
      slider('radius', 'r', 'radius that is certified', '0.5', 0, 4, 0.05),
      slider('mean', 'μ', 'class mean', '1', 0, 4, 0.05),
      slider('data_std', 'ν', 'standard deviation of x given y', '1', 0.05, 3, 0.05),
      text('n_for', 'enough', 'radius=R, abstain=A or loss=L', 'radius=4'),
    ],
  },
  query: {
    title: 'Query',
    fields: [
      choice('attack', 'attack', 'how he asks', 'score', { score: 'score: differences of scores', sign: 'sign: their signs alone', nes: 'nes: random directions', simba: 'simba, as published', label: 'label: differences of labels' }),
      list('queries', 'Q', 'questions', '1000', ['10', '30', '100', '300', '1000', '3000', '10000', '30000', '100000', '1000000']),
      slider('sigma', 'σ', 'noise of an answer', '1', 0, 4, 0.05),
      slider('eps', 'ε', 'how far he moves', '1', 0, 4, 0.05),
      list('dimension', 'd', 'coordinates', '100', ['2', '5', '10', '30', '100', '300', '1000', '3000']),
      list('votes', 'n', 'draws of an answer of “voted”', '101', VOTES.filter((n) => n !== 'inf')),
      slider('mean', 'μ', 'mean margin', '2', 0, 6, 0.05),
      slider('data_std', 'ν', 'standard deviation of the margin', '1', 0.05, 3, 0.05),
      slider('shift', 'shift', 'mean of the noise', '1', -2, 3, 0.05),
      text('step', 'step', 'how far from x he asks; empty: ε', ''),
      text('queries_for', 'enough', 'share of the white-box effect', '0.5'),
    ],
  },
  simulation: {
    title: 'Simulation',
    fields: [
      choice('question', 'question', 'what is simulated: the state of its panel', 'point', {
        point: 'stages at σ and ε', sigma: 'stages against σ', eps: 'stages against ε', attack: 'the attack', certify: 'the certificates', query: 'the black-box attacker',
      }),
      list('samples', 'samples', 'how many samples', '1e6', ['1e3', '1e4', '1e5', '1e6', '1e7', '1e8', '1e9']),
      text('seed', 'seed', 'the same seed gives the same counts on any machine', '1'),
    ],
  },
};

const state = { panel: 'stages' };
for (const [name, panel] of Object.entries(PANELS)) {
  state[name] = Object.fromEntries(panel.fields.map((field) => [field.name, field.usual]));
}

const listeners = [];
const changed = (panel, name) => listeners.forEach((listener) => listener(panel, name));

// The address: the panel, and of each panel what is not usual, `attack.steps=20`; those of the open panel by name alone.
function written() {
  const parts = [`panel=${state.panel}`];
  for (const [panel, { fields }] of Object.entries(PANELS)) {
    for (const field of fields) {
      const value = state[panel][field.name];
      if (value === field.usual) continue;
      const name = panel === state.panel ? field.name : `${panel}.${field.name}`;
      parts.push(`${name}=${encodeURIComponent(value).replaceAll('%3D', '=').replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/')}`);
    }
  }
  return `#${parts.join('&')}`;
}

function read(hash) {
  const given = new Map();
  for (const part of hash.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    if (at < 1) continue;
    try { given.set(part.slice(0, at), decodeURIComponent(part.slice(at + 1))); } catch { /* no address of ours */ }
  }
  if (given.get('panel') in PANELS) state.panel = given.get('panel');
  for (const [panel, { fields }] of Object.entries(PANELS)) {
    for (const field of fields) {
      const own = panel === state.panel ? given.get(field.name) : undefined;
      const value = own ?? given.get(`${panel}.${field.name}`) ?? field.usual;
      state[panel][field.name] = field.options && !(value in field.options) && field.name !== 'draws' ? field.usual : value;
    }
  }
}

let writing = 0;
function remember() {
  clearTimeout(writing);
  writing = setTimeout(() => {
    if (location.hash !== written()) history.replaceState(null, '', written());
  }, 150);
}

function set(panel, name, value) {
  if (state[panel][name] === value) return;
  state[panel][name] = value;
  remember();
  changed(panel, name);
}
