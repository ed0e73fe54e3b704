// The heat map: which parts of two pictures make them similar. The parts and the bias add up to the similarity.

import { announce, clamp, el } from '../dom.js';
import { place } from './region.js';

/** Draws the parts of one picture over it: warm raises the similarity, cold lowers it. `peak` makes two maps comparable. */
export function heatCanvas({ columns, rows, values }, peak) {
  const small = el('canvas', { width: columns, height: rows }), image = new ImageData(columns, rows);
  values.forEach((value, at) => {
    const strength = clamp(Math.abs(value) / (peak || 1), 0, 1);
    const [r, g, b] = value >= 0 ? [255, 176 - 120 * strength, 60 - 40 * strength] : [40, 110, 220];
    image.data.set([r, g, b, Math.round(215 * Math.sqrt(strength))], at * 4);
  });
  small.getContext('2d').putImageData(image, 0, 0);
  const canvas = el('canvas.heat', { width: columns * 32, height: rows * 32, 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  return canvas;
}
export const peakOf = answer => Math.max(...answer.a.values.map(Math.abs), ...answer.b.values.map(Math.abs));
export const sumOf = part => part.values.reduce((sum, value) => sum + value, 0);

/** A cursor over a picture, moved by arrow keys in steps of the grid; Enter or a click points.
 * `pointed(x, y)` gets fractions; `told(column, row)` gives words for the cell under the cursor. */
export function pointer({ columns, rows, label, pointed, told }) {
  let [column, row] = [Math.floor(columns / 2), Math.floor(rows / 2)];
  const cursor = el('span.cursor');
  const node = el('div.pointer', { tabindex: '0', role: 'application', 'aria-label': `${label}. Arrow keys move, Enter points.` }, cursor);
  const show = () => place(cursor, [column / columns, row / rows, 1 / columns, 1 / rows]);
  node.addEventListener('keydown', event => {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (dx || dy) {
      column = clamp(column + dx, 0, columns - 1);
      row = clamp(row + dy, 0, rows - 1);
      show();
      announce(told(column, row));
    } else if (event.key === 'Enter' || event.key === ' ') pointed((column + .5) / columns, (row + .5) / rows);
    else return;
    event.preventDefault();
  });
  node.addEventListener('click', event => {
    const bounds = node.getBoundingClientRect();
    const [x, y] = [(event.clientX - bounds.left) / bounds.width, (event.clientY - bounds.top) / bounds.height];
    [column, row] = [clamp(Math.floor(x * columns), 0, columns - 1), clamp(Math.floor(y * rows), 0, rows - 1)];
    show();
    pointed(clamp(x, 0, 1), clamp(y, 0, 1));
  });
  show();
  return node;
}
