// A path from one work to another, each step to a near neighbour.

import { button, el, heading, linkButton, plural, replace } from '../dom.js';
import * as api from '../api.js';
import { href, titleOf } from '../state.js';
import { card } from '../parts/grid.js';
import { spaceSelect } from '../parts/spaces.js';
import { workPicker } from '../parts/upload.js';
import { addToTable } from '../parts/store.js';
import { problemBox, toast } from '../parts/messages.js';

export async function show({ main, params, gallery, signal, go, title, placed }) {
  const [a, b, space] = ['a', 'b', 'space'].map(name => params.get(name) ?? '');
  title('Path');
  const ends = await api.worksByKeys([a, b].filter(Boolean), signal);
  const at = next => href('/path', { a, b, space, ...next });
  const choose = (label, name) => el('section.giving', { 'aria-label': label }, el('h2', label),
    workPicker('Find a work', work => go(at({ [name]: work.key })), { signal }));
  const begin = a && ends[0];
  if (!a || !b) {
    replace(main, heading('Path from work to work'), el('p.lead',
      'Between any two works there is often a way in small steps, from like to like.', begin ? ` It begins at ${titleOf(begin)}.` : ''),
    el('div.offers', !a && choose('Where it begins', 'a'), !b && choose('Where it ends', 'b')));
    return;
  }
  const found = el('div.path-found', { 'aria-busy': 'true' }, el('p.hint', 'Looking for the way…'));
  replace(main, heading('Path from work to work', ends[0] && ends[1] && el('p', `${titleOf(ends[0])} to ${titleOf(ends[1])}`)),
    el('div.toolbar', spaceSelect(gallery, space, value => go(at({ space: value }))),
      linkButton('The way back', href('/path', { a: b, b: a, space }), 'swap'), linkButton('Compare both',
        href('/compare', { key: [a, b] }), 'compare')), found,
    el('details.adding.section', el('summary.button', 'Another beginning or end'),
      el('div.offers', choose('Where it begins', 'a'), choose('Where it ends', 'b'))));
  placed();
  try {
    const { works, distances } = await api.path({ a, b, space }, signal);
    replace(found, el('p.result-count', { role: 'status' }, `${plural(works.length - 1, 'step')}. The numbers are distances.`),
      el('ol.path', { role: 'list' }, works.map((work, index) => el('li', card(work, { signal, tag: 'div', eager: true }),
        index < works.length - 1 && el('span.step', el('span.unseen', 'distance to the next: '), distances[index].toFixed(3))))),
      el('p.row.section', button('All to the light table', () => toast(`${plural(addToTable(works), 'work')} added to the light table.`),
        { name: 'table' })));
  } catch (error) {
    if (error.name === 'AbortError') return;
    if (error.message === 'No path') error.detail = 'No chain of neighbours leads there. Choose another end or feature space.';
    replace(found, problemBox(error, () => go(at({}), { replace: true })));
  }
}
