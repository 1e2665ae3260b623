// The page: tabs, panels, and what happens when something changes.
function failed(message) {
  document.getElementById('failed').textContent = message;
}

const panels = {
  stages: { make: stagesPanel, update: updateStages },
  attack: { make: () => attack.node, update: () => attack.update() },
  certify: { make: () => certify.node, update: () => certify.update() },
  query: { make: () => query.node, update: () => query.update() },
  simulation: { make: simulationPanel, update: updateSimulation },
};

function tabs() {
  const list = document.getElementById('tabs');
  for (const [name, { title }] of Object.entries(PANELS)) {
    const tab = element('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}`, onclick: () => open(name) }, title);
    list.append(tab);
    const panel = element('div', { role: 'tabpanel', id: `panel-${name}`, 'aria-labelledby': `tab-${name}`, class: 'panel', hidden: true },
      element('div', { class: 'aside' }, controls(name), element('p', { class: 'error', id: `${name}-error`, role: 'alert' })), panels[name].make());
    document.getElementById('panels').append(panel);
  }
  list.addEventListener('keydown', (event) => {
    const names = Object.keys(PANELS);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = names.indexOf(state.panel);
    const to = by ? names[(at + by + names.length) % names.length] : { Home: names[0], End: names.at(-1) }[event.key];
    if (!to) return;
    event.preventDefault();
    open(to);
    document.getElementById(`tab-${to}`).focus();
  });
}

function open(name) {
  state.panel = name;
  for (const other of Object.keys(PANELS)) {
    const is = other === name;
    const tab = document.getElementById(`tab-${other}`);
    tab.setAttribute('aria-selected', String(is));
    tab.tabIndex = is ? 0 : -1;
    document.getElementById(`panel-${other}`).hidden = !is;
  }
  remember();
  panels[name].update();
}

// One update a frame, however often a slider tells of its moves.
let waiting = null;
function soon(name) {
  if (waiting) {
    waiting.add(name);
    return;
  }
  waiting = new Set([name]);
  requestAnimationFrame(() => {
    const names = waiting;
    waiting = null;
    const before = performance.now();
    panels[state.panel].update(names.size === 1 ? [...names][0] : undefined);
    costs.add('page', performance.now() - before);
  });
}

function everything() {
  for (const [panel, { fields }] of Object.entries(PANELS)) for (const field of fields) rows.get(`${panel}.${field.name}`).row.update();
}

async function begin() {
  read(location.hash);
  knowVerbs(await asker('others').ask('verbs'));
  const font = await asker('others').ask('font');
  const face = new FontFace('DejaVu Sans', font);
  document.fonts.add(await face.load());
  tabs();
  listeners.push((panel, name) => { if (panel === state.panel) soon(name); });
  addEventListener('hashchange', () => {
    if (location.hash === written()) return;
    read(location.hash);
    everything();
    open(state.panel);
  });
  dark.addEventListener('change', () => panels[state.panel].update());
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth === width) return;
    width = innerWidth;
    soon();
  });
  open(state.panel);
  document.body.classList.add('ready');
}
begin().catch((error) => failed(`The page could not begin: ${error.message}`));
