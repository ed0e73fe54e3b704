// A rectangle on a picture: drawn with the mouse or a finger, moved and resized, by keys, or typed as numbers.

import { add, button, clamp, el, field } from '../dom.js';

const HANDLES = [[0, 0], [.5, 0], [1, 0], [1, .5], [1, 1], [.5, 1], [0, 1], [0, .5]], LEAST = 0.04;

/** Places a rectangle of fractions over a picture that fills its box. */
export function place(node, [x, y, width, height]) {
  Object.assign(node.style, { left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });
  return node;
}

/** A mark over a picture that is fitted into a square box, at its lower left or in its middle. Its shape is known once it has loaded. */
export function regionMark(region, image, middle = false) {
  const fit = el('span', { class: middle ? 'fit middle' : 'fit' }, place(el('span.region-mark'), region));
  const shape = () => {
    const ratio = (image.naturalWidth || 1) / (image.naturalHeight || 1);
    Object.assign(fit.style, { width: `${Math.min(1, ratio) * 100}%`, height: `${Math.min(1, 1 / ratio) * 100}%` });
  };
  shape();
  image.addEventListener('load', shape);
  return fit;
}

/** The editor. `changed(region)` is called as it moves; `region()` gives it. */
export function regionEditor({ src, alt, width, height, region = [.25, .25, .5, .5], changed = () => {} }) {
  let now = [...region];
  const box = el('div.region-box', { tabindex: '0', role: 'group', 'aria-roledescription': 'rectangle',
    'aria-label': 'The detail. Arrow keys move it, Shift and arrow keys change its size.' },
  HANDLES.map(([x, y], at) => {
    const handle = el('span.handle', { dataset: { handle: at } });
    Object.assign(handle.style, { left: `${x * 100}%`, top: `${y * 100}%`,
      cursor: x === .5 ? 'ns-resize' : y === .5 ? 'ew-resize' : x === y ? 'nwse-resize' : 'nesw-resize' });
    return handle;
  }));
  const image = el('img', { src, alt, width, height, draggable: 'false' });
  const fit = () => { image.style.width = `min(40rem, 84vw, ${(56 * image.naturalWidth / image.naturalHeight).toFixed(1)}vh)`; };
  image.addEventListener('load', fit);
  const frame = el('div.region-frame', image, box);
  const number = (label, at) => {
    const input = el('input', { type: 'number', min: 0, max: 100, step: 1, onchange: () => {
      const next = [...now];
      next[at] = clamp(Number(input.value) / 100, 0, 1);
      set(next);
    } });
    return [field(label, input), input];
  };
  const numbers = [number('Left', 0), number('Top', 1), number('Width', 2), number('Height', 3)];
  function set([x, y, w, h]) {
    w = clamp(w, LEAST, 1);
    h = clamp(h, LEAST, 1);
    now = [clamp(x, 0, 1 - w), clamp(y, 0, 1 - h), w, h];
    place(box, now);
    numbers.forEach(([, input], at) => { input.value = Math.round(now[at] * 100); });
    changed(now);
  }
  let drag = null;
  const at = event => {
    const bounds = frame.getBoundingClientRect();
    return [clamp((event.clientX - bounds.left) / bounds.width, 0, 1), clamp((event.clientY - bounds.top) / bounds.height, 0, 1)];
  };
  frame.addEventListener('pointerdown', event => {
    if (event.button) return;
    event.preventDefault();
    box.focus({ preventScroll: true });
    frame.setPointerCapture(event.pointerId);
    const [x, y] = at(event), handle = event.target.dataset?.handle;
    const kind = handle !== undefined ? HANDLES[handle] : event.target === box ? 'move' : 'draw';
    drag = { kind, x, y, from: [...now] };
  });
  frame.addEventListener('pointermove', event => {
    if (!drag) return;
    const [x, y] = at(event), [left, top, w, h] = drag.from;
    if (drag.kind === 'move') set([left + x - drag.x, top + y - drag.y, w, h]);
    else if (drag.kind === 'draw') {
      if (Math.hypot(x - drag.x, y - drag.y) > .02) set([Math.min(x, drag.x), Math.min(y, drag.y), Math.abs(x - drag.x),
        Math.abs(y - drag.y)]);
    } else {
      const [side, end] = drag.kind, [x0, x1] = side === 0 ? [x, left + w] : side === 1 ? [left, x] : [left, left + w];
      const [y0, y1] = end === 0 ? [y, top + h] : end === 1 ? [top, y] : [top, top + h];
      set([Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)]);
    }
  });
  for (const name of ['pointerup', 'pointercancel']) frame.addEventListener(name, () => { drag = null; });
  box.addEventListener('keydown', event => {
    const step = event.ctrlKey ? .1 : .02;
    const [dx, dy] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [0, 0];
    if (!dx && !dy) return;
    event.preventDefault();
    const [x, y, w, h] = now;
    set(event.shiftKey ? [x, y, Math.min(w + dx, 1 - x), Math.min(h + dy, 1 - y)] : [x + dx, y + dy, w, h]);
  });
  set(now);
  return {
    node: add(el('div.region'), frame,
      el('div.region-numbers', { role: 'group', 'aria-label': 'The detail in hundredths of the picture' }, numbers.map(one => one[0])),
      el('p.hint', 'Draw a rectangle, or pull its corners. With the keyboard: arrow keys move it, Shift and arrow keys change '
        + 'its size. The numbers are hundredths of the picture.')),
    region: () => now,
  };
}

/** A window to choose a detail in; `chosen(region)` gets it, or null for the whole picture. */
export function chooseDetail({ chosen, ...picture }) {
  const editor = regionEditor(picture);
  const window = el('dialog.detail-window', { 'aria-label': 'Choose a detail', onclose: () => window.remove() },
    el('h2', 'Choose a detail'), editor.node,
    el('p.row', button('Search by this detail', () => { chosen(editor.region()); window.close(); },
      { name: 'detail', kind: 'button main' }),
      picture.region && button('Use the whole picture', () => { chosen(null); window.close(); }), button('Cancel', () => window.close())));
  document.body.append(window);
  window.showModal();
}
