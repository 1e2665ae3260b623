// The claims of the paper at the point, and the map of where they fail, claim by claim.
const CLAIMS = ['defense-helps', 'training-hurts', 'training-keeps-some', 'trade-off', 'vote-restores', 'vote-trade-off'];
const MAP_SIGMAS = '0..2/41';
const MAP_BUDGETS = '0..1.5/31';
const claims = { key: '', done: 0 };

const claimsTask = () => {
  const { mean, data_std, shift, draws } = state.stages;
  return { mean, data_std, shift, metric: state.stages.metric, draws };
};
const mapGiven = () => ({ sigma: MAP_SIGMAS, eps: MAP_BUDGETS, ...claimsTask() });
const pointGiven = () => ({ sigma: state.stages.sigma, eps: state.stages.eps, ...claimsTask() });

function claimsSection() {
  claims.verdicts = element('div', { id: 'claims-verdicts' });
  claims.said = element('p', { class: 'note', 'aria-live': 'polite', id: 'claims-said' });
  claims.command = element('code', {});
  claims.python = element('code', {});
  const lab = () => asker('claims');
  claims.chart = new Chart({
    id: 'claims', title: 'Where the claims fail', ratio: 0.9,
    ask: (look, way) => (way === 'save'
      ? lab().ask('chart', { verb: 'claims', questions: [mapGiven()], name: 'claims_map', look })
      : lab().latest('map chart', 'chart', {
        verb: 'claims', questions: CLAIMS.slice(0, claims.done).map((claim) => ({ ...mapGiven(), claim })), name: 'claims_map',
        look: { ...look, marks: [{ x: Number(state.stages.sigma), y: Number(state.stages.eps), label: 'here' }] },
      })),
    words: () => ({
      name: 'claims_map',
      command: command('claims', mapGiven(), { always: ['metric', 'draws'], more: '-o claims' }),
      python: python('claims', mapGiven(), { always: ['metric', 'draws'], more: '.plot("claims_map")' }),
      summary: claims.said.textContent,
    }),
  });
  claims.progress = element('progress', { max: CLAIMS.length, value: 0, 'aria-label': 'claims on the map' });
  claims.chart.figure.querySelector('.chart').after(claims.progress);
  return element('section', { 'aria-label': 'Claims', class: 'claims' },
    element('h2', {}, 'The claims at the point'),
    claims.verdicts, claims.said,
    element('details', {}, element('summary', {}, 'Command, Python'), said('The command that gives this', claims.command), said('Python', claims.python)),
    claims.chart.figure);
}

async function claimsAtPoint() {
  const given = pointGiven();
  claims.command.textContent = command('claims', given, { always: ['sigma', 'eps', 'metric', 'draws'] });
  claims.python.textContent = python('claims', given, { always: ['sigma', 'eps', 'metric', 'draws'] });
  const found = JSON.parse(await asker('claims').latest('claims', 'answer', 'claims', given));
  const { rows } = found.tables;
  const word = { everywhere: 'holds', nowhere: 'fails' };
  const lines = rows.map((row) => {
    const verdict = word[row.holds] ?? 'cannot be told';
    return [row.claim, element('span', { class: `verdict ${verdict.split(' ')[0]}` }, verdict), row.first, row.second, row.difference];
  });
  const heads = [['claim'], ['verdict'], ['first'], ['second'], ['second − first']];
  const region = table(`Each says that the second is better; vote-restores, that it is nearer to undefended`, heads, lines);
  claims.verdicts.replaceChildren(region);
  const fails = rows.filter((row) => row.holds === 'nowhere').map((row) => row.claim);
  claims.said.textContent = `At σ = ${given.sigma}, ε = ${given.eps}, by ${given.metric.replaceAll('_', ' ')}, ${given.draws} draws: ${fails.length ? `${fails.join(', ')} fail${fails.length === 1 ? 's' : ''}; the others hold.` : 'all claims hold.'}`;
}

let mapping = 0;
function updateClaims() {
  const fails = (error) => refuse('stages', error.message);
  claims.chart.say();
  claimsAtPoint().then(() => { if (claims.done) return claims.chart.draw(); }).catch(fails);
  const key = JSON.stringify(mapGiven());
  if (claims.key === key) return;
  claims.key = key;
  claims.done = 0;
  claims.progress.value = 0;
  claims.progress.hidden = false;
  asker('claims').forget('map');
  clearTimeout(mapping);
  // The map takes seconds: it waits until the sliders rest.
  mapping = setTimeout(() => drawMap(key).catch(fails), 400);
}

async function drawMap(key) {
  for (const claim of CLAIMS) {
    await asker('claims').latest('map', 'prepare', 'claims', { ...mapGiven(), claim });
    if (claims.key !== key) return;
    claims.done += 1;
    claims.progress.value = claims.done;
    claims.progress.hidden = claims.done === CLAIMS.length;
    await claims.chart.draw();
    if (claims.key !== key) return;
  }
}
