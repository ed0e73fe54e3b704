// The collection: an endless grid with facets, text search and sort. Every state is an address.

import { announce, debounce, el, heading, linkButton, plural, replace, select } from '../dom.js';
import * as api from '../api.js';
import { filterOf, href } from '../state.js';
import { card, endlessGrid } from '../parts/grid.js';
import { facetPanel, filterChips } from '../parts/facets.js';
import { problemBox } from '../parts/messages.js';

const PAGE = 60;
const SORTS = [['title', 'Title'], ['artist', 'Artist'], ['year', 'Earliest first'], ['-year', 'Latest first'], ['key', 'Inventory key']];

export async function show({ main, params, gallery, signal, restore, go, title, keep, placed }) {
  title(gallery.name);
  let now = params, abort = new AbortController();
  const chips = el('div'), count = el('p.result-count');
  const search = el('input', { type: 'search', value: now.get('q') ?? '', placeholder: 'Title, artist, anything',
    oninput: debounce(event => signal.aborted || go(href('/', { q: event.target.value.trim() }, now), { replace: true })) });
  const sort = select('Sort by', SORTS, now.get('sort') ?? 'title', value => go(href('/', { sort: value === 'title' ? '' : value }, now)));
  const facets = facetPanel({ signal, change: filter => {
    const sorted = now.get('sort');
    go(href('/', sorted ? { sort: sorted } : {}, filter));
  } });
  const works = endlessGrid({
    signal,
    load: async offset => {
      const query = filterOf(now);
      for (const [name, value] of [['sort', now.get('sort') ?? 'title'], ['offset', offset], ['limit', PAGE]]) query.set(name, value);
      const answer = await api.works(query, AbortSignal.any([signal, abort.signal]));
      keep({ loaded: offset + answer.items.length });
      return answer;
    },
    draw: (work, at) => card(work, { signal, eager: at < 8 }),
    empty: () => gallery.indexing?.state === 'running' ? el('p.empty', 'The pictures are being read. They appear here by themselves.')
      : el('div.empty', el('p', 'Nothing matches all of this.'), el('p', 'Take a filter off, or use fewer words.'),
      linkButton('Show the whole collection', '/')),
    failed: error => problemBox(error, () => update(now, {})),
    onCount: total => {
      replace(count, el('span', plural(total, 'work')), total > 0 && el('span.ways', el('a', { href: href('/map', {}, filterOf(now)) },
        'On the map'), el('a', { href: href('/graph', {}, filterOf(now)) }, 'As a graph'),
        el('a', { href: href('/iiif/collection', {}, filterOf(now)), target: '_blank', rel: 'noopener' }, 'As IIIF')));
      announce(`${plural(total, 'work')} found.`);
    },
  });
  replace(main, heading(gallery.name), el('div.with-side', el('aside.side', { 'aria-label': 'Filters' }, facets.node),
      el('section', { 'aria-label': 'Works' },
        el('div.toolbar', { role: 'search' }, el('label.grow.search', el('span.unseen', 'Search the collection'), search), sort),
        chips, count, works.node)));
  async function update(next, { restore: back }) {
    now = next;
    abort.abort();
    abort = new AbortController();
    if (document.activeElement !== search) search.value = now.get('q') ?? '';
    sort.querySelector('select').value = now.get('sort') ?? 'title';
    replace(chips, filterChips(now, '/'));
    const facetsReady = facets.update(now);
    await works.restart(back?.loaded ?? 0);
    if (back) await facetsReady;
  }
  if (restore) placed();
  const ready = update(now, { restore });
  if (restore) await ready;
  return update;
}
