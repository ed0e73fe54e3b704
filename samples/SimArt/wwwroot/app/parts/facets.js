// Filters with counts, and chips of what is chosen.

import { add, button, el, field, icon, rebuild } from '../dom.js';
import * as api from '../api.js';
import { filterOf, href, pretty } from '../state.js';
import { attempt } from './messages.js';

const FEW = 8;

/** A panel of facets. `params` is read on each `update`; `change(filter, {replace})` gets the new filter as URLSearchParams. */
export function facetPanel({ change, signal, open = ['genre', 'style', 'artist', 'period'] }) {
  let filter = new URLSearchParams();
  const full = new Set(); // facets of which all values are shown
  const narrowed = new Map(); // text typed to narrow a facet
  const opened = new Map(), body = el('div.facets-body');
  const node = el('details.facets', { id: 'facets' },
    el('summary', icon('filter'), el('span', 'Filters'), el('span.count', { hidden: true })), body);
  const wide = matchMedia('(min-width: 64rem)');
  const fit = () => { node.open = wide.matches; };
  wide.addEventListener('change', fit, { signal });
  fit();
  let abort = new AbortController();
  const toggle = (facet, value, on) => {
    const next = new URLSearchParams(filter);
    if (facet.name === 'period') {
      next.delete('from');
      next.delete('to');
      if (on) [next.from, next.to] = value.split(/(?<=\d)-/).map((year, at) => next.set(at ? 'to' : 'from', year));
    } else if (on) next.append(facet.name, value);
    else next.delete(facet.name, value);
    change(next, {});
  };
  function section(facet) {
    if (!facet.values.length) return null;
    const words = narrowed.get(facet.name) ?? '', list = el('ul', { role: 'list' });
    const fill = () => {
      const text = (narrowed.get(facet.name) ?? '').toLowerCase();
      const fits = facet.values.filter(value => value.label.toLowerCase().includes(text));
      const some = full.has(facet.name) || text ? fits : fits.filter((value, at) => at < FEW || value.selected);
      rebuild(list, some.map(value => el('li', el('label.check',
        el('input', { type: 'checkbox', checked: value.selected, dataset: { focus: `${facet.name}=${value.value}` },
          onchange: event => toggle(facet, value.value, event.target.checked) }),
        el('span', pretty(value.label)), el('span.number', value.count.toLocaleString('en'))))));
    };
    fill();
    const narrow = facet.values.length > 20 && el('input', { type: 'search', value: words, placeholder: `Find ${facet.label.toLowerCase()}`,
      'aria-label': `Find ${facet.label.toLowerCase()}`, dataset: { focus: `find ${facet.name}` },
      oninput: event => { narrowed.set(facet.name, event.target.value); fill(); } });
    const allText = () => full.has(facet.name) ? 'Show fewer'
      : facet.distinct > facet.values.length ? `Show ${facet.values.length} of ${facet.distinct}` : `Show all ${facet.values.length}`;
    const all = facet.values.length > FEW && button(allText(), event => {
      full.has(facet.name) ? full.delete(facet.name) : full.add(facet.name);
      event.currentTarget.lastChild.textContent = allText();
      fill();
    }, { kind: 'link', dataset: { focus: `all ${facet.name}` } });
    const more = facet.distinct > facet.values.length && full.has(facet.name)
      && el('p.hint', `The ${facet.values.length} most frequent of ${facet.distinct.toLocaleString('en')}.`);
    const isOpen = opened.get(facet.name) ?? (open.includes(facet.name) || facet.values.some(value => value.selected));
    return el('details.facet', { open: isOpen, ontoggle: event => opened.set(facet.name, event.target.open) },
      el('summary', { dataset: { focus: `facet ${facet.name}` } }, facet.label), narrow, list, all, more);
  }
  const years = name => el('input', { type: 'number', min: -3000, max: 2100, value: filter.get(name) ?? '', dataset: { focus: name },
    onchange: event => {
      const next = new URLSearchParams(filter);
      event.target.value ? next.set(name, event.target.value) : next.delete(name);
      change(next, {});
    } });
  return {
    node, async update(params) {
      filter = filterOf(params);
      const chosen = [...filter.keys()].filter(name => name !== 'q').length;
      const badge = node.querySelector('.count');
      badge.textContent = chosen;
      badge.hidden = !chosen;
      abort.abort();
      abort = new AbortController();
      return attempt(body, async () => {
        const answer = await api.facets(filter, AbortSignal.any([signal, abort.signal]));
        rebuild(body, answer.facets.map(section), el('div.years', field('From year', years('from')), field('To year', years('to'))));
      });
    },
  };
}

/** What is chosen, as chips that can be taken off. */
export function filterChips(params, page, label = 'Filters chosen') {
  const filter = filterOf(params), chips = [];
  const without = names => {
    const rest = new URLSearchParams(params);
    for (const [name, value] of names) rest.delete(name, value);
    return href(page, {}, rest);
  };
  for (const [name, value] of filter) {
    if (['from', 'to'].includes(name)) continue;
    chips.push([name === 'q' ? `“${value}”` : pretty(value), without([[name, value]])]);
  }
  if (filter.has('from') || filter.has('to')) {
    const [from, to] = [filter.get('from'), filter.get('to')];
    chips.push([from && to ? `${from} to ${to}` : from ? `from ${from}` : `up to ${to}`, without([['from', from],
      ['to', to]].filter(one => one[1]))]);
  }
  if (!chips.length) return el('div.chips', { hidden: true });
  return add(el('ul.chips', { role: 'list', 'aria-label': label }), chips.map(([text, address]) =>
    el('li', el('a.chip', { href: address, 'aria-label': `Take off ${text}` }, el('span', text), icon('close')))),
  chips.length > 1 && el('li', el('a.link', { href: without([...filter]) }, 'Take all off')));
}
