// The attack: numbers and charts as of the other panels, and the walk of its coordinates beside its exact law.
const attackGiven = () => {
  const { defense, steps, eot, step_size, eps, dimension, mean, data_std, sigma, gain, draws } = state.attack;
  return { defense, steps, eot, step_size, eps, dimension, mean, data_std, sigma, gain, draws };
};
const attack = exactPanel('attack', 'attack', {
  given: attackGiven,
  caption: () => `${state.attack.defense}, d = ${state.attack.dimension}, ε = ${state.attack.eps}, k = ${state.attack.steps}, m = ${state.attack.eot}`,
  heads: [['attack'], ['gradients', 'k·m'], ['clean', OF_ALL], ['adversarial', OF_ALL], ['robust', OF_CORRECT], ['invariance', OF_ALL], ['right sign', 'of all steps'], ['reach', 'E U, units of ε']],
  cells: (row) => [row.label, row.queries ? grouped(row.queries) : '', row.clean_accuracy, row.adversarial_accuracy, row.robust_accuracy, row.invariance, row.sign_right, row.reach],
  charts: [
    { id: 'reach', title: 'Where attacks end, against steps', name: 'reach_vs_steps', along: () => ({ steps: `1..${Math.max(40, Number(state.attack.steps) || 40)}:1` }) },
    { id: 'gradients', title: 'Adversarial accuracy against gradients', name: 'adversarial_accuracy_vs_gradients', unmarked: true, along: () => ({ steps: '1,2,3,4,5,7,10,15,20,30,50,70,100' }) },
    { id: 'eps', title: 'Adversarial accuracy against ε', name: 'adversarial_accuracy_vs_eps', along: () => ({ eps: '0..0.5/26' }) },
  ],
  planner: () => ({ name: 'enough', value: state.attack.enough, question: attackGiven }),
});

// Walkers take steps with the exact probabilities of right, none and wrong; bars are the exact law of where they are.
const walk = { walkers: 240, step: 0, playing: false, laws: [], paths: [] };
walk.canvas = element('canvas', { id: 'walk', role: 'img', width: 1040, height: 420, 'aria-label': 'The walk of the attack' });
walk.play = element('button', { type: 'button', onclick: () => playWalk(!walk.playing) }, 'Play');
walk.range = element('input', { type: 'range', id: 'walk-step', min: 0, max: 40, step: 1, value: 40, 'aria-label': 'Steps taken' });
walk.range.addEventListener('input', () => { playWalk(false); walk.step = Number(walk.range.value); paintWalk(); });
walk.which = element('select', { id: 'walk-which', 'aria-label': 'Which attack walks', onchange: () => newWalk() },
  element('option', { value: 'pgd' }, 'pgd, one gradient a step'), element('option', { value: 'eot' }, 'eot, m gradients a step'));
walk.said = element('p', { class: 'note', id: 'walk-said', 'aria-live': 'off' });
walk.command = element('code', {});
walk.python = element('code', {});
walk.node = element('section', { 'aria-label': 'The walk' }, element('h2', {}, 'The walk, and its exact law'),
  element('div', { class: 'buttons' }, walk.play, walk.which, walk.range), walk.canvas, walk.said,
  element('details', {}, element('summary', {}, 'Command, Python'), said('The command that gives this', walk.command), said('Python', walk.python)));
attack.node.querySelector('section').after(walk.node);

attack.told = () => {
  const { steps, ...rest } = attackGiven();
  const last = Math.round(Number(steps));
  const law = `0..${last}:1`;
  const given = { ...rest, law };
  walk.command.textContent = command('attack', given, { always: ['law'] });
  walk.python.textContent = python('attack', given, { always: ['law'] });
  asker('others').latest('attack-law', 'plan', 'attack', 'law', law, rest).then((json) => {
    walk.all = JSON.parse(json).rows;
    walk.last = last;
    newWalk();
  }).catch((error) => {
    walk.all = [];
    walk.laws = [];
    walk.said.textContent = error.message;
    paintWalk();
  });
};

