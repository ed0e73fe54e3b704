// The light table: collected works, in an order, with notes; kept in this browser, shareable by a link, exportable.

import { announce, button, debounce, el, field, heading, icon, iconButton, linkButton, plural, rebuild, replace, save } from '../dom.js';
import * as api from '../api.js';
import { altOf, bylineOf, href, questionHref, titleOf, workHref } from '../state.js';
import { picture } from '../parts/grid.js';
import { addToTable, move, onChange, removeFromTable, setNote, setTable, tableItems } from '../parts/store.js';
import { problemText, toast } from '../parts/messages.js';

const FORMATS = [['csv', 'CSV', 'a spreadsheet'], ['iiif', 'IIIF', 'a presentation'], ['gexf', 'GEXF', 'a graph'],
  ['csl', 'CSL-JSON', 'for Zotero and others'], ['ris', 'RIS', 'for reference managers']];

export async function show({ main, params, signal, go, title, placed }) {
  title('Light table');
  const chosen = new Set(), offer = el('div'), tools = el('div.toolbar'), list = el('ol.table-list', { role: 'list' });
  const count = el('p.result-count'), below = el('div');
  replace(main, heading('Light table'), offer, count, tools, list, below);

  // ---- A table that came by link ----
  const keys = params.getAll('key');
  if (keys.length) await received(keys, params.getAll('note'));
  async function received(given, notes) {
    const works = await api.worksByKeys(given.slice(0, 200), signal);
    const known = works.flatMap((work, at) => work ? [{ work, note: notes[at] ?? '' }] : []);
    const lost = given.length - known.length;
    const done = () => go('/table', { replace: true });
    const bring = () => { const fresh = addToTable(known.map(one => one.work), known.map(one => one.note));
      toast(`${plural(fresh, 'work')} added.`); done(); };
    const instead = () => { const before = tableItems(); setTable([]); bring(); toast('The light table was replaced.', 'Undo',
      () => setTable(before)); };
    if (!tableItems().length && known.length && !lost) { bring(); return; }
    replace(offer, el('section.note.table-offer', { 'aria-label': 'A light table by link' },
      el('h2', `A light table of ${plural(known.length, 'work')} came by this link`),
      lost > 0 && el('p', `${plural(lost, 'work is', 'works are')} not in this gallery.`),
      el('ul.thumbs', { role: 'list' }, known.slice(0, 12).map(one => el('li', picture(one.work)))),
      el('p.row', tableItems().length > 0 && button('Add to mine', bring, { kind: 'button main' }),
        known.length > 0 && button(tableItems().length ? 'Replace mine' : 'Take it', tableItems().length ? instead : bring),
          button('Leave mine as it is', done))));
  }

  // ---- One work on the table ----
  function noted(key, text) { quiet = true; setNote(key, text); quiet = false; }
  function row(item, at, all) {
    const work = item.work ?? { key: item.key }, name = titleOf(work);
    const note = el('textarea', { value: item.note, rows: 2, maxlength: 2000, placeholder: 'A note', 'aria-label': `Note on ${name}`,
      dataset: { focus: `note ${item.key}` },
      oninput: debounce(event => noted(item.key, event.target.value), 300), onchange: event => noted(item.key, event.target.value) });
    const to = (place, words) => { move(item.key, place); announce(`${name} is now ${place + 1} of ${all.length}.`);
      refocus(`${words} ${item.key}`); };
    const box = el('input', { type: 'checkbox', checked: chosen.has(item.key), dataset: { focus: `choose ${item.key}` },
      onchange: event => {
      event.target.checked ? chosen.add(item.key) : chosen.delete(item.key);
      drawTools();
    } });
    const node = el('li.table-item', { draggable: 'true', dataset: { key: item.key } },
      el('a', { href: workHref(item.key), class: 'table-picture', 'aria-label': altOf(work) }, work.thumbnail
        && picture(work, { alt: '' })),
      el('div.table-text', el('a.card-title', { href: workHref(item.key) }, name), el('p.byline', bylineOf(work)),
        note, el('div.row.table-row', el('label.check', box, el('span', 'Choose', el('span.unseen', ` ${name}`))), el('span.card-actions',
            iconButton(`Move ${name} forward`, 'left', () => to(at - 1, 'left'), { disabled: at === 0,
              dataset: { focus: `left ${item.key}` } }),
            iconButton(`Move ${name} back`, 'right', () => to(at + 1, 'right'), { disabled: at === all.length - 1,
              dataset: { focus: `right ${item.key}` } }), iconButton(`Take ${name} off the table`, 'close', () => {
              const before = tableItems();
              removeFromTable(item.key);
              toast(`${name} was taken off the light table.`, 'Undo', () => setTable(before));
            }, { dataset: { focus: `off ${item.key}` } })))));
    node.addEventListener('dragstart', event => { dragged = item.key; event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', name); node.classList.add('dragged'); });
    node.addEventListener('dragend', () => { dragged = null; node.classList.remove('dragged');
      list.querySelectorAll('.target').forEach(one => one.classList.remove('target')); });
    node.addEventListener('dragover', event => { if (dragged && dragged !== item.key) { event.preventDefault();
      node.classList.add('target'); } });
    node.addEventListener('dragleave', () => node.classList.remove('target'));
    node.addEventListener('drop', event => { if (!dragged) return; event.preventDefault(); const key = dragged; dragged = null;
      move(key, at); });
    return node;
  }
  let dragged = null, quiet = false;
  function refocus(name) {
    const found = list.querySelector(`[data-focus="${CSS.escape(name)}"]`);
    (found?.disabled ? found.parentElement.querySelector('button:not(:disabled)') : found)?.focus();
  }
  function drawTools() {
    const items = tableItems();
    const some = items.filter(item => chosen.has(item.key)).map(item => item.key);
    const few = some.length ? some : items.map(item => item.key);
    rebuild(tools, items.length > 0 && [
      few.length >= 2 && few.length <= 4 ? linkButton(some.length ? `Compare these ${some.length}` : 'Compare them',
        href('/compare', { key: few }), 'compare', { class: 'button main' })
        : el('span.hint', some.length === 1 ? 'Choose one more to compare.' : some.length > 4 ? 'Four works at most can be compared.'
          : 'Choose two to four works to compare them.'),
      linkButton('Look-alikes of ' + (some.length ? 'these' : 'all'), questionHref({ parts: few.slice(0, 20).map(key => ({ key })) }),
        'search'),
      button('Copy a link to this table', share, { name: 'link', dataset: { focus: 'share' } }), button('Clear the table', () => {
        const before = tableItems();
        setTable([]);
        chosen.clear();
        toast(`${plural(before.length, 'work')} taken off the light table.`, 'Undo', () => setTable(before));
      }, { name: 'trash', dataset: { focus: 'clear' } })]);
  }
  async function share() {
    const items = tableItems();
    const url = new URL(href('/table', { key: items.map(item => item.key) }), location.href);
    if (items.some(item => item.note)) for (const item of items) url.searchParams.append('note', item.note);
    try {
      await navigator.clipboard.writeText(url.href);
      toast('The link is on the clipboard. Whoever opens it sees these works and notes.');
    } catch {
      replace(offer, field('The link to this table', el('input', { type: 'text', readonly: true, value: url.href })));
      offer.querySelector('input').select();
    }
  }
  async function download(format) {
    try {
      const { blob, name } = await api.exportWorks({ format, title: 'Light table', items: tableItems().map(({ key, note }) => note
        ? { key, note } : { key }) });
      save(blob, name);
      toast(`${name} was saved.`);
    } catch (error) {
      toast(problemText(error).join('. '));
    }
  }
  onChange(() => {
    if (quiet) return;
    const items = tableItems();
    for (const key of chosen) if (!items.some(item => item.key === key)) chosen.delete(key);
    count.textContent = items.length ? `${plural(items.length, 'work')}. Kept in this browser only.` : '';
    rebuild(list, items.map(row));
    drawTools();
    replace(below, items.length ? el('section.section', { 'aria-label': 'Take it along' }, el('h2', 'Take it along'),
      el('div.row', FORMATS.map(([id, name, what]) => el('button', { type: 'button', class: 'button', onclick: () => download(id) },
        icon('download'), el('span', name, el('span.hint', ` ${what}`))))))
      : el('div.empty', el('p', 'The light table is empty.'),
        el('p.row', 'Put works on it with the button under each picture ', icon('table'), ' or from the map.'),
          linkButton('To the collection', '/')));
  }, signal);
  placed();
  return next => next.has('key') ? false : (replace(offer), true);
}
