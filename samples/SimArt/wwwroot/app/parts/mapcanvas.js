// Draws the map of the collection: thousands of small pictures on a canvas. Knows nothing of the page around it.
//
// While one pans or zooms, a finished bitmap larger than the window is shifted and scaled; a new one is painted in slices of a few
// milliseconds behind it. Small pictures come from sheets of sprites; where they are drawn large, from thumbnails.

import { clamp } from '../dom.js';

const CELLS = 64; // the grid that finds works by place
const MARGIN = .35; // how much further than the window the bitmap reaches, on each side
const SLICE = 7; // milliseconds of painting a frame
const SHARP = 44; // from this size in pixels thumbnails are worth loading
const KEEP = 500; // thumbnails kept
const bucket = value => clamp(Math.floor(value * CELLS), 0, CELLS - 1);
function bucketsOf({ count, x, y }) {
  const buckets = Array.from({ length: CELLS * CELLS }, () => []);
  for (let i = 0; i < count; i++) buckets[bucket(y[i]) * CELLS + bucket(x[i])].push(i);
  return buckets;
}

/** The works of the buckets that a rectangle of the map touches. */
function *near(buckets, x0, y0, x1, y1) {
  for (let row = bucket(y0); row <= bucket(y1); row++) {
    for (let column = bucket(x0); column <= bucket(x1); column++) yield* buckets[row * CELLS + column];
  }
}

