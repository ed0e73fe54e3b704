// One result of a search: a picture, its rank in words, and what can be done with it.

import { el, iconButton, ordinal, plural } from '../dom.js';
import { href, titleOf, workHref } from '../state.js';
import * as api from '../api.js';
import { card, picture } from './grid.js';
import { regionMark } from './region.js';

/** "Nearer than 99.2 % of the gallery's pairs" of works; never more nines than the figure has. */
export function nearerThan(percentile) {
  const shown = Math.min(99.99, percentile);
  return `Nearer than ${shown >= 99.9 ? (Math.floor(shown * 100) / 100).toFixed(2) : shown.toFixed(1)} % of the gallery’s pairs`;
}
export function reverseText(result, asker) {
  if (result.reverseRank === undefined) return null;
  return result.reverseRank === null ? `${asker} is not among its first 1,000` : `${asker} is its ${ordinal(result.reverseRank)} neighbour`;
}

/** @param {object} how `vote(work, unwanted)` adds the work to the question; `compareWith` a key;
   `shared` a text when it stands in both columns. */
export function resultCard(result, { signal, vote, compareWith, shared, asker = 'The question', eager, knownReverse = true }) {
  const { work } = result;
  const vertical = [el('p.facts', el('span.rank', [result.rank && `Rank ${result.rank.toLocaleString('en')}`,
      `distance ${result.distance.toFixed(3)}`].filter(Boolean).join(', ')),
    typeof result.percentile === 'number' && el('span', nearerThan(result.percentile)),
    knownReverse && typeof result.percentile === 'number' && el('span', reverseText(result, asker)),
    result.view && result.view !== 'whole' && el('span', `Seen as: ${result.view}`),
    shared && el('span.badge', shared)), result.copies?.length > 0 && copies(result)];
  const node = card(work, { signal, eager, more: vertical, over: result.region && (image => regionMark(result.region, image)) });
  node.classList.toggle('shared', Boolean(shared));
  const name = titleOf(work);
  node.querySelector('.card-actions').prepend(
    iconButton(`More like this: ${name}`, 'plus', () => vote(work, false), { dataset: { focus: `more ${work.key}` } }),
    iconButton(`Less like this: ${name}`, 'minus', () => vote(work, true), { dataset: { focus: `less ${work.key}` } }));
  if (compareWith && compareWith !== work.key) {
    node.querySelector('.card-actions').append(el('a.icon-button', { href: href('/compare', { key: [compareWith, work.key] }),
      'aria-label': `Compare the question with ${name}`, title: 'Compare, and see why' }, iconUse('compare')));
  }
  return node;
}
const iconUse = name => el('svg.icon', { 'aria-hidden': 'true' }, el('use', { href: `/icons.svg#${name}` }));

/** Copies folded under a result, each with the way to see what differs. */
export function copies({ work, copies: list }) {
  return el('details.copies', el('summary', plural(list.length, 'copy', 'copies')),
    el('ul', { role: 'list' }, list.map(copy => el('li', picture(copy.work, { alt: '' }),
      el('p.facts', el('a', { href: workHref(copy.work.key) }, titleOf(copy.work)), el('span', `distance ${copy.distance.toFixed(3)}`),
        el('a', { href: href('/compare', { key: [work.key, copy.work.key], view: 'difference' }),
          'aria-label': `See what differs from ${titleOf(copy.work)}` }, 'See what differs'))))));
}

/** Shows answers at once; then again with ranks both ways, and copies folded, which takes the server longer. */
export async function searchAndFold(bodies, signal, show) {
  const ask = more => Promise.all(bodies.map(body => api.search({ ...body, ...more }, signal)));
  show(await ask({ fold: false }));
  if (bodies[0].fold) ask({}).then(show, () => {});
}
