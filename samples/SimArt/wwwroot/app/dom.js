// Building the page: text always goes in as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'use', 'g', 'path', 'line', 'rect', 'circle', 'polygon', 'polyline', 'text', 'image']);

/** Creates an element: `el('p.hint', 'text')`, `el('a.button', { href, onclick }, child, …)`. Properties are attributes; `on*` functions
 * are listeners; `dataset` and `style` are objects. Children that are null or false are left out. */
export function el(tag, ...children) {
  const [name, ...classes] = tag.split('.');
  const node = SVG_TAGS.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  if (classes.length) node.setAttribute('class', classes.join(' '));
  const props = children[0]?.constructor === Object ? children.shift() : {};
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'dataset') Object.assign(node.dataset, value);
    else if (key === 'style') for (const [rule, text] of Object.entries(value)) node.style.setProperty(rule, text);
    else if (['value', 'checked'].includes(key)) node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  return add(node, children);
}
export function add(node, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}
export function replace(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

/** Rebuilds part of a page without losing the keyboard's place: elements are recognised by `data-focus`. */
export function rebuild(node, ...children) {
  const focus = node.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  replace(node, children);
  if (focus) [...node.querySelectorAll('[data-focus]')].find(found => found.dataset.focus === focus)?.focus();
  return node;
}
export const icon = name => el('svg.icon', { 'aria-hidden': 'true' }, el('use', { href: `/icons.svg#${name}` }));

/** A button with words, or with an icon and words. */
export function button(text, onclick, { name, kind = 'button', ...props } = {}) {
  return el('button', { type: 'button', class: kind, onclick, ...props }, name && icon(name), el('span', text));
}

/** A button that shows only an icon; its words are its label and its tip. */
export function iconButton(label, name, onclick, props = {}) {
  return el('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...props }, icon(name));
}
export const linkButton = (text, href, name, props = {}) =>
  el('a.button', { href, ...props }, name && icon(name), el('span', text));
let ids = 0;
export const uid = (stem = 'id') => `${stem}-${++ids}`;

/** A labelled form control: `field('Title', el('input', …))`. */
export function field(label, control, { hint, kind = 'field' } = {}) {
  control.id ||= uid('field');
  const tip = hint && el('p.hint', { id: uid('hint') }, hint);
  if (tip) control.setAttribute('aria-describedby', tip.id);
  return el('div', { class: kind }, el('label', { for: control.id }, label), control, tip);
}
export function check(label, checked, onchange, props = {}) {
  const box = el('input', { type: 'checkbox', checked, onchange: event => onchange(event.target.checked), ...props });
  return el('label.check', box, el('span', label));
}
export function select(label, options, value, onchange) {
  const list = el('select', { onchange: event => onchange(event.target.value) },
    options.map(([id, text]) => el('option', { value: id, selected: String(id) === String(value) }, text)));
  return field(label, list, { kind: 'field inline' });
}

/** One choice of a few, as a row of toggle buttons. */
export function choice(label, options, value, onchange) {
  const group = el('div.choice', { role: 'group', 'aria-label': label });
  const show = chosen => {
    for (const part of group.children) part.setAttribute('aria-pressed', String(part.dataset.focus === String(chosen)));
  };
  add(group, options.map(([id, text, name]) => button(text, () => { show(id); onchange(id); },
    { kind: '', name, dataset: { focus: id }, 'aria-pressed': 'false' })));
  show(value);
  return group;
}
export const heading = (text, ...more) => el('div.heading', el('h1', { tabindex: '-1' }, text), more);

/** Says a change to those who do not see it. */
export function announce(text) {
  const box = document.getElementById('announcer');
  box.textContent = box.textContent === text ? `${text}\u00a0` : text;
}
export function debounce(run, wait = 250) {
  let timer = 0;
  return (...args) => { clearTimeout(timer); timer = setTimeout(() => run(...args), wait); };
}
export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
export function ordinal(number) {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th' }[new Intl.PluralRules('en', { type: 'ordinal' }).select(number)];
  return `${number.toLocaleString('en')}${ending}`;
}
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Makes a file of a text or blob and lets the browser save it. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob), anchor = el('a', { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 30000);
}
