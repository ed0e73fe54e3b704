// Feature spaces: a choice of one, or a slider between them.

import { add, el, field, select, uid } from '../dom.js';

export const defaultSpace = gallery => gallery.spaces.find(space => space.isDefault) ?? gallery.spaces[0];
export const spaceOf = (gallery, id) => gallery.spaces.find(space => space.id === id) ?? defaultSpace(gallery);
export const spaceTitle = (gallery, id) => spaceOf(gallery, id)?.title ?? id;

/** One space of several; nothing to choose when there is only one. */
export function spaceSelect(gallery, value, changed, label = 'Feature space') {
  if (gallery.spaces.length < 2) return null;
  return select(label, gallery.spaces.map(space => [space.id, space.title]), spaceOf(gallery, value).id, changed);
}

/** A slider between two spaces, or one weight for each of more. `changed([{id, weight}])`; an empty list is the default alone. */
export function spaceMixer(gallery, chosen, changed) {
  const spaces = gallery.spaces;
  if (spaces.length < 2) return null;
  const weights = new Map(spaces.map(space => [space.id, chosen.length ? chosen.find(one => one.id === space.id)?.weight ?? 0
    : Number(space.id === defaultSpace(gallery).id)]));
  const tell = () => {
    const list = [...weights].filter(([, weight]) => weight > 0).map(([id, weight]) => ({ id, weight }));
    changed(list.length === 1 && list[0].id === defaultSpace(gallery).id ? [] : list.length === 1 ? [{ id: list[0].id, weight: 1 }] : list);
  };
  const legend = el('legend', 'Feature space');
  if (spaces.length === 2) {
    const [a, b] = spaces, total = weights.get(a.id) + weights.get(b.id) || 1;
    const text = share => share === 0 ? `${a.title} alone` : share === 1 ? `${b.title} alone`
      : `${a.title} ${(1 - share).toFixed(1)}, ${b.title} ${share.toFixed(1)}`;
    const slide = el('input', { type: 'range', min: 0, max: 1, step: .1, value: weights.get(b.id) / total,
      'aria-label': 'Between the feature spaces', dataset: { focus: 'spaces' }, id: uid('spaces'),
      oninput: () => slide.setAttribute('aria-valuetext', text(Number(slide.value))), onchange: () => {
        weights.set(a.id, 1 - Number(slide.value));
        weights.set(b.id, Number(slide.value));
        tell();
      } });
    slide.setAttribute('aria-valuetext', text(Number(slide.value)));
    return el('fieldset', legend, slide, el('div.ends', { 'aria-hidden': 'true' }, el('span', a.title), el('span', b.title)));
  }
  return add(el('fieldset', legend), spaces.map(space => field(space.title, el('input', { type: 'range', min: 0, max: 1, step: .1,
    value: weights.get(space.id), dataset: { focus: `space ${space.id}` },
    onchange: event => { weights.set(space.id, Number(event.target.value)); tell(); } }))));
}
