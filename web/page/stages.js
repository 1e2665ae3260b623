// The four stages: the task, both accuracies, the trade-off, the exact numbers, and the claims at the point.
const STAGE_ROWS = ['clean_accuracy', 'adversarial_accuracy', 'robust_accuracy', 'attack_success_rate', 'invariance'];
const OF_ALL = 'of all samples';
const OF_CORRECT = 'of the correct';
const SIGMAS = '0..4';
const BUDGETS = '0..3/61';
const stepped = (last, step) => Array.from({ length: Math.round(last / step) + 1 }, (_, i) => String(Number((i * step).toFixed(2))));
const SIGMA_GRID = stepped(4, 0.05);
const BUDGET_GRID = new Set(stepped(3, 0.05));

const stagesTask = () => {
  const { mean, data_std, shift, draws } = state.stages;
  return { mean, data_std, shift, draws };
};
const stagesPoint = () => {
  const { sigma, eps, threshold, votes } = state.stages;
  return { sigma, eps, threshold, votes, ...stagesTask() };
};

// The rows of a curve are asked for in parts, so that what a slider leaves alone is not found again: the undefended
// classifier, the family of k, and the trained stages with their votes.
function parts(sigma, eps) {
  const { threshold, votes } = state.stages;
  return [
    { sigma, eps, ...stagesTask(), stages: 'undefended' },
    { sigma, eps, ...stagesTask(), stages: 'defended', threshold },
    { sigma, eps, ...stagesTask(), stages: 'trained,voted', votes },
  ];
}

// Where the whole surface of σ × ε is known, a curve is one of its lines.
const surface = { key: '', known: new Set() };
function surfaceKey() {
  return JSON.stringify({ ...stagesTask(), votes: state.stages.votes });
}
const surfaceLine = (sigma) => ({ sigma, eps: BUDGETS, ...stagesTask(), stages: 'trained,voted', votes: state.stages.votes });

function nextOfSurface() {
  if (state.panel !== 'stages' || dragging) return null;
  const key = surfaceKey();
  if (surface.key !== key) {
    surface.key = key;
    surface.known.clear();
  }
  const here = Number(state.stages.sigma);
  const missing = SIGMA_GRID.filter((sigma) => !surface.known.has(sigma));
  missing.sort((a, b) => Math.abs(a - here) - Math.abs(b - here));
  const sigma = missing[0];
  if (sigma === undefined) return null;
  const then = (data) => { if (surface.key === key && !data.error) surface.known.add(sigma); };
  return { call: 'prepare', args: ['theory', surfaceLine(sigma)], then };
}
const surfaceWhole = () => surface.key === surfaceKey() && surface.known.size === SIGMA_GRID.length;

function sigmaQuestion() {
  const { eps } = state.stages;
  const [undefended, defended, trained] = parts(SIGMAS, eps);
  if (surfaceWhole() && BUDGET_GRID.has(eps)) {
    const lines = SIGMA_GRID.map(surfaceLine);
    return { verb: 'theory', questions: [undefended, defended, ...lines], where: { eps: Number(eps) } };
  }
  // A curve of 33 points is drawn as it is; with fewer the chart would find more.
  const few = dragging && costs.last('sigma') > 12;
  return { verb: 'theory', questions: [undefended, defended, few ? { ...trained, sigma: '0..4/33' } : trained] };
}

function epsQuestion() {
  return { verb: 'theory', questions: parts(state.stages.sigma, BUDGETS) };
}

const TRADE_VOTES = '1,3,7,15,31,101,1001';
function tradeGiven() {
  const { eps, shift } = state.stages;
  // One σ: of several, the charts against σ would be found, too, curve by curve. Without noise there is no family.
  const sigma = Number(state.stages.sigma) > 0 ? state.stages.sigma : '1';
  const family = Number(shift) === 0 ? '-1..1/41' : Number(shift) > 0 ? `0..${shift}/41` : `${shift}..0/41`;
  return { sigma, eps, threshold: family, votes: TRADE_VOTES, ...stagesTask() };
}
function tradeQuestion() {
  const { votes, ...family } = tradeGiven();
  const { threshold, ...voted } = tradeGiven();
  return { verb: 'theory', questions: [{ ...family, stages: 'undefended,defended,trained' }, { ...voted, stages: 'voted' }] };
}

const stages = {};

