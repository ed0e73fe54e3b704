// One work: large, with what the catalogue says, its nearest works, and the ways on.

import { button, el, heading, linkButton, rebuild, replace } from '../dom.js';
import * as api from '../api.js';
import { altOf, bylineOf, dateOf, href, lookAlikes, pretty, questionHref, titleOf } from '../state.js';
import { grid, tableButton } from '../parts/grid.js';
import { copies, resultCard, searchAndFold } from '../parts/result.js';
import { chooseDetail } from '../parts/region.js';
import { guessPanel } from '../parts/guesses.js';
import { attempt } from '../parts/messages.js';
import { deepZoom } from '../parts/zoom.js';
import { workPicker } from '../parts/upload.js';

export async function show({ main, params, gallery, signal, go, title, restore }) {
  const key = params.get('key') ?? '', work = await api.work(key, signal);
  title(titleOf(work));
  const frame = el('div.work-picture',
    el('img', { src: work.image, alt: altOf(work), width: work.width || 1280, height: work.height || 1280, fetchpriority: 'high' }));
  if (work.width && work.height) { // small pictures are shown larger than they are, but not without bounds
    frame.firstChild.style.maxWidth = `min(100%, ${(82 * work.width / work.height).toFixed(1)}vh, ${Math.max(work.width * 2.5, 600)}px)`;
  }
  const zoom = button('Look closer', () => {
    const viewer = deepZoom(work, { signal });
    frame.style.minHeight = `${frame.offsetHeight}px`;
    replace(frame, viewer.node);
    frame.classList.add('zoomed');
    zoom.remove();
    viewer.viewer.then(view => view.canvas.focus());
  }, { name: 'zoom-in' });
  const detail = button('Search by a detail', () => chooseDetail({ src: work.image, alt: altOf(work), width: work.width,
    height: work.height, chosen: region => go(lookAlikes({ key, region })) }), { name: 'detail' });
  const link = (name, value) => el('a', { href: href('/', { [name]: value }) }, pretty(value));
  const listed = (name, values) => values.map((value, at) => [at ? ', ' : '', link(name, value)]);
  const rows = [
    work.artists.length && ['Artist', listed('artist', work.artists)], dateOf(work) && ['Date', dateOf(work)],
    work.genre && ['Genre', link('genre', work.genre)], work.style && ['Style', link('style', work.style)],
    work.tags?.length && ['Tags', listed('tag', work.tags)],
    ...Object.entries(work.fields ?? {}).filter(([, values]) => values.length).map(([name, values]) =>
      [gallery.fields.find(one => one.name === name)?.label ?? name, listed(`field.${name}`, values)]),
    ['Key', el('code', work.key)],
  ].filter(Boolean);
  const beside = el('details.adding', el('summary.button', 'Compare with another work'),
    workPicker('Compare with', other => go(href('/compare', { key: [key, other.key] })), { signal }));
  const like = el('div');
  replace(main, el('article.work', frame, el('div.work-text', heading(titleOf(work)), bylineOf(work) && el('p.lead', bylineOf(work)),
    el('div.work-actions', linkButton('Find look-alikes', lookAlikes({ key }), 'search', { class: 'button main' }),
      tableButton(work, signal, true), zoom, detail,
      work.year && linkButton('Through time', href('/genealogy', { key }), 'time'), linkButton('On the map', href('/map', { at: key }),
        'map'), linkButton('Path to another work', href('/path', { a: key }), 'path')),
    beside, el('dl.facts-list', rows.map(([label, value]) => el('div', el('dt', label), el('dd', value)))), guessPanel({ key }, signal),
    el('p.hint', el('a', { href: work.manifest, target: '_blank', rel: 'noopener' }, 'IIIF manifest'), ' of this work'))),
  el('section.section', { 'aria-label': 'Nearest works' },
    el('div.section-head', el('h2', 'Nearest works'), el('a.link', { href: lookAlikes({ key }) }, 'All look-alikes and settings')), like));
  const nearest = attempt(like, () => searchAndFold([{ parts: [{ key }], k: 12, fold: true }], signal, ([answer]) => {
    const own = answer.results.filter(result => result.copy);
    rebuild(like, own.length > 0 && el('div.note', copies({ work, copies: own })),
      grid(answer.results.map(result => resultCard(result, { signal, compareWith: key, asker: 'This work',
        vote: (other, unwanted) => go(questionHref({ parts: [{ key }, { key: other.key, unwanted }] })) }))));
  }));
  if (restore) await nearest;
}
