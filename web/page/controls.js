// The controls of a panel: of a number a slider and a field, of a list a slider over it, and choices.
function controls(panel) {
  const form = element('form', { class: 'controls', 'aria-label': `Parameters of ${PANELS[panel].title}`, onsubmit: (event) => event.preventDefault() });
  for (const field of PANELS[panel].fields) form.append(control(panel, field));
  form.append(element('button', {
    type: 'button', class: 'reset',
    onclick: () => PANELS[panel].fields.forEach((field) => set(panel, field.name, field.usual)),
  }, 'Usual values'));
  return form;
}

function control(panel, field) {
  const id = `${panel}-${field.name}`;
  const told = (value) => set(panel, field.name, value);
  const row = element('div', { class: 'control' });
  const label = element('label', { for: id, title: field.about }, element('b', {}, field.symbol), ` ${field.about}`);
  row.append(label);
  if (field.options) {
    const select = element('select', { id, onchange: () => told(select.value) });
    const fill = () => {
      const value = state[panel][field.name];
      const options = value in field.options ? field.options : { ...field.options, [value]: value };
      select.replaceChildren(...Object.entries(options).map(([name, said]) => element('option', { value: name }, said)));
      select.value = value;
    };
    fill();
    row.append(select);
    row.update = fill;
    return known(panel, field, row, select);
  }
  const number = element('input', { id, type: 'text', inputmode: field.text ? 'text' : 'decimal', autocomplete: 'off', spellcheck: 'false' });
  number.addEventListener('input', () => told(number.value.trim()));
  const line = element('div', { class: 'line' });
  let range = null;
  if (!field.text) {
    const several = field.values;
    range = element('input', {
      type: 'range', 'aria-label': `${field.symbol}, ${field.about}`, class: 'slider',
      min: several ? 0 : field.min, max: several ? several.length - 1 : field.max, step: several ? 1 : field.step,
    });
    const moving = (is) => { dragging = is; if (!is) changed(panel, field.name); };
    range.addEventListener('input', () => {
      dragging = true;
      told(several ? several[Number(range.value)] : range.value);
      settleSoon(() => moving(false));
    });
    line.append(range);
  }
  line.append(number);
  row.append(line);
  row.update = () => {
    const value = state[panel][field.name];
    if (document.activeElement !== number || number.value.trim() !== value) number.value = value;
    if (!range) return;
    const several = field.values;
    if (several) {
      const at = several.findIndex((known) => Number(known) >= Number(value.replace('inf', 'Infinity')));
      range.value = at < 0 ? several.length - 1 : at;
      range.setAttribute('aria-valuetext', value);
    } else {
      range.value = value;
    }
  };
  row.update();
  return known(panel, field, row, number);
}

// While a slider moves, charts that take long are drawn with fewer points; a moment after the last move, in full.
let dragging = false;
let settling = 0;
function settleSoon(then) {
  clearTimeout(settling);
  settling = setTimeout(then, 160);
}

const rows = new Map();
function known(panel, field, row, input) {
  rows.set(`${panel}.${field.name}`, { row, input });
  return row;
}
listeners.push((panel, name) => rows.get(`${panel}.${name}`)?.row.update());

// What the laboratory refuses is said beside the control whose flag the sentence names.
function refuse(panel, message) {
  const place = document.getElementById(`${panel}-error`);
  if (place.textContent !== (message ?? '')) place.textContent = message ?? '';
  for (const field of PANELS[panel].fields) {
    const wrong = Boolean(message?.match(new RegExp(`${flag(field.name)}(?![\\w-])`)));
    rows.get(`${panel}.${field.name}`).input.setAttribute('aria-invalid', String(wrong));
  }
}