function stagesPanel() {
  const lab = asker('stages');
  lab.idle = nextOfSurface;
  const shown = () => state.stages.quantity;
  const saved = (name, given) => (look, way) => (way === 'save'
    ? lab.ask('chart', { verb: 'sweep', questions: [given()], name: name(), look })
    : null);
  const curve = (id, title, name, given, question, mark, more = {}) => new Chart({
    id, title, ...more,
    ask: (look, way) => saved(name, given)(look, way) ?? lab.latest(id, 'chart', { ...question(), name: name(), look: { ...look, marks: mark() } }),
    words: () => ({
      name: name(),
      command: command('sweep', given(), { more: '--samples 0 -o sweep' }),
      python: python('sweep', given(), { more: `.plot("${name()}")` }).replace(/\)\.plot/, ', samples=0).plot'),
      summary: `at σ = ${state.stages.sigma}, ε = ${state.stages.eps}`,
    }),
  });
  const taskGiven = () => {
    const { sigma, eps, mean, data_std, shift, votes } = state.stages;
    return { sigma, eps, mean, data_std, shift, votes };
  };
  stages.charts = [
    new Chart({
      id: 'task', title: 'The task, and what each stage makes of it', ratio: 0.92,
      ask: (look, way) => lab[way === 'save' ? 'ask' : 'latest'](...(way === 'save' ? ['figure'] : ['task', 'figure']), { name: 'task', given: taskGiven(), look }),
      words: () => ({
        name: 'task',
        command: command('figures', taskGiven(), { more: '--only task --samples 1000 -o figures' }),
        python: python('figures', { only: 'task', samples: '1000', ...taskGiven() }),
        summary: 'densities of both classes, the boundary, and what is within ε of it',
      }),
    }),
    curve('sigma', 'Against σ, the noise of the defense', () => `${shown()}_vs_sigma`,
      () => ({ ...stagesPoint(), sigma: SIGMAS }), sigmaQuestion, () => [{ x: Number(state.stages.sigma), label: `σ = ${state.stages.sigma}` }]),
    curve('eps', 'Against ε, the budget of the adversary', () => `${shown()}_vs_eps`,
      () => ({ ...stagesPoint(), eps: BUDGETS }), epsQuestion, () => [{ x: Number(state.stages.eps), label: `ε = ${state.stages.eps}` }]),
    curve('invariance', 'The trade-off: robust accuracy against invariance', () => 'robust_accuracy_vs_invariance',
      tradeGiven, tradeQuestion, () => (stages.here ? [stages.here] : [])),
  ];
  stages.numbers = element('div', { id: 'numbers' });
  stages.optimum = element('p', { class: 'note', 'aria-live': 'polite' });
  stages.command = element('code', {});
  stages.python = element('code', {});
  return element('div', { class: 'content' },
    element('section', { 'aria-label': 'Exact numbers' }, element('h2', {}, 'Exact numbers at the point'), stages.numbers, stages.optimum,
      element('details', {}, element('summary', {}, 'Command, Python'), said('The command that gives this', stages.command), said('Python', stages.python))),
    element('section', { class: 'charts', 'aria-label': 'Charts' }, ...stages.charts.map((chart) => chart.figure)),
    claimsSection());
}

async function numbersOfStages() {
  const given = stagesPoint();
  stages.command.textContent = command('theory', given);
  stages.python.textContent = python('theory', given);
  const found = JSON.parse(await asker('stages').latest('numbers', 'answer', 'theory', given));
  const { rows } = found.tables;
  const heads = [['stage'], ['clean', OF_ALL], ['adversarial', OF_ALL], ['robust', OF_CORRECT], ['attack success', OF_CORRECT], ['invariance', OF_ALL]];
  const lines = rows.map((row) => [row.label, ...STAGE_ROWS.map((name) => row[name])]);
  stages.numbers.replaceChildren(table(`σ = ${given.sigma}, ε = ${given.eps}, ${given.draws} draws`, heads, lines));
  stages.rows = rows;
  const defended = rows.find((row) => row.stage === 'defended');
  stages.here = { x: defended.invariance, y: defended.robust_accuracy, label: `here: σ = ${given.sigma}, k = ${given.threshold}` };
  stages.optimum.textContent = `No classifier, random or not, has an adversarial accuracy above ${short(rows[0].optimum)} here (the optimum).`;
}

// What depends on which parameter: the rest is left as it is.
function updateStages(name) {
  const fails = (error) => refuse('stages', error.message);
  refuse('stages', null);
  const of = (id) => stages.charts.find((chart) => chart.id === id);
  const draw = (id) => of(id).draw().catch(fails);
  if (name === 'metric') {
    updateClaims();
    return;
  }
  if (name === 'quantity') {
    draw('sigma');
    draw('eps');
    return;
  }
  stages.charts.forEach((chart) => chart.say());
  numbersOfStages().then(() => draw('invariance')).catch(fails);
  draw('sigma');
  draw('eps');
  if (name !== 'threshold' && name !== 'draws') draw('task');
  if (name !== 'threshold') updateClaims();
}
