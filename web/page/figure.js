// A chart with its caption: the command that gives it, the same in Python, and its files.
const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => (dark.matches ? 'dark' : 'light');

// The page that a chart is drawn on, in points: as wide as its place, at 0.75 points a pixel.
function sized(place, ratio) {
  const pixels = Math.max(300, place.clientWidth || 520);
  const width = Math.round(Math.min(620, Math.max(222, pixels * 0.75)));
  // A legend takes more of a narrow page.
  return { width, height: Math.round(width * ratio * (width < 300 ? 1.3 : 1)) };
}

class Chart {
  // `ask(look)` resolves to SVG; `words()` returns `{command, python, name, summary}`.
  constructor({ id, title, ratio = 0.82, ask, words }) {
    Object.assign(this, { id, title, ratio, ask, words });
    this.place = element('div', { class: 'chart', role: 'img', 'aria-label': title });
    this.command = element('code', {});
    this.python = element('code', {});
    this.note = element('p', { class: 'note' });
    this.figure = element('figure', { id: `figure-${id}` },
      element('h3', {}, title), this.place, this.note,
      element('figcaption', {}, element('details', {},
        element('summary', {}, 'Command, Python, files'),
        said('The command that gives this', this.command),
        said('Python', this.python),
        element('div', { class: 'buttons' },
          element('button', { type: 'button', onclick: () => this.save('svg') }, 'Save SVG'),
          element('button', { type: 'button', onclick: () => this.save('png') }, 'Save PNG')))));
  }

  say() {
    const { command: line, python: call } = this.words();
    if (this.command.textContent !== line) this.command.textContent = line;
    if (this.python.textContent !== call) this.python.textContent = call;
  }

  async draw() {
    this.say();
    const svg = await this.ask({ theme: theme(), untitled: true, ...sized(this.place, this.ratio) });
    this.show(svg);
    return svg;
  }

  // Where no row has an exact value there is no curve.
  none() {
    this.shown = null;
    this.place.replaceChildren();
    this.note.textContent = 'No exact values are known here, so that there is no curve; the simulation has them.';
  }

  show(svg) {
    if (!svg || svg === this.shown) return;
    this.note.textContent = '';
    this.shown = svg;
    const before = performance.now();
    this.place.innerHTML = svg;
    const summary = this.words().summary;
    this.place.setAttribute('aria-label', summary ? `${this.title}: ${summary}` : this.title);
    costs.add(`show ${this.id}`, performance.now() - before);
  }

  // The files are those of the command line: on paper, with the title, at the usual size.
  async save(ending) {
    const svg = await this.ask({ theme: 'light' }, 'save');
    const name = `${this.words().name}.${ending}`;
    if (ending === 'svg') download(name, new Blob([svg], { type: 'image/svg+xml' }));
    else download(name, await painted(svg));
  }
}

function said(title, code) {
  const button = element('button', { type: 'button', 'aria-label': `Copy: ${title}` }, 'Copy');
  button.addEventListener('click', async () => {
    const copied = await copy(code.textContent);
    button.textContent = copied ? 'Copied' : 'Select and copy';
    if (!copied) getSelection().selectAllChildren(code);
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  return element('div', { class: 'said' }, element('span', {}, title), element('pre', {}, code), button);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function download(name, blob) {
  const link = element('a', { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// A PNG of 200 dots per inch. The picture brings the font along, since a picture sees none of the page's.
async function painted(svg) {
  const [, width, height] = svg.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/);
  const font = await asker('others').ask('font');
  let letters = '';
  for (let at = 0; at < font.length; at += 32768) letters += String.fromCharCode(...font.subarray(at, at + 32768));
  const face = `<style>@font-face{font-family:"DejaVu Sans";src:url(data:font/ttf;base64,${btoa(letters)})}</style>`;
  const whole = svg.replace(/(<svg[^>]*>)/, `$1${face}`);
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([whole], { type: 'image/svg+xml' }));
  await image.decode();
  const scale = 1300 / Number(width);
  const canvas = element('canvas', { width: 1300, height: Math.round(Number(height) * scale) });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

// A table with heads of two lines, and numbers whose exact value is in `data-value`.
function table(caption, heads, lines) {
  const head = element('tr', {}, ...heads.map(([name, about]) => element('th', { scope: 'col', title: about ?? '' }, name, about ? element('small', {}, about) : null)));
  const body = lines.map((cells) => element('tr', {}, ...cells.map((cell, place) => {
    const number = typeof cell === 'number';
    const attributes = number ? { 'data-value': cell, class: 'number' } : /^[\d,]+$/.test(cell) ? { class: 'number' } : {};
    return element(place ? 'td' : 'th', place ? attributes : { scope: 'row' }, cell instanceof Node ? cell : number ? short(cell, innerWidth < 780 ? 5 : 9) : String(cell ?? ''));
  })));
  return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    element('table', {}, element('caption', {}, caption), element('thead', {}, head), element('tbody', {}, ...body)));
}
