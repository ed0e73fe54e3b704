// The map of the collection: alike works lie near each other. Filters dim; lasso, rectangle or view fill the light table.

import { add, announce, button, choice, clamp, el, heading, iconButton, plural, replace } from '../dom.js';
import * as api from '../api.js';
import { bylineOf, filterOf, href, sized, titleOf, workHref } from '../state.js';
import { MapCanvas } from '../parts/mapcanvas.js';
import { facetPanel, filterChips } from '../parts/facets.js';
import { defaultSpace, spaceOf, spaceSelect } from '../parts/spaces.js';
import { addToTable } from '../parts/store.js';
import { attempt, problemText, toast } from '../parts/messages.js';

const MOST = 200; // works a selection may bring to the light table at once

export async function show({ main, params, gallery, signal, go, title, placed }) {
  title('Map');
  let now = params;
  const space = spaceOf(gallery, params.get('space'))?.id;
  const canvas = el('canvas.map', { tabindex: '0', role: 'application', 'aria-label': 'Map of the collection',
    'aria-describedby': 'map-keys' });
  const tip = el('div.map-tip', { hidden: true }), status = el('p.map-status', 'The map is being loaded…');
  const chips = el('div'), picked = el('div.row.map-picked', { hidden: true });
  const facets = facetPanel({ signal, open: ['genre', 'style'], change: filter => {
    if (params.get('space')) filter.set('space', space);
    go(href('/map', place(), filter));
  } });
  let tool = 'move';
  const tools = el('div.map-tools',
    choice('What dragging does', [['move', 'Move'], ['lasso', 'Lasso', 'lasso'], ['box', 'Rectangle', 'detail']], tool, value => {
      tool = value;
      canvas.classList.toggle('drawing', tool !== 'move');
      if (tool === 'box') beginBox();
      else setShape(null);
    }), button('Take what is in view', () => pick(map.inView()), { kind: 'button' }),
    el('span.row.map-zoom', iconButton('Zoom in', 'zoom-in', () => map?.zoomAt(1.5)), iconButton('Zoom out', 'zoom-out',
      () => map?.zoomAt(1 / 1.5)), iconButton('Show the whole map', 'home', () => map?.look({ x: .5, y: .5, zoom: 1 }))));
  const keys = el('p.hint', { id: 'map-keys' },
    'Drag, pinch or turn the wheel. With the keyboard: arrow keys go from work to work, Enter opens one, T puts it on the '
    + 'light table, Shift and arrow keys move the map, plus and minus zoom, 0 shows all. With “Rectangle”, arrow keys move it, '
    + 'Alt and arrow keys change its size, Enter takes what is inside.');
  const stage = el('div.map-stage', canvas, tip, status);
  replace(main, heading('Map of the collection', el('p', 'Works that look alike lie near each other.')),
    el('div.with-side', el('aside.side', { 'aria-label': 'Filters' },
      spaceSelect(gallery, space, value => go(href('/map', { space: value === defaultSpace(gallery).id ? '' : value, at: now.get('at') },
        filterOf(now)))), facets.node),
    el('section', { 'aria-label': 'Map' }, tools, stage, picked, chips, keys)));
  placed();
  let map = null, tipAt = -1, tipTimer = 0;
  let box = null; // [x, y, width, height] of the rectangle in the window's pixels
  const data = await api.map({ space }, signal);
  if (!data.count) { replace(stage, el('div.empty', el('p', 'There is no work on the map yet.'),
    el('p', 'It fills when the gallery does.'))); return null; }
  map = new MapCanvas(canvas, data, { moved: () => { hideTip(); if (tool === 'box' && map?.shape) map.draw(); remember(); } });

  // ---- Where one looks is in the address ----
  let resting = 0;
  const place = () => map && (map.view.zoom !== 1 || map.view.x !== .5 || map.view.y !== .5)
    ? { view: [map.view.x.toFixed(3), map.view.y.toFixed(3), map.view.zoom.toFixed(2)].join(',') } : { view: '' };
  function remember() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (!signal.aborted) history.replaceState(history.state, '', href('/map', place(), new URL(location.href).searchParams));
    }, 300);
  }
  const start = params.get('view')?.split(',').map(Number);
  if (start?.length === 3 && start.every(Number.isFinite)) map.look({ x: start[0], y: start[1], zoom: start[2] });
  const begin = data.keys.indexOf(params.get('at') ?? '');
  if (begin >= 0) {
    if (!start) map.look({ x: data.x[begin], y: data.y[begin], zoom: Math.max(3, Math.sqrt(data.count) / 14) });
    focusOn(begin);
  }
  status.hidden = false;
  map.loadSheets(signal).then(() => { status.hidden = true; announce(`${plural(data.count, 'work')} on the map.`); })
    .catch(error => { if (error.name !== 'AbortError') replace(status, problemText(error).join('. ')); });

  // ---- The card of the work under the pointer or the keyboard ----
  function hideTip() { tipAt = -1; tip.hidden = true; clearTimeout(tipTimer); }
  function showTip(i, say) {
    if (i < 0) { hideTip(); return; }
    if (i === tipAt) return;
    tipAt = i;
    clearTimeout(tipTimer);
    const [x, y] = map.toWindow(i), image = el('span.picture');
    replace(tip, image, el('p.card-title', data.titles[i] || data.keys[i]), el('p.byline', '\u00a0'));
    tip.hidden = false;
    const side = map.size / 2 + 10;
    tip.style.left = `${clamp(x + side + 200 > map.width ? x - side - 190 : x + side, 4, Math.max(4, map.width - 190))}px`;
    tip.style.top = `${clamp(y - 90, 4, Math.max(4, map.height - 270))}px`;
    tipTimer = setTimeout(async () => {
      const work = await api.work(data.keys[i], signal).catch(() => null);
      if (!work || tipAt !== i) return;
      image.append(el('img', { src: sized(work.thumbnail, 320), alt: '', onload: () => image.classList.add('ready') }));
      tip.lastChild.textContent = bylineOf(work);
      if (say) announce([titleOf(work), bylineOf(work)].filter(Boolean).join(', '));
    }, 90);
  }
  function focusOn(i, follow = false) {
    map.focus = i;
    if (follow && i >= 0) {
      const [x, y] = map.toWindow(i);
      if (x < 60 || y < 60 || x > map.width - 60 || y > map.height - 60) map.look({ x: data.x[i], y: data.y[i] });
    }
    map.draw();
    showTip(i, follow);
  }
  const open = i => { if (i >= 0) go(workHref(data.keys[i])); };
  const collect = async indices => {
    const some = indices.slice(0, MOST);
    toast('Putting them on the light table…');
    try {
      const works = (await api.worksByKeys(some.map(i => data.keys[i]), signal)).filter(Boolean);
      const fresh = addToTable(works);
      toast(`${plural(fresh, 'work')} added to the light table.${indices.length > MOST ? ` It takes ${MOST} at once.` : ''}`, 'Open it',
        () => go('/table'));
    } catch (error) {
      if (error.name !== 'AbortError') toast(problemText(error).join('. '));
    }
  };

  // ---- A selection ----
  function pick(indices) {
    map.marked = new Set(indices);
    map.draw();
    picked.hidden = !indices.length;
    replace(picked, el('p.result-count', `${plural(indices.length, 'work')} chosen.`),
      button('Put them on the light table', () => collect(indices), { name: 'table', kind: 'button main' }),
      button('Let them go', () => { pick([]); setShape(null); canvas.focus(); }));
    announce(indices.length ? `${plural(indices.length, 'work')} chosen.` : 'Nothing chosen.');
  }
  function setShape(shape) { map.shape = shape; if (!shape) box = null; map.draw(); }
  function setBox([x, y, w, h]) {
    box = [clamp(x, 0, map.width - 20), clamp(y, 0, map.height - 20), clamp(w, 20, map.width), clamp(h, 20, map.height)];
    setShape([[box[0], box[1]], [box[0] + box[2], box[1]], [box[0] + box[2], box[1] + box[3]], [box[0], box[1] + box[3]]]);
  }
  function beginBox() {
    setBox([map.width * .35, map.height * .35, map.width * .3, map.height * .3]);
    canvas.focus();
    announce('A rectangle lies in the middle. Arrow keys move it, Alt and arrow keys change its size, Enter takes what is inside.');
  }

  // ---- Mouse and fingers ----
  const touches = new Map();
  const where = event => { const bounds = canvas.getBoundingClientRect(); return [event.clientX - bounds.left, event.clientY - bounds.top];
    };
  let travelled = 0;
  canvas.addEventListener('pointerdown', event => {
    if (event.button) return;
    try { canvas.setPointerCapture(event.pointerId); } catch { /* a pointer made by a script */ }
    touches.set(event.pointerId, where(event));
    if (touches.size === 1) {
      travelled = 0;
      if (tool === 'lasso') setShape([where(event)]);
      if (tool === 'box') box = [...where(event), 0, 0];
    }
  });
  canvas.addEventListener('pointermove', event => {
    const at = where(event), before = touches.get(event.pointerId);
    if (!before) { if (event.pointerType === 'mouse') { map.focus = map.at(...at); map.draw(); showTip(map.focus); } return; }
    touches.set(event.pointerId, at);
    const [dx, dy] = [at[0] - before[0], at[1] - before[1]];
    travelled += Math.hypot(dx, dy);
    if (touches.size === 2) {
      const [a, b] = [...touches.values()];
      const other = before === a ? b : [...touches].find(([id]) => id !== event.pointerId)[1];
      const [was, is] = [Math.hypot(before[0] - other[0], before[1] - other[1]), Math.hypot(at[0] - other[0], at[1] - other[1])];
      if (was > 0) map.zoomAt(is / was, (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
      map.pan(dx / 2, dy / 2);
    } else if (tool === 'move') map.pan(dx, dy);
    else if (tool === 'lasso') { map.shape?.push(at); map.draw(); } else if (box) {
      const [x, y] = box;
      map.shape = [[x, y], [at[0], y], at, [x, at[1]]];
      map.draw();
    }
  });
  for (const name of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(name, event => {
      if (!touches.delete(event.pointerId) || touches.size) return;
      const at = where(event);
      if (travelled < 5 && name === 'pointerup') {
        if (tool === 'box') beginBox();
        else { setShape(null); open(map.at(...at)); }
      } else if (tool !== 'move' && map.shape) {
        pick(map.inside(map.shape));
        if (tool === 'box') {
          const xs = map.shape.map(one => one[0]), ys = map.shape.map(one => one[1]);
          setBox([Math.min(...xs), Math.min(...ys), Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)]);
        }
      }
    });
  }
  canvas.addEventListener('pointerleave', () => { if (document.activeElement !== canvas) { map.focus = -1; map.draw(); } hideTip(); });
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    map.zoomAt(Math.exp(-clamp(event.deltaY * (event.deltaMode ? 30 : 1), -300, 300) / 400), ...where(event));
  }, { passive: false });

  // ---- Keys ----
  canvas.addEventListener('keydown', event => {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (dx || dy) {
      if (tool === 'box' && box && event.altKey) setBox([box[0], box[1], box[2] + dx * 16, box[3] + dy * 16]);
      else if (tool === 'box' && box && !event.shiftKey) setBox([box[0] + dx * 16, box[1] + dy * 16, box[2], box[3]]);
      else if (event.shiftKey) map.pan(-dx * 80, -dy * 80);
      else {
        const [x, y] = map.focus >= 0 ? map.toWindow(map.focus) : [-1, -1];
        const seen = x >= 0 && y >= 0 && x <= map.width && y <= map.height;
        const next = seen ? map.towards(map.focus, dx, dy) : map.nearestToMiddle();
        if (next >= 0) focusOn(next, true);
      }
    } else if (event.key === '+' || event.key === '=') map.zoomAt(1.4);
    else if (event.key === '-') map.zoomAt(1 / 1.4);
    else if (event.key === '0') map.look({ x: .5, y: .5, zoom: 1 });
    else if (event.key === 'Enter') { if (tool === 'box' && box) pick(map.inside(map.shape)); else open(map.focus); }
    else if (event.key.toLowerCase() === 't' && !event.ctrlKey && !event.metaKey && map.focus >= 0) collect([map.focus]);
    else if (event.key === 'Escape') { setShape(null); pick([]); hideTip(); }
    else return;
    event.preventDefault();
  });
  canvas.addEventListener('blur', hideTip);
  const watch = new ResizeObserver(() => map.resize());
  watch.observe(canvas);
  const recolour = () => { map.colours(); map.repaint(); };
  addEventListener('themechange', recolour, { signal });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour, { signal });
  signal.addEventListener('abort', () => { watch.disconnect(); map.end(); });
  async function update(next) {
    if ((spaceOf(gallery, next.get('space'))?.id ?? '') !== space) return false;
    now = next;
    replace(chips, filterChips(now, '/map'));
    facets.update(now);
    const filter = filterOf(now);
    if (filter.size) {
      await attempt(chips, async () => {
        filter.set('space', space);
        const { indices } = await api.mapFilter(filter, signal);
        if (now !== next) return;
        map.lit = new Uint8Array(data.count);
        for (const i of indices) map.lit[i] = 1;
        add(chips, el('p.result-count', `${plural(indices.length, 'work')} match; the others are dimmed.`));
        announce(`${plural(indices.length, 'work')} match.`);
      });
    } else map.lit = null;
    map.repaint();
    return true;
  }
  update(params);
  globalThis.simartMap = map; // for measuring (see the end-to-end tests)
  return update;
}
