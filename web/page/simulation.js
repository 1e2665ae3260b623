// A run in the page: the same engine and the same counts as on the command line, drawn beside the page in steps.
const simulation = { serial: 0 };

function simulated() {
  const { question, samples, seed } = state.simulation;
  const plan = { samples, seed };
  switch (question) {
    case 'attack': return { verb: 'attack', given: { ...attackGiven(), ...plan }, rate: 'adversarial_accuracy' };
    case 'certify': return { verb: 'certify', given: { ...certifyGiven(), ...plan } };
    case 'query': return { verb: 'query', given: { ...queryGiven(), ...plan }, rate: 'adversarial_accuracy' };
    case 'sigma': return { verb: 'sweep', given: { ...stagesPoint(), sigma: '0..4:0.5', ...plan }, chart: 'robust_accuracy_vs_sigma', rate: 'robust_accuracy' };
    case 'eps': return { verb: 'sweep', given: { ...stagesPoint(), eps: '0..3:0.5', ...plan }, chart: 'robust_accuracy_vs_eps', rate: 'robust_accuracy' };
    default: return { verb: 'simulate', given: { ...stagesPoint(), ...plan }, rate: 'robust_accuracy' };
  }
}

function simulationPanel() {
  const made = simulation;
  made.start = element('button', { type: 'button', id: 'start', class: 'primary', onclick: () => startRun() }, 'Start');
  made.stop = element('button', { type: 'button', id: 'stop', disabled: true, onclick: () => stopRun() }, 'Stop');
  made.bar = element('progress', { max: 1, value: 0, 'aria-label': 'Samples drawn' });
  made.told = element('p', { class: 'note', id: 'run-progress' });
  made.verdict = element('p', { id: 'run-verdict', class: 'verdict-line', role: 'status', 'aria-live': 'polite' });
  made.numbers = element('div', { id: 'run-numbers' });
  made.command = element('code', {});
  made.python = element('code', {});
  const drawn = (asked) => asker('run').ask('drawn', asked);
  const words = (name) => () => {
    const { verb, given } = simulated();
    return {
      name, command: command(verb, given, { always: ['samples', 'seed'], more: verb === 'simulate' ? '' : `-o ${verb}` }),
      python: python(verb, given, { always: ['samples', 'seed'] }),
    };
  };
  made.way = new Chart({ id: 'way', title: 'On the way to the exact value', words: words('way'), ask: (look, way) => drawn({ rate: made.asked?.rate ?? null, look }) });
  made.curve = new Chart({ id: 'drawn', title: 'Simulation beside theory', words: words('simulation'), ask: (look, way) => drawn({ name: made.asked?.chart, look }) });
  made.curve.figure.hidden = true;
  made.node = element('div', { class: 'content' },
    element('section', { 'aria-label': 'The run' }, element('h2', {}, 'The run'),
      element('div', { class: 'buttons' }, made.start, made.stop, made.bar), made.told, made.verdict, made.numbers,
      element('details', { open: true }, element('summary', {}, 'Command, Python'), said('The command that gives this', made.command), said('Python', made.python))),
    element('section', { class: 'charts', 'aria-label': 'Charts' }, made.way.figure, made.curve.figure));
  asker('run').onrun = heardRun;
  return made.node;
}

function updateSimulation() {
  const { verb, given } = simulated();
  const words = { always: ['samples', 'seed'] };
  simulation.command.textContent = command(verb, given, words);
  simulation.python.textContent = python(verb, given, words);
  if (simulation.asked && JSON.stringify(simulation.asked) !== JSON.stringify(simulated())) stopRun();
}

async function startRun() {
  refuse('simulation', null);
  await stopRun();
  const asked = simulated();
  simulation.asked = asked;
  simulation.ended = false;
  simulation.verdict.textContent = '';
  simulation.told.textContent = 'exact values …';
  simulation.start.disabled = true;
  simulation.stop.disabled = false;
  const { way, curve } = simulation;
  curve.figure.hidden = !asked.chart;
  const look = (chart) => ({ theme: theme(), untitled: true, ...sized(chart.place, chart.ratio) });
  const looks = [{ rate: asked.rate ?? null, look: look(way) }];
  if (asked.chart) looks.push({ name: asked.chart, look: look(curve) });
  way.say();
  curve.say();
  try {
    simulation.serial = await asker('run').ask('run', asked.verb, asked.given, looks, 250);
  } catch (error) {
    refuse('simulation', error.message);
    idleRun();
    simulation.told.textContent = '';
  }
}

function idleRun() {
  simulation.start.disabled = false;
  simulation.stop.disabled = true;
}

async function stopRun() {
  if (simulation.stop.disabled) return;
  idleRun();
  simulation.serial = -1;
  await asker('run').ask('stop');
  simulation.told.textContent += ' · stopped';
}

function heardRun({ run, result, error }) {
  if (run !== simulation.serial && simulation.serial !== 0) return;
  if (error) {
    refuse('simulation', error);
    idleRun();
    return;
  }
  const { progress, svg } = result;
  const answer = JSON.parse(result.answer);
  simulation.answer = answer;
  simulation.bar.max = progress.total;
  simulation.bar.value = progress.done;
  const speed = progress.done / progress.seconds;
  const { seed, stream_version: version } = answer.run.simulation;
  simulation.told.textContent = `${grouped(progress.done)} of ${grouped(progress.total)} samples, seed ${seed}, stream ${version}; ${speed.toPrecision(3)} samples/s, one thread`;
  const ended = Boolean(progress.end);
  simulation.verdict.textContent = `${ended ? '' : 'so far, '}${answer.verdict ?? 'nothing is compared'}`;
  simulation.verdict.classList.toggle('disagrees', !answer.agrees);
  simulation.numbers.replaceChildren(runTable(answer));
  if (svg[0]) simulation.way.show(svg[0]);
  if (svg[1]) simulation.curve.show(svg[1]);
  if (ended) {
    simulation.ended = true;
    idleRun();
  }
}

// Of each row and each rate that is counted: exact, simulated, and the interval.
function runTable(answer) {
  const { rows } = answer.tables;
  const rates = Object.keys(rows[0]).filter((name) => name.startsWith('mc_') && name.slice(3) in rows[0]).map((name) => name.slice(3));
  const stem = (rate) => [rate, rate.replace('_accuracy', '')].find((name) => `mc_${name}_low` in rows[0]);
  // Of many rows one rate is enough to see what happens; all of them are what the command prints.
  const many = rows.length > 8;
  const seen = many ? [simulation.asked.rate] : rates;
  const at = (row) => (many ? `, ${['sigma', 'eps'].filter((name) => rows.some((other) => other[name] !== row[name])).map((name) => `${name === 'sigma' ? 'σ' : 'ε'} = ${row[name]}`).join(', ')}` : '');
  const shown = rows.filter((row) => !many || row.stage !== 'undefended');
  const lines = shown.flatMap((row) => seen.filter((rate) => row[rate] !== null && row[`mc_${rate}`] !== null).map((rate) => {
    const [low, high] = ['low', 'high'].map((end) => row[`mc_${stem(rate)}_${end}`]);
    return [`${row.label}${at(row)}`, rate.replaceAll('_', ' '), row[rate], row[`mc_${rate}`], low === undefined ? '' : `${short(low, 6)} – ${short(high, 6)}`, row.agrees === null ? '' : row.agrees ? 'agrees' : 'DISAGREES'];
  }));
  return table('Exact beside simulated', [['row'], ['rate'], ['exact'], ['simulated'], ['interval', '95 %'], ['']], lines);
}