// A small generator of its own, so that the picture is the same each time: it shows the law and measures nothing.
function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function newWalk() {
  const which = walk.which.value;
  const row = attack.rows?.find((row) => row.attack === which);
  walk.laws = [];
  for (const atom of walk.all ?? []) {
    if (atom.attack === which) (walk.laws[atom.steps] ??= []).push(atom);
  }
  if (!row || row.sign_right === null || !walk.laws.length) { paintWalk(); return; }
  const next = random(1);
  const size = row.step_size / row.eps;
  walk.paths = Array.from({ length: walk.walkers }, () => {
    const path = [0];
    for (let step = 1; step <= walk.last; step += 1) {
      const u = next();
      const by = u < row.sign_right ? size : u < row.sign_right + row.sign_zero ? 0 : -size;
      path.push(Math.min(1, Math.max(-1, path[step - 1] + by)));
    }
    return path;
  });
  walk.row = row;
  walk.range.max = walk.last;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  walk.step = walk.last;
  walk.range.value = walk.step;
  paintWalk();
  if (!still && state.panel === 'attack' && !walk.seen) {
    walk.seen = true;
    playWalk(true);
  }
}

function playWalk(play) {
  walk.playing = play;
  walk.play.textContent = play ? 'Pause' : 'Play';
  if (!play) return;
  if (walk.step >= walk.last) walk.step = 0;
  let before = performance.now();
  const frame = (now) => {
    if (!walk.playing || state.panel !== 'attack') { playWalk(false); return; }
    // The whole walk in about five seconds.
    walk.step = Math.min(walk.last, walk.step + ((now - before) / 5000) * walk.last);
    before = now;
    walk.range.value = Math.round(walk.step);
    const start = performance.now();
    paintWalk();
    costs.add('walk', performance.now() - start);
    if (walk.step >= walk.last) playWalk(false);
    else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function paintWalk() {
  const { canvas, step } = walk;
  const context = canvas.getContext('2d');
  const style = getComputedStyle(document.body);
  const ink = style.getPropertyValue('--ink').trim();
  const quiet = style.getPropertyValue('--quiet').trim();
  const accent = style.getPropertyValue('--accent').trim();
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const law = walk.laws[Math.floor(step)];
  if (!law) return;
  const [left, right, top, bottom, split] = [70, width - 20, 24, height - 52, width * 0.62];
  const y = (u) => bottom - ((u + 1) / 2) * (bottom - top);
  const x = (taken) => left + (taken / walk.last) * (split - left - 20);
  context.font = '20px "DejaVu Sans", Verdana, sans-serif';
  context.lineWidth = 1;
  context.strokeStyle = quiet;
  context.fillStyle = ink;
  context.textAlign = 'right';
  for (const u of [-1, 0, 1]) {
    context.globalAlpha = 0.5;
    context.beginPath();
    context.moveTo(left, y(u));
    context.lineTo(right, y(u));
    context.stroke();
    context.globalAlpha = 1;
    context.fillText(u === 0 ? '0' : u > 0 ? 'ε' : '−ε', left - 10, y(u) + 7);
  }
  context.textAlign = 'left';
  context.fillText(`step ${Math.floor(step)} of ${walk.last}`, left, height - 12);
  context.fillText('exact law (bars), walkers (dots)', split, height - 12);
  context.strokeStyle = accent;
  context.globalAlpha = 0.13;
  for (const path of walk.paths) {
    context.beginPath();
    context.moveTo(x(0), y(path[0]));
    const whole = Math.floor(step);
    for (let taken = 1; taken <= whole; taken += 1) context.lineTo(x(taken), y(path[taken]));
    if (step > whole) context.lineTo(x(step), y(path[whole] + (path[whole + 1] - path[whole]) * (step - whole)));
    context.stroke();
  }
  context.globalAlpha = 1;
  const most = Math.max(...law.map((atom) => atom.probability));
  const counts = new Map();
  for (const path of walk.paths) {
    const u = path[Math.floor(step)].toFixed(6);
    counts.set(u, (counts.get(u) ?? 0) + 1);
  }
  const thick = Math.max(2, Math.min(12, ((bottom - top) / Math.max(2, law.length)) * 0.7));
  const long = (share) => Math.min(1.15, share / most) * (right - split) * 0.84;
  context.fillStyle = quiet;
  for (const atom of law) context.fillRect(split, y(atom.low) - thick / 2, long(atom.probability), thick);
  context.fillStyle = accent;
  for (const [u, count] of counts) {
    context.beginPath();
    context.arc(split + long(count / walk.paths.length), y(Number(u)), 4, 0, 7);
    context.fill();
  }
  const mean = law.reduce((sum, atom) => sum + (0.5 * (atom.low + atom.high)) * atom.probability, 0);
  walk.said.textContent = `After ${Math.floor(step)} step${Math.floor(step) === 1 ? '' : 's'} of ${walk.which.value} the mean position E U is ${short(mean)} ε, exact; ${walk.paths.length} walkers show the law, and are drawn in the page.`;
  canvas.setAttribute('aria-label', walk.said.textContent);
}
