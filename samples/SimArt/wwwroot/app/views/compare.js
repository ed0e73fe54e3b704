// Two to four works side by side: deep zoom in step, slider, blink, heat map, points, difference, citable link.

import { add, announce, button, calm, check, choice, el, heading, iconButton, linkButton, replace } from '../dom.js';
import * as api from '../api.js';
import { altOf, bylineOf, href, questionHref, titleOf, workHref } from '../state.js';
import { defaultSpace, spaceOf, spaceSelect } from '../parts/spaces.js';
import { heatCanvas, peakOf, pointer, sumOf } from '../parts/heat.js';
import { deepZoom, inStep } from '../parts/zoom.js';
import { tableButton } from '../parts/grid.js';
import { place } from '../parts/region.js';
import { workPicker } from '../parts/upload.js';
import { problemBox } from '../parts/messages.js';

const MODES = [['zoom', 'Side by side'], ['slider', 'Slider'], ['blink', 'Blink'], ['why', 'Why similar'], ['difference', 'Difference']];

export async function show({ main, params, gallery, signal, go, title }) {
  let keys = params.getAll('key').slice(0, 4), works = await api.worksByKeys(keys, signal);
  const missing = keys.filter((_, at) => !works[at]);
  if (missing.length) throw new api.Problem(404, { title: 'A work is not in this gallery',
    detail: `It has no work “${missing.join('”, “')}”.` });
  let mode = params.get('view') ?? 'zoom', space = spaceOf(gallery, params.get('space'))?.id, turn = new AbortController();
  const stage = el('div.compare-stage'), tools = el('div.toolbar'), names = el('div.compare-names');
  const ways = el('div.row.section');
  const address = next => href('/compare', { key: next.keys ?? keys, view: (next.mode ?? mode) === 'zoom' ? '' : next.mode ?? mode,
    space: (next.space ?? space) === defaultSpace(gallery).id ? '' : next.space ?? space });
  if (works.length < 2) {
    title('Compare');
    replace(main, heading('Compare'), el('p.lead', works.length ? `${titleOf(works[0])} with which work?` : 'Choose the first work.'),
      el('div.offers', el('section.giving', el('h2', 'A work of the collection'),
        workPicker('Find a work', work => go(href('/compare', { key: [...keys, work.key] })), { signal }))),
      el('p.row', linkButton('Choose from the light table', '/table', 'table')));
    return null;
  }
  const pair = () => works.length === 2;
  const swap = (from, to) => {
    const next = [...keys];
    [next[from], next[to]] = [next[to], next[from]];
    go(address({ keys: next }), { replace: true });
  };
  function drawNames() {
    replace(names, works.map((work, at) => el('div.compare-name',
      el('p', el('a.card-title', { href: workHref(work.key) }, titleOf(work)), el('span.byline', bylineOf(work))),
      el('div.row', at > 0 && iconButton(`Move ${titleOf(work)} to the left`, 'swap', () => swap(at, at - 1),
        { dataset: { focus: `swap ${at}` } }), tableButton(work, signal),
        works.length > 2 && iconButton(`Take ${titleOf(work)} away`, 'close', () => go(address({ keys: keys.filter((_, index) =>
          index !== at) })))))));
    names.style.setProperty('--columns', works.length);
  }

  // ---- The ways of looking ----
  const views = {
    zoom() {
      let together = true;
      const open = [];
      const moved = inStep(() => open, () => together);
      const cells = works.map(work => {
        const viewer = deepZoom(work, { signal: turn.signal, moved });
        viewer.viewer.then(view => open.push(view)).catch(error => replace(viewer.node, problemBox(error, draw)));
        return viewer.node;
      });
      return [el('div.row.stage-tools', check('Zoom and move in step', true, on => { together = on; })),
        el('div.compare-cells', { style: { '--columns': works.length } }, cells)];
    }, slider() {
      const [under, over] = works.map(work => el('img', { src: work.image, alt: altOf(work), width: work.width || 800,
        height: work.height || 800 }));
      const line = el('span.wipe-line');
      const set = share => {
        over.style.clipPath = `inset(0 0 0 ${share}%)`;
        line.style.left = `${share}%`;
      };
      const slide = el('input', { type: 'range', min: 0, max: 100, value: 50,
        'aria-label': `Between ${titleOf(works[0])} and ${titleOf(works[1])}`, oninput: event => set(event.target.value) });
      set(50);
      return el('div.stacked', el('div.stack-box', under, over, line), slide,
        el('div.ends', el('span', titleOf(works[0])), el('span', titleOf(works[1]))));
    }, blink() {
      const images = works.map(work => el('img', { src: work.image, alt: altOf(work), width: work.width || 800,
        height: work.height || 800 }));
      const label = el('p.result-count');
      let shown = 1, timer = 0;
      const turnOver = () => {
        shown = 1 - shown;
        images.forEach((image, at) => { image.style.visibility = at === shown ? 'visible' : 'hidden'; });
        label.textContent = titleOf(works[shown]);
      };
      turnOver();
      const run = el('button', { type: 'button', class: 'button', onclick: () => {
        if (timer) clearInterval(timer);
        timer = timer ? 0 : setInterval(turnOver, calm() ? 2500 : 900);
        run.textContent = timer ? 'Stop' : 'Blink by itself';
      } }, 'Blink by itself');
      turn.signal.addEventListener('abort', () => clearInterval(timer));
      return el('div.stacked', el('div.row', button('Turn over', turnOver, { name: 'swap' }), run), el('div.stack-box', images), label);
    }, async why() {
      const at = spaceOf(gallery, space), [first, second] = works;
      const [answer, link] = await Promise.all([api.explain({ a: { key: first.key }, b: { key: second.key }, space }, turn.signal),
        api.citation({ a: first.key, b: second.key, space }, turn.signal).catch(() => null)]);
      const peak = peakOf(answer), marks = [el('div.marks'), el('div.marks')];
      const said = el('p.result-count', { role: 'status' }, 'Choose a place in one picture, to see the places it answers to in the other.');
      const pointIn = async (which, x, y) => {
        const other = 1 - which;
        said.textContent = 'Looking…';
        try {
          const [a, b] = [works[which], works[other]];
          const { points } = await api.explainPoints({ a: { key: a.key }, b: { key: b.key }, space, x, y, count: 5 }, turn.signal);
          points.sort((one, other) => other.contribution - one.contribution);
          replace(marks[which], place(el('span.point'), [x, y, 0, 0]));
          replace(marks[other], points.map((point, index) => place(el('span.place', el('span', index + 1)), point.region)));
          said.textContent = points.length ? `Places in ${titleOf(b)}: ${points.map((point, index) =>
            `${index + 1} adds ${point.contribution.toFixed(4)}`).join(', ')}.` : 'No place answers to this point.';
        } catch (error) {
          if (error.name !== 'AbortError') said.textContent = error.message;
        }
      };
      const side = (work, which) => {
        const part = which ? answer.b : answer.a, heat = heatCanvas(part, peak);
        const image = el('img', { src: work.image, alt: altOf(work), width: work.width || 800, height: work.height || 800 });
        const shape = ratio => { box.style.aspectRatio = ratio; box.style.width = `min(100%, ${58 * ratio}vh)`; };
        const box = el('div.why-box', image, heat, marks[which],
          pointer({ columns: part.columns, rows: part.rows, label: `Parts of ${titleOf(work)}`, pointed: (x, y) => pointIn(which, x, y),
            told: (column, row) => `Column ${column + 1}, row ${row + 1}: ${part.values[row * part.columns + column].toFixed(4)}` }));
        shape((work.width || 1) / (work.height || 1));
        image.addEventListener('load', () => shape(image.naturalWidth / image.naturalHeight));
        return el('figure.why', box, el('figcaption.sum', el('span', `parts ${sumOf(part).toFixed(4)}`), ' + ',
          el('span', `bias ${answer.bias.toFixed(4)}`), ' = ', el('strong', `similarity ${answer.similarity.toFixed(4)}`)));
      };
      const sides = [side(first, 0), side(second, 1)];
      const slide = el('input', { type: 'range', min: 0, max: 1, step: .05, value: 1, 'aria-label': 'Strength of the heat map',
        oninput: event => {
          for (const one of stage.querySelectorAll('.heat')) one.style.opacity = event.target.value;
        } });
      return el('div', el('div.toolbar.why-tools', said, el('label.row.strength', el('span.hint', 'Heat map'), slide)),
      el('div.compare-cells.why-cells', { style: { '--columns': 2 } }, sides),
      el('p.note.why-note', `Warm places raise the similarity in “${at.title}”, cold places lower it. Parts and bias add up to it.`,
        link ? ` Distance ${link.distance.toFixed(3)}.` + (link.rankOfBFromA && link.rankOfAFromB
          ? ` From the first, the second is rank ${link.rankOfBFromA}; from the second, the first is rank ${link.rankOfAFromB}.` : '')
            : ''));
    }, difference() {
      const image = el('img', { src: api.differenceUrl(keys[0], keys[1]), width: works[0].width || 800, height: works[0].height || 800,
        alt: `Where ${altOf(works[0])} and ${altOf(works[1])} differ: grey where they are equal, coloured where they are not` });
      const box = el('div.stacked', el('p', 'Both pictures laid over each other: grey where they are equal, coloured where they are not. '
        + 'This tells something only of two pictures of the same work.'), el('div.stack-box', image));
      image.addEventListener('error', () => replace(box,
        problemBox(new api.Problem(409, { title: 'These two cannot be laid over each other' }))));
      return box;
    },
  };
  function draw() {
    turn.abort();
    turn = new AbortController();
    signal.addEventListener('abort', () => turn.abort());
    const mine = turn;
    if (!pair() && !['zoom'].includes(mode)) mode = 'zoom';
    replace(stage, el('p.hint', 'Loading…'));
    Promise.resolve().then(() => (views[mode] ?? views.zoom)()).then(content => { if (mine === turn) replace(stage, content); })
      .catch(error => { if (error.name !== 'AbortError' && mine === turn) replace(stage, problemBox(error, draw)); });
  }
  function drawTools() {
    replace(tools, pair() && choice('Way of looking', MODES, mode, next => go(address({ mode: next }), { replace: true })),
      mode === 'why' && spaceSelect(gallery, space, next => go(address({ space: next }), { replace: true })));
    replace(ways, pair() && linkButton('Citable link', href('/link', { a: keys[0], b: keys[1], space }), 'link'),
      pair() && linkButton('Path between them', href('/path', { a: keys[0], b: keys[1] }), 'path'),
      linkButton('Look-alikes of all of them', questionHref({ parts: keys.map(key => ({ key })) }), 'search'));
  }
  async function update(next) {
    const asked = next.getAll('key').slice(0, 4), anew = asked.join('\n') !== keys.join('\n');
    if (anew && asked.length < 2) return false;
    mode = next.get('view') ?? 'zoom';
    space = spaceOf(gallery, next.get('space'))?.id;
    if (anew) {
      works = await api.worksByKeys(asked, signal);
      if (works.includes(null)) return false;
      keys = asked;
    }
    name();
    draw();
    const focus = document.activeElement?.dataset?.focus;
    if (anew) drawNames();
    drawTools();
    if (focus) main.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
    if (anew) announce(works.map(titleOf).join(' beside '));
    return true;
  }
  const head = heading('');
  function name() {
    title(`Compare ${works.map(titleOf).join(' and ')}`);
    head.firstChild.textContent = pair() ? `${titleOf(works[0])} and ${titleOf(works[1])}` : `${works.length} works compared`;
  }
  const more = el('details.adding', el('summary.button', works.length < 4 ? 'Add a work' : 'Four works at most'),
    workPicker('Find a work', work => { more.open = false; go(address({ keys: [...new Set([...keys, work.key])].slice(0, 4),
      mode: 'zoom' })); }, { signal }));
  add(main, head, tools, names, stage, ways, more);
  name();
  drawNames();
  drawTools();
  draw();
  return update;
}
