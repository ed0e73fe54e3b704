// Works as pictures with captions.

import { button, el, icon, iconButton } from '../dom.js';
import { altOf, bylineOf, lookAlikes, sized, titleOf, workHref } from '../state.js';
import { addToTable, onChange, onTable, removeFromTable } from './store.js';
import { toast } from './messages.js';

/** A picture in a box that is reserved before it loads. */
export function picture(work, { alt = altOf(work), eager = false, size = 0 } = {}) {
  const image = el('img', { alt, loading: eager ? 'eager' : 'lazy', decoding: 'async', draggable: 'false',
    width: work.width || 320, height: work.height || 320 });
  const box = el('span.picture', image);
  image.addEventListener('load', () => box.classList.add('ready'), { once: true });
  image.addEventListener('error', () => box.classList.add('ready', 'failed'), { once: true });
  if (!work.thumbnail) {
    box.classList.add('ready', 'failed');
    return box;
  }
  image.src = size ? sized(work.thumbnail, size) : work.thumbnail;
  if (!size) image.srcset = `${work.thumbnail} 1x, ${sized(work.thumbnail, 640)} 2x`;
  return box;
}

/** A button that puts a work on the light table and takes it off again. */
export function tableButton(work, signal, words = false) {
  const label = () => onTable(work.key) ? 'On the light table: take off' : 'To the light table';
  const toggle = () => {
    if (onTable(work.key)) removeFromTable(work.key);
    else addToTable([work]);
    toast(onTable(work.key) ? `${titleOf(work)} is on the light table.` : `${titleOf(work)} was taken off the light table.`);
  };
  const node = iconButton(label(), 'table', toggle, { class: words ? 'button' : 'icon-button', dataset: { focus: `table ${work.key}` } });
  if (words) node.append(el('span'));
  onChange(() => {
    const on = onTable(work.key);
    node.setAttribute('aria-label', `${label()}: ${titleOf(work)}`);
    node.title = label();
    node.classList.toggle('on', on);
    node.querySelector('use').setAttribute('href', `/icons.svg#${on ? 'tabled' : 'table'}`);
    if (words) node.lastChild.textContent = on ? 'On the light table' : 'To the light table';
    if (words) node.removeAttribute('aria-label');
  }, signal);
  return node;
}

/** A picture with title, artist and date; what else belongs to it follows. */
export function card(work, { signal, href = workHref(work.key), over, more, actions = true, eager = false, tag = 'li' } = {}) {
  const shown = picture(work, { alt: '', eager });
  if (over) shown.append(over(shown.firstChild));
  return el(tag, { class: 'card', dataset: { key: work.key } }, el('a.card-link', { href, dataset: { focus: `card ${work.key}` } }, shown,
      el('span.card-title', titleOf(work)), bylineOf(work) && el('span.byline', bylineOf(work))),
    more, actions && el('div.card-actions',
      el('a.icon-button', { href: lookAlikes({ key: work.key }), title: 'Look-alikes', dataset: { focus: `like ${work.key}` },
        'aria-label': `Look-alikes of ${titleOf(work)}` }, icon('search')),
      tableButton(work, signal)));
}
export const grid = (cards, props) => el('ul.grid', { role: 'list', ...props }, cards);

/** A grid that goes on as one scrolls. `load(offset)` gives { items, total }; `draw(item)` a card. */
export function endlessGrid({ load, draw, empty, signal, onCount, failed }) {
  const box = el('div.endless'), status = el('div.endless-status');
  let shown = 0, total = Infinity, busy = false, turn = 0, list = null;
  const next = async (asked, focus) => {
    if (busy || shown >= total || signal.aborted) return; // a page that is left reads no more
    if (!asked && list?.querySelector(':focus-visible')) { // whoever goes by keys shall come to the end of the page
      status.replaceChildren(el('p.row.more-row', button('Show more', () => next(true, true))));
      return;
    }
    busy = true;
    const mine = turn;
    status.replaceChildren(el('p.hint', 'Loading more works…'));
    try {
      const { items, total: count } = await load(shown);
      if (mine !== turn) return;
      if (shown === 0) {
        box.replaceChildren(list = grid([]));
        onCount(count);
        if (!items.length) box.replaceChildren(empty());
      }
      list.append(...items.map((item, at) => draw(item, shown + at)));
      if (focus) list.children[shown]?.querySelector('a').focus();
      shown += items.length;
      total = items.length ? count : shown;
      status.replaceChildren();
    } catch (error) {
      if (error.name !== 'AbortError' && mine === turn) { total = shown; status.replaceChildren(failed(error)); }
    }
    if (mine === turn) {
      busy = false;
      if (near()) next();
    }
  };
  const near = () => status.isConnected && status.getBoundingClientRect().top < innerHeight + 1200;
  const watch = new IntersectionObserver(seen => { if (seen.some(one => one.isIntersecting)) next(); }, { rootMargin: '1200px' });
  watch.observe(status);
  signal.addEventListener('abort', () => watch.disconnect());
  return {
    node: el('div', box, status), shown: () => shown,
    /** Starts anew; with `count`, until that many are shown (the way Back restores a long page). */
    async restart(count = 0) {
      turn++;
      busy = false;
      shown = 0;
      total = Infinity;
      do await next(true); while (shown < count && shown < total);
    },
  };
}
