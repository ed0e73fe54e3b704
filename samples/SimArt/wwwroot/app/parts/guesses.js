// Guesses about a picture, marked as guesses, with how often such guesses were right.

import { el, replace } from '../dom.js';
import * as api from '../api.js';
import { pretty } from '../state.js';

const perCent = share => `${Math.round(share * 100)} %`;
function guess({ label, value, confidence, by, accuracy, voters, alternatives, known }) {
  const others = (alternatives ?? []).slice(0, 3).map(one => pretty(one.value)).join(', ');
  return el('div.guess', el('dt', label), el('dd', el('span.value', pretty(value)), el('span.hint', ` confidence ${perCent(confidence)}`),
      el('progress.meter', { max: 1, value: confidence, 'aria-label': `Confidence of ${label.toLowerCase()}` }),
      el('p.hint', by === 'model' ? 'By the model' : voters ? `By ${voters} neighbours` : 'By neighbours',
        accuracy ? `, right in ${perCent(accuracy)} of held-out works.` : '.', others ? ` Else: ${others}.` : '',
        known ? ` The catalogue says: ${pretty(known)}.` : '')));
}

/** A section that fills itself; it goes away when there is nothing to say. */
export function guessPanel(params, signal) {
  const list = el('dl.guesses');
  const node = el('section.guess-panel', { 'aria-label': 'Guesses' }, el('h2', 'Guesses'),
    el('p.hint', 'Made by machine from the picture alone. They are not facts.'), list);
  api.guesses(params, signal).then(({ guesses }) => {
    if (guesses.length) replace(list, guesses.map(guess));
    else node.hidden = true;
  }).catch(() => { node.hidden = true; });
  return node;
}
