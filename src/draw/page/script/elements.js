// Elements are made here, and text is only ever set as text.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'text') element.textContent = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
}

const el = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
const button = (text, onclick, attributes = {}) => el('button', { type: 'button', text, onclick, ...attributes });

/** A sentence of ours, in which what stands between backticks is code. */
function rich(text) {
  const parts = text.split('`');
  // An odd number of backticks is not from us: nothing says what belongs together.
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, at) => (at % 2 ? el('code', { text: part }) : part)).filter((part) => part !== '');
}

/** A list of which only the first are there until somebody asks for the rest. */
function long(items, most, make, name = 'ul', attributes = {}) {
  const list = el(name, attributes);
  const show = (from, to) => list.append(...items.slice(from, to).map(make));
  show(0, most);
  if (items.length <= most) return [list];
  const more = button(`Show ${counted(items.length - most, 'more', 'more')}`, () => {
    // In portions: a list of thousands takes a moment, and nobody reads it at once.
    const shown = list.children.length;
    show(shown, shown + 500);
    const left = items.length - list.children.length;
    if (left > 0) more.textContent = `Show ${counted(left, 'more', 'more')}`;
    else more.remove();
  }, { class: 'more' });
  return [list, more];
}

/** A switch: a button that stays down. */
function toggle(label, isOn, onchange, attributes = {}, ...children) {
  const one = el('button', { type: 'button', class: 'switch', 'aria-pressed': String(isOn), ...attributes }, ...children, label);
  one.addEventListener('click', () => {
    const now = one.getAttribute('aria-pressed') !== 'true';
    one.setAttribute('aria-pressed', String(now));
    onchange(now);
  });
  return one;
}

/** A choice of one among several. */
function choice(label, options, value, onchange) {
  const select = el('select', {}, options.map(([key, text]) => el('option', { value: key, text })));
  select.value = value;
  select.addEventListener('change', () => onchange(select.value));
  return el('label', { class: 'choice' }, el('span', { text: label }), select);
}

/** The name of a group, as a button that chooses it. */
const groupButton = (group) =>
  button(group.name, () => choose(group), { class: `name of-${group.role}`, title: `Show ${group.name} in the graph` });

const badge = (text, look) => el('span', { class: `badge ${look}`, text });

/** What a screen reader hears of a change that eyes see. */
function say(text) {
  document.getElementById('said').textContent = text;
}

/** A text that fits into so many characters. */
const short = (text, most) => {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
};
