// A time axis through a work: the nearest earlier works on its left, the nearest later ones on its right. Every work leads on.

import { el, heading, linkButton, replace, select } from '../dom.js';
import * as api from '../api.js';
import { altOf, bylineOf, filterOf, href, titleOf, workHref } from '../state.js';
import { picture, tableButton } from '../parts/grid.js';
import { spaceOf, spaceSelect } from '../parts/spaces.js';
import { filterChips } from '../parts/facets.js';

export async function show({ main, params, gallery, signal, go, title, placed }) {
  const key = params.get('key') ?? '', k = Math.min(12, Math.max(1, Number(params.get('k')) || 6));
  const query = filterOf(params);
  query.set('key', key);
  query.set('k', k);
  query.set('space', spaceOf(gallery, params.get('space')).id);
  let answer;
  try {
    answer = await api.genealogy(query, signal);
  } catch (error) {
    if (error.status === 409) error.detail = 'The catalogue gives no year for this work, so it has no place in time.';
    throw error;
  }
  const { work, earlier, later } = answer;
  title(`Through time: ${titleOf(work)}`);
  const year = one => one.work.year;
  const line = [...earlier].sort((a, b) => year(a) - year(b)).concat({ work, centre: true }, [...later].sort((a, b) => year(a) - year(b)));
  const at = (other, extra = {}) => href('/genealogy', { key: other, ...extra }, params);
  const slots = line.map(({ work: one, distance, centre }) => el('li', { class: centre ? 'centre' : null },
    el('a.age', { href: centre ? workHref(one.key) : at(one.key), 'aria-label': centre ? `${altOf(one)}. In the middle now; opens the work`
      : `${altOf(one)}, distance ${distance.toFixed(3)}. Put it in the middle`, title: titleOf(one) },
    picture(one, { alt: '', eager: true, size: centre ? 640 : 0 }), el('span.year', one.year))));
  const axis = el('svg.axis', { 'aria-hidden': 'true' }), ages = el('ol.ages', { role: 'list' }, slots);
  const scroller = el('div.timeline', { tabindex: '0', role: 'region', 'aria-label': 'Time axis' },
    el('div.timeline-inner', { style: { '--count': line.length } }, ages, axis));
  function drawAxis() {
    const { width, left } = axis.getBoundingClientRect();
    const years = line.map(year), [first, last] = [Math.min(...years), Math.max(...years)];
    const x = value => last === first ? width / 2 : 16 + (value - first) / (last - first) * (width - 32);
    const step = [1, 2, 5, 10, 20, 50, 100, 200].find(size => (last - first) / size <= width / 90) ?? 500;
    const ticks = [];
    for (let value = Math.ceil(first / step) * step; value <= last; value += step) ticks.push(value);
    replace(axis, el('line', { x1: 0, x2: width, y1: 52, y2: 52 }),
      ticks.map(value => [el('line', { x1: x(value), x2: x(value), y1: 52, y2: 59 }), el('text', { x: x(value), y: 76 }, value)]),
      line.map(({ work: one, centre }, index) => {
        const box = slots[index].getBoundingClientRect(), from = box.left - left + box.width / 2;
        return [el('path', { class: centre ? 'leader on' : 'leader', d: `M${from} 2 C${from} 30 ${x(one.year)} 22 ${x(one.year)} 52` }),
          el('circle', { cx: x(one.year), cy: 52, r: centre ? 5 : 3, class: centre ? 'on' : null })];
      }));
  }
  const list = (label, items) => el('section', { 'aria-label': label }, el('h2', label), items.length
    ? el('ul', { role: 'list' }, items.map(({ work: one, distance }) =>
    el('li', el('span', one.year), el('span', el('a', { href: at(one.key) }, titleOf(one)), el('span.byline', one.artists?.join(', '))),
      el('span.number', distance.toFixed(3))))) : el('p.hint', 'None. No dated work stands on this side.'));
  replace(main, heading('Through time', el('p', `${titleOf(work)}, ${bylineOf(work)}`)),
    el('div.toolbar', select('Works on each side', [3, 4, 6, 8, 12].map(n => [n, n]), k, value =>
      go(at(key, { k: value === '6' ? '' : value }))),
      spaceSelect(gallery, params.get('space'), value => go(at(key, { space: value }))), tableButton(work, signal, true),
      linkButton('Path to another work', href('/path', { a: key }), 'path')), filterChips(params, '/genealogy'), scroller,
    el('p.hint', 'Follow a picture, and it comes into the middle. Nearest in looks does not prove that one knew the other.'),
    el('div.ages-names.section', list('Nearest earlier works', earlier), list('Nearest later works', later)));
  placed();
  const watch = new ResizeObserver(drawAxis);
  watch.observe(axis);
  signal.addEventListener('abort', () => watch.disconnect());
  const middle = ages.querySelector('.centre');
  scroller.scrollLeft = middle.offsetLeft + middle.offsetWidth / 2 - scroller.offsetWidth / 2 - ages.offsetLeft;
}
