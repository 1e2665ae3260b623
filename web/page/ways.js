// The panels of the attacker and of the ways out: numbers, charts against one parameter each, and the planner's sentence.
function exactPanel(panel, verb, { given, heads, cells, charts, planner, caption }) {
  const lab = () => asker('others');
  const made = { numbers: element('div', { id: `${panel}-numbers` }), command: element('code', {}), python: element('code', {}) };
  made.findings = element('p', { class: 'note findings', 'aria-live': 'polite' });
  made.plan = element('pre', { class: 'plan', id: `${panel}-plan`, 'aria-live': 'polite' });
  made.planCommand = element('code', {});
  made.planPython = element('code', {});
  made.charts = charts.map(({ id, title, name, along, ratio, unmarked }) => {
    const asked = () => ({ ...given(), ...along() });
    return new Chart({
      id: `${panel}-${id}`, title, ratio,
      ask: (look, way) => {
        const question = { verb, questions: [asked()], name, look: { ...look, marks: way === 'save' || unmarked ? [] : mark(along()) } };
        return way === 'save' ? lab().ask('chart', question) : lab().latest(`${panel}-${id}`, 'chart', question);
      },
      words: () => ({
        name,
        command: command(verb, asked(), { always: [], more: `--samples 0 -o ${verb}` }),
        python: python(verb, { ...asked(), samples: '0' }, { always: [], more: `.plot("${name}")` }),
      }),
    });
  });
  // Where the control of the parameter is that a chart runs along, the first one.
  const mark = (along) => {
    const [name] = Object.keys(along);
    const value = Number(state[panel][name]);
    return state[panel][name] !== '' && Number.isFinite(value) ? [{ x: value, label: 'here' }] : [];
  };
  made.update = () => {
    const fails = (error) => refuse(panel, error.message);
    refuse(panel, null);
    made.command.textContent = command(verb, given(), { more: '--samples 0' });
    made.python.textContent = python(verb, { ...given(), samples: '0' });
    lab().latest(`${panel}-numbers`, 'answer', verb, given()).then((json) => {
      const found = JSON.parse(json);
      made.rows = found.tables.rows;
      made.found = found;
      made.numbers.replaceChildren(table(caption(), heads, made.rows.map(cells)));
      made.findings.textContent = [...found.findings, ...found.notes].join('\n');
      made.told?.(found);
    }).catch(fails);
    made.charts.forEach((chart) => chart.draw().catch((error) => {
      if (error.message.includes('have no chart')) chart.none();
      else fails(error);
    }));
    const { name, value, question } = planner();
    const said = { ...question(), [name]: value };
    made.planCommand.textContent = command(verb, said, { always: [name] });
    made.planPython.textContent = python(verb, said, { always: [name] });
    if (value === '') {
      made.plan.textContent = '';
    } else {
      lab().latest(`${panel}-plan`, 'plan', verb, name, value, question()).then((json) => {
        made.plan.textContent = JSON.parse(json).said.trim();
      }).catch((error) => { made.plan.textContent = error.message; });
    }
  };
  made.node = element('div', { class: 'content' },
    element('section', { 'aria-label': 'Exact numbers' }, element('h2', {}, 'Exact numbers'), made.numbers, made.findings,
      element('details', {}, element('summary', {}, 'Command, Python'), said('The command that gives this', made.command), said('Python', made.python))),
    element('section', { 'aria-label': 'How much is enough' }, element('h2', {}, 'How much is enough'), made.plan,
      element('details', {}, element('summary', {}, 'Command, Python'), said('The command that gives this', made.planCommand), said('Python', made.planPython))),
    element('section', { class: 'charts', 'aria-label': 'Charts' }, ...made.charts.map((chart) => chart.figure)));
  return made;
}

const certifyGiven = () => {
  const { sigma, n, n0, alpha, radius, mean, data_std } = state.certify;
  return { sigma, n, n0, alpha, radius, mean, data_std };
};
const certify = exactPanel('certify', 'certify', {
  given: certifyGiven,
  caption: () => `σ = ${state.certify.sigma}, n = ${state.certify.n}, n₀ = ${state.certify.n0}, α = ${state.certify.alpha}, radius ${state.certify.radius}`,
  heads: [['procedure'], ['certified', OF_ALL], ['right', OF_ALL], ['wrong', OF_ALL], ['abstain', OF_ALL], ['truth', 'n = ∞, of all samples'], ['average radius', 'units of x'], ['largest radius', 'units of x']],
  cells: (row) => [row.procedure, row.certified_accuracy, row.right, row.wrong, row.abstain, row.true_radius_accuracy, row.average_certified_radius, row.radius_max],
  charts: [
    { id: 'radius', title: 'Certified accuracy against the radius', name: 'certified_accuracy_vs_radius', along: () => ({ radius: '0..4/41', n: several(state.certify.n, ['100', '1e4', 'inf']) }) },
    { id: 'n', title: 'Abstention against the number of answers', name: 'abstain_vs_n', along: () => ({ n: '10..1e4/log31' }) },
    { id: 'sigma', title: 'The best noise for a radius', name: 'certified_accuracy_vs_sigma', along: () => ({ sigma: '0.1..4/40', radius: several(state.certify.radius, ['0.25', '0.5', '1']) }) },
  ],
  planner: () => ({
    name: 'n_for', value: state.certify.n_for,
    question: () => { const { n, ...rest } = certifyGiven(); return rest; },
  }),
});

// A list with a value, each of them once, in the order of numbers.
function several(value, others) {
  const number = (text) => Number(text.replace('inf', 'Infinity'));
  const all = [...others, value].filter((text, place, list) => list.findIndex((other) => number(other) === number(text)) === place);
  return all.sort((a, b) => number(a) - number(b)).join(',');
}

const queryGiven = () => {
  const { attack, queries, sigma, eps, dimension, votes, mean, data_std, shift, step } = state.query;
  return { attack, queries, sigma, eps, dimension, votes, mean, data_std, shift, step };
};
const query = exactPanel('query', 'query', {
  given: queryGiven,
  caption: () => `${grouped(Number(state.query.queries))} questions, ${state.query.dimension} coordinates, σ = ${state.query.sigma}, ε = ${state.query.eps}`,
  heads: [['asked'], ['clean', OF_ALL], ['adversarial', OF_ALL], ['white box', OF_ALL], ['no noise', OF_ALL], ['bound', 'any attacker'], ['cosine', 'of his move'], ['break-even', 'questions']],
  cells: (row) => [row.label, row.clean_accuracy, row.adversarial_accuracy, row.white_box, row.no_noise, row.bound, row.cosine, row.break_even === null ? '' : grouped(row.break_even)],
  charts: [
    { id: 'queries', title: 'Accuracy against questions', name: 'adversarial_accuracy_vs_queries', along: () => ({ queries: '1e2..1e6/log41' }) },
    { id: 'cosine', title: 'How well he aims', name: 'cosine_vs_queries', along: () => ({ queries: '1e2..1e6/log41' }) },
  ],
  planner: () => ({
    name: 'queries_for', value: state.query.queries_for,
    question: () => { const { queries, ...rest } = queryGiven(); return rest; },
  }),
});
