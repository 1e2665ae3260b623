// A question in the words of the command line and of Python.
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

let verbs = new Map();
function knowVerbs(json) {
  verbs = new Map(JSON.parse(json).map((verb) => [verb.name, verb]));
}

const flag = (name) => `--${name.replaceAll('_', '-')}`;
const quoted = (text) => (/^[\w.,:=+\/@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// Whether a value is the one that a verb has anyway.
function usual(verb, name, value) {
  const known = verbs.get(verb);
  const parameter = [...(known?.question ?? []), ...(known?.plan ?? [])].find((p) => p.name === name);
  return parameter?.default === value;
}

function command(verb, given, { always = ['sigma', 'eps'], more = '' } = {}) {
  let text = `gauss-sim ${verb}`;
  for (const [name, value] of Object.entries(given)) {
    if (value === '' || (!always.includes(name) && usual(verb, name, value))) continue;
    text += ` ${flag(name)} ${quoted(value)}`;
  }
  return text + (more && ` ${more}`);
}

function python(verb, given, { always = ['sigma', 'eps'], more = '' } = {}) {
  const parts = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === '' || (!always.includes(name) && usual(verb, name, value))) continue;
    const number = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);
    parts.push(`${name}=${number ? value : JSON.stringify(value)}`);
  }
  return `gs.${verb}(${parts.join(', ')})${more}`;
}

// A number as people read it.
function short(number, digits = 9) {
  if (number === null || number === undefined) return '';
  if (typeof number !== 'number') return String(number);
  if (number === 0) return '0';
  const size = Math.abs(number);
  return size < 1e-4 || size >= 1e9 ? number.toExponential(4) : number.toFixed(digits);
}
const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