/** Moves works a little apart where they would lie on each other, then fits all of them into the map again. */
function spread(map) {
  const { count, x, y } = map;
  const least = Math.min(.05, .6 / Math.sqrt(count));
  for (let round = 0; round < 24; round++) {
    const buckets = bucketsOf(map);
    for (let i = 0; i < count; i++) {
      for (const other of near(buckets, x[i] - least, y[i] - least, x[i] + least, y[i] + least)) {
        const [dx, dy] = [x[other] - x[i] || 1e-6 * Math.cos(other), y[other] - y[i] || 1e-6 * Math.sin(other)];
        const far = Math.hypot(dx, dy);
        if (other <= i || far >= least) continue;
        const push = (least - far) / 2 / far;
        x[i] -= dx * push;
        y[i] -= dy * push;
        x[other] += dx * push;
        y[other] += dy * push;
      }
    }
  }
  const [left, top, right, bottom] = [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
  const side = Math.max(right - left, bottom - top) || 1;
  for (let i = 0; i < count; i++) {
    x[i] = .5 + (x[i] - (left + right) / 2) / side;
    y[i] = .5 + (y[i] - (top + bottom) / 2) / side;
  }
  map.spread = true;
}

export class MapCanvas {
  constructor(canvas, map, { moved = () => {} } = {}) {
    Object.assign(this, { canvas, map, moved });
    this.context = canvas.getContext('2d', { alpha: false });
    this.view = { x: .5, y: .5, zoom: 1 }; // the place in the middle of the window, and how much larger than the whole map
    this.sheets = map.sheets.map(() => null);
    this.thumbs = new Map();
    this.waiting = new Set();
    this.front = null; // { bitmap, view }
    this.lit = null; // Uint8Array: which works match the filter; null for all
    this.marked = new Set(); // works chosen
    this.focus = -1;
    this.shape = null; // a lasso or rectangle in the window's pixels
    this.frame = 0;
    this.ended = false;
    if (!map.spread) spread(map);
    this.buckets = bucketsOf(map);
    this.resize();
  }
  async loadSheets(signal) {
    for (let n = 0; n < this.sheets.length && !this.ended; n++) {
      const answer = await fetch(this.map.sheets[n], { signal });
      if (!answer.ok) throw new Error('The pictures of the map could not be loaded.');
      this.sheets[n] = await createImageBitmap(await answer.blob());
      this.repaint();
    }
  }

  // ---- Places ----
  /** Pixels of the window for one whole width of the map. */
  get scale() { return Math.min(this.width, this.height) * .88 * this.view.zoom; }

  /** The side of a picture in pixels: grows with the zoom, within bounds. */
  get size() { return clamp(this.scale * Math.min(.12, 1.05 / Math.sqrt(this.map.count)), 4, 132); }
  toWindow(i) {
    return [(this.map.x[i] - this.view.x) * this.scale + this.width / 2, (this.map.y[i] - this.view.y) * this.scale + this.height / 2];
  }
  toMap(px, py) {
    return [(px - this.width / 2) / this.scale + this.view.x, (py - this.height / 2) / this.scale + this.view.y];
  }

  /** The works in a rectangle of the map. */
  *within(x0, y0, x1, y1) {
    for (const i of near(this.buckets, x0, y0, x1, y1)) {
      if (this.map.x[i] >= x0 && this.map.x[i] <= x1 && this.map.y[i] >= y0 && this.map.y[i] <= y1) yield i;
    }
  }
  inView() {
    return [...this.within(...this.toMap(0, 0), ...this.toMap(this.width, this.height))].filter(i => !this.lit || this.lit[i]);
  }

  /** The work under a point of the window, or -1. */
  at(px, py) {
    const reach = Math.max(this.size / 2, 9) / this.scale, [x, y] = this.toMap(px, py);
    let [best, least] = [-1, Infinity];
    for (const i of this.within(x - reach, y - reach, x + reach, y + reach)) {
      const far = Math.max(Math.abs(this.map.x[i] - x), Math.abs(this.map.y[i] - y)) + (this.lit && !this.lit[i] ? reach : 0);
      if (far < least) [best, least] = [i, far];
    }
    return best;
  }

  /** The nearest work from `i` in a direction (dx, dy), within a cone of about 100 degrees. */
  towards(i, dx, dy) {
    const { x, y, count } = this.map;
    let [best, least] = [-1, Infinity];
    for (let other = 0; other < count; other++) {
      if (other === i || (this.lit && !this.lit[other])) continue;
      const [ax, ay] = [x[other] - x[i], y[other] - y[i]], along = ax * dx + ay * dy, across = Math.abs(ax * dy - ay * dx);
      if (along <= 0 || across > along * 1.2) continue;
      const far = along + across * 1.5;
      if (far < least) [best, least] = [other, far];
    }
    return best;
  }
  nearestToMiddle() {
    const { x, y } = this.map;
    const far = i => (x[i] - this.view.x) ** 2 + (y[i] - this.view.y) ** 2 + (this.lit && !this.lit[i] ? 9 : 0);
    return this.map.keys.reduce((best, _, i) => best < 0 || far(i) < far(best) ? i : best, -1);
  }

  // ---- Moving ----
  look(view) {
    this.view = { x: clamp(view.x ?? this.view.x, -.1, 1.1), y: clamp(view.y ?? this.view.y, -.1, 1.1),
      zoom: clamp(view.zoom ?? this.view.zoom, .8, Math.max(8, Math.sqrt(this.map.count) * 1.2)) };
    this.moved(this.view);
    this.draw();
  }
  pan(px, py) { this.look({ x: this.view.x - px / this.scale, y: this.view.y - py / this.scale }); }
  zoomAt(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.toMap(px, py);
    this.look({ zoom: this.view.zoom * factor });
    this.look({ x: x - (px - this.width / 2) / this.scale, y: y - (py - this.height / 2) / this.scale });
  }
  resize() {
    const bounds = this.canvas.getBoundingClientRect();
    this.ratio = Math.min(devicePixelRatio || 1, 2);
    this.width = Math.max(1, bounds.width);
    this.height = Math.max(1, bounds.height);
    this.canvas.width = Math.round(this.width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
    this.front = null;
    this.repaint();
  }

  // ---- Drawing ----
  /** Asks for a frame. */
  draw() {
    if (!this.frame && !this.ended) this.frame = requestAnimationFrame(() => { this.frame = 0; this.#show(); });
  }

  /** Asks for a new bitmap, and a frame. */
  repaint() {
    this.stale = true;
    this.draw();
  }
  colours() {
    const style = getComputedStyle(this.canvas);
    this.ground = style.getPropertyValue('--ground').trim() || '#fff';
    this.accent = style.getPropertyValue('--accent').trim() || '#a00';
    this.ink = style.getPropertyValue('--ink').trim() || '#000';
  }
  #covers() {
    if (!this.front) return false;
    const { view } = this.front;
    const slack = [this.width, this.height].map(side => side * MARGIN / this.scale);
    return view.zoom === this.view.zoom && Math.abs(view.x - this.view.x) < slack[0] && Math.abs(view.y - this.view.y) < slack[1];
  }
  #show() {
    if (!this.ground) this.colours();
    const { context, ratio } = this;
    if (this.stale || (!this.#covers() && !this.job)) this.#begin();
    if (this.job) this.#work(this.front ? SLICE : 40);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.ground;
    context.fillRect(0, 0, this.width, this.height);
    const shown = this.front ?? this.job;
    if (shown) {
      const { view, bitmap } = shown;
      const grow = this.view.zoom / view.zoom, [w, h] = [bitmap.width / ratio * grow, bitmap.height / ratio * grow];
      const left = (view.x - this.view.x) * this.scale + this.width / 2 - w / 2;
      const top = (view.y - this.view.y) * this.scale + this.height / 2 - h / 2;
      context.imageSmoothingEnabled = grow !== 1;
      // Whole pixels: a bitmap moved by fractions would be resampled, which is slow and soft.
      context.drawImage(bitmap, Math.round(left * ratio) / ratio, Math.round(top * ratio) / ratio, w, h);
    }
    this.#overlay();
    if (this.job) this.draw();
  }
  #begin() {
    this.stale = false;
    const { view, ratio } = this;
    const [w, h] = [this.width, this.height].map(side => Math.round(side * (1 + 2 * MARGIN) * ratio));
    const bitmap = this.spare?.width === w && this.spare.height === h ? this.spare : new OffscreenCanvas(w, h);
    this.spare = null;
    const context = bitmap.getContext('2d', { alpha: false });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = this.ground;
    context.fillRect(0, 0, w, h);
    const reach = [w, h].map(side => (side / ratio / 2 + this.size) / this.scale);
    const all = [...this.within(view.x - reach[0], view.y - reach[1], view.x + reach[0], view.y + reach[1])];
    const order = this.lit ? [...all.filter(i => !this.lit[i]), ...all.filter(i => this.lit[i])] : all;
    this.job = { bitmap, context, view: { ...view }, order, next: 0, scale: this.scale * ratio, size: this.size * ratio };
  }
  #work(budget) {
    const { job, map } = this;
    const { context, bitmap, view, order, scale, size } = job;
    const [cell, columns, per] = [map.cell, map.columns, map.perSheet], end = performance.now() + budget;
    const sharp = size / this.ratio >= SHARP && map.thumbnail;
    context.imageSmoothingEnabled = true;
    const half = size / 2, [midX, midY] = [bitmap.width / 2, bitmap.height / 2];
    while (job.next < order.length) {
      const i = order[job.next++], x = Math.round((map.x[i] - view.x) * scale + midX - half);
      const y = Math.round((map.y[i] - view.y) * scale + midY - half);
      context.globalAlpha = this.lit && !this.lit[i] ? .1 : 1;
      const thumb = sharp ? this.#thumb(i) : null;
      if (thumb) {
        const fit = size / Math.max(thumb.width, thumb.height), [w, h] = [thumb.width * fit, thumb.height * fit];
        context.drawImage(thumb, x + (size - w) / 2, y + (size - h) / 2, w, h);
      } else {
        const sheet = this.sheets[Math.floor(i / per)], at = i % per;
        if (sheet) context.drawImage(sheet, at % columns * cell, Math.floor(at / columns) * cell, cell, cell, x, y, size, size);
        else {
          context.fillStyle = this.accent;
          context.globalAlpha *= .25;
          context.fillRect(x, y, size, size);
        }
      }
      if ((job.next & 63) === 0 && performance.now() > end) return;
    }
    this.spare = this.front?.bitmap ?? null;
    this.front = { bitmap, view };
    this.job = null;
    if (!this.#covers()) this.draw();
  }

  /** A thumbnail if it is there; otherwise it is asked for, when it is in the window. */
  #thumb(i) {
    if (this.thumbs.has(i)) return this.thumbs.get(i);
    const [px, py] = this.toWindow(i);
    if (this.waiting.size < 8 && !this.waiting.has(i) && px > -80 && py > -80 && px < this.width + 80 && py < this.height + 80) {
      this.waiting.add(i);
      fetch(this.map.thumbnail.replace('{key}', encodeURIComponent(this.map.keys[i]))).then(answer => answer.ok ? answer.blob() : null)
        .then(blob => blob && createImageBitmap(blob)).catch(() => null).then(bitmap => {
          this.waiting.delete(i);
          this.thumbs.set(i, bitmap);
          if (this.thumbs.size > KEEP) this.thumbs.delete(this.thumbs.keys().next().value);
          clearTimeout(this.later);
          this.later = setTimeout(() => this.repaint(), 60);
        });
    }
    return null;
  }
  #overlay() {
    const { context } = this;
    const half = Math.max(this.size / 2, 4);
    const stroke = (colour, width) => {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    };
    const outline = (i, side) => {
      const [x, y] = this.toWindow(i);
      context.beginPath();
      context.rect(x - side, y - side, side * 2, side * 2);
    };
    for (const i of this.marked) {
      outline(i, half);
      stroke(this.accent, 2);
    }
    if (this.focus >= 0) {
      outline(this.focus, half + 4);
      stroke(this.ground, 5);
      stroke(this.ink, 2.5);
    }
    if (!this.shape || this.shape.length < 2) return;
    context.beginPath();
    for (const [x, y] of this.shape) context.lineTo(x, y);
    context.closePath();
    stroke(this.ground, 4);
    stroke(this.accent, 2);
    context.globalAlpha = .12;
    context.fillStyle = this.accent;
    context.fill();
    context.globalAlpha = 1;
  }

  /** The works inside a polygon given in the window's pixels. */
  inside(polygon) {
    const places = polygon.map(([x, y]) => this.toMap(x, y));
    const [xs, ys] = [places.map(one => one[0]), places.map(one => one[1])];
    const found = [];
    for (const i of this.within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys))) {
      if (this.lit && !this.lit[i]) continue;
      const [x, y] = [this.map.x[i], this.map.y[i]];
      let odd = false;
      for (let a = 0, b = places.length - 1; a < places.length; b = a++) {
        if ((ys[a] > y) !== (ys[b] > y) && x < (xs[b] - xs[a]) * (y - ys[a]) / (ys[b] - ys[a]) + xs[a]) odd = !odd;
      }
      if (odd) found.push(i);
    }
    return found;
  }
  end() {
    this.ended = true;
    cancelAnimationFrame(this.frame);
    for (const sheet of this.sheets) sheet?.close();
  }
}
