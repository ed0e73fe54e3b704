// A citable link: two works, how near they are, measured how, and a note. All of it is in the address.

import { button, debounce, el, field, heading, linkButton, ordinal, replace } from '../dom.js';
import * as api from '../api.js';
import { altOf, bylineOf, href, titleOf, workHref } from '../state.js';
import { spaceOf, spaceSelect, spaceTitle } from '../parts/spaces.js';
import { toast } from '../parts/messages.js';

export async function show({ main, params, gallery, signal, go, title }) {
  const [a, b, model, seen] = ['a', 'b', 'model', 'distance'].map(name => params.get(name) ?? '');
  const space = spaceOf(gallery, params.get('space'))?.id;
  if (!a || !b) throw new api.Problem(404, { title: 'This link names no two works',
    detail: 'A citable link is made on the page that compares two works.' });
  const link = await api.citation({ a, b, space }, signal), both = [link.a, link.b];
  title(`${titleOf(link.a)} and ${titleOf(link.b)}`);
  let note = params.get('note') ?? '';
  const address = () => new URL(href('/link', { a, b, space: link.space, model: link.modelHash, distance: link.distance.toFixed(3),
    note }), location.href).href;
  const shown = el('p.code.cite-address', address());
  const copy = async (text, words) => {
    try { await navigator.clipboard.writeText(text); toast(words); } catch { getSelection().selectAllChildren(shown);
      toast('The address is marked: copy it now.'); }
  };
  const cited = () => `${both.map(altOf).join(' / ')}: distance ${link.distance.toFixed(3)} in “${spaceTitle(gallery, link.space)}” `
    + `(model ${link.modelHash}), ${gallery.name}, ${link.settings.worksSearched} works, `
    + `${link.measured.slice(0, 10)}. ${note}\n${address()}`;
  const text = el('textarea', { value: note, maxlength: 1000, rows: 3, oninput: debounce(() => {
    if (signal.aborted) return;
    note = text.value.trim();
    history.replaceState(history.state, '', address());
    shown.textContent = address();
  }) });
  const rank = (value, from, to) => value && [`From ${titleOf(from)}`, `${titleOf(to)} is the ${ordinal(value)} nearest work`];
  const rows = [['Distance', link.distance.toFixed(3)], rank(link.rankOfBFromA, link.a, link.b), rank(link.rankOfAFromB, link.b, link.a),
    ['Feature space', spaceTitle(gallery, link.space)], ['Model', el('code', link.modelHash)],
    ['Works searched', link.settings.worksSearched.toLocaleString('en')], link.settings.metric && ['Measure', link.settings.metric],
    ['Measured', new Date(link.measured).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' })]].filter(Boolean);
  const changed = (model && model !== link.modelHash) || (seen && seen !== link.distance.toFixed(3));
  replace(main, heading('A link between two works'), changed && el('p.note', { role: 'note' },
      `This link was made${model && model !== link.modelHash ? ` with another model (${model})` : ''}`
      + `${seen ? `, when the distance was ${seen}` : ''}. The figures below are today’s.`),
    el('div.link-pair', both.map(work => el('figure', el('a', { href: workHref(work.key) },
      el('img', { src: work.image, alt: altOf(work), width: work.width || 640, height: work.height || 640 })),
    el('figcaption', el('a.card-title', { href: workHref(work.key) }, titleOf(work)), el('span.byline', bylineOf(work)))))),
    note && el('blockquote.cite-note', note),
    el('div.link-facts', el('dl.facts-list', rows.map(([label, value]) => el('div', el('dt', label), el('dd', value)))),
      el('div.stack', spaceSelect(gallery, link.space, value => go(href('/link', { a, b, space: value, note }))),
        field('Note', text, { hint: 'It becomes part of the address.' }), shown,
        el('p.row', button('Copy the link', () => copy(address(), 'The link is on the clipboard.'), { name: 'copy', kind: 'button main' }),
          button('Copy as text', () => copy(cited(), 'The citation is on the clipboard.')),
          linkButton('Compare both', href('/compare', { key: [a, b], view: 'why', space: link.space }), 'compare')))));
}
