// The neighbour graph of a selection: each work with its nearest ones, at their places of the map; also as a list, and as files.

import { announce, clamp, el, heading, icon, iconButton, plural, replace, select } from '../dom.js';
import * as api from '../api.js';
import { altOf, filterOf, href, titleOf, workHref } from '../state.js';
import { facetPanel, filterChips } from '../parts/facets.js';
import { spaceOf, spaceSelect } from '../parts/spaces.js';
import { attempt } from '../parts/messages.js';

const [WIDTH, HEIGHT] = [1000, 720];

export async function show({ main, params, gallery, signal, go, title, placed }) {
  title('Neighbour graph');
  let now = params;
  const settings = () => ({ space: now.get('space') ?? '', neighbors: clamp(Number(now.get('neighbors')) || 3, 1, 10) });
  const tools = el('div.toolbar'), chips = el('div'), count = el('p.result-count'), stage = el('div.graph-stage');
  const listed = el('div');
  const facets = facetPanel({ signal, change: filter => {
    const { space, neighbors } = settings();
    go(href('/graph', { space, neighbors: neighbors === 3 ? '' : neighbors }, filter));
  } });
  replace(main, heading('Neighbour graph', el('p', 'Lines join each work to its nearest ones.')),
    el('div.with-side', el('aside.side', { 'aria-label': 'Filters' }, facets.node), el('section', { 'aria-label': 'Graph' }, tools, chips,
      count, stage, listed)));
  placed();
  function draw({ nodes, edges, truncated }) {
    const [xs, ys] = [nodes.map(node => node.x), nodes.map(node => node.y)];
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const at = nodes.map(({ x, y }) => [60 + (x - x0) / (x1 - x0 || 1) * (WIDTH - 120), 60 + (y - y0) / (y1 - y0 || 1) * (HEIGHT - 120)]);
    const size = clamp(520 / Math.sqrt(nodes.length), 20, 74);
    const near = nodes.map(() => []);
    for (const edge of edges) { near[edge.from].push([edge.to, edge]); near[edge.to].push([edge.from, edge]); }
    const lines = edges.map(edge => el('line', { class: edge.mutual ? 'edge mutual' : 'edge' }));
    const marks = nodes.map(({ work }, index) => el('a', { href: workHref(work.key), class: 'node', 'aria-label': altOf(work),
      dataset: { node: index },
      onpointerenter: () => light(index), onfocus: () => light(index), onpointerleave: () => light(-1), onblur: () => light(-1) },
    el('img', { src: work.thumbnail, alt: '', loading: 'lazy', draggable: 'false' })));
    const drawing = el('svg.edges', { 'aria-hidden': 'true' }, lines), tip = el('p.graph-tip', { hidden: true });
    const box = el('div.graph', { role: 'group', 'aria-label': 'Drawing of the graph' }, drawing, marks);
    let view = { x: WIDTH / 2, y: HEIGHT / 2, zoom: 1 };
    function layOut() {
      const { width, height } = stage.getBoundingClientRect();
      const scale = Math.min(width / WIDTH, height / HEIGHT) * view.zoom;
      const put = ([x, y]) => [(x - view.x) * scale + width / 2, (y - view.y) * scale + height / 2];
      const places = at.map(put), side = clamp(size * scale / Math.sqrt(view.zoom), 18, 110);
      marks.forEach((mark, index) => {
        const [x, y] = places[index];
        mark.style.transform = `translate(${x - side / 2}px, ${y - side / 2}px)`;
        mark.style.width = mark.style.height = `${side}px`;
      });
      edges.forEach((edge, index) => {
        const [[ax, ay], [bx, by]] = [places[edge.from], places[edge.to]];
        for (const [name, value] of [['x1', ax], ['y1', ay], ['x2', bx], ['y2', by]]) lines[index].setAttribute(name, value);
      });
    }
    function light(index) {
      const kin = new Set(index < 0 ? [] : near[index].map(([other]) => other).concat(index));
      box.classList.toggle('lit', index >= 0);
      marks.forEach((mark, other) => mark.classList.toggle('on', kin.has(other)));
      edges.forEach((edge, at_) => lines[at_].classList.toggle('on', index >= 0 && (edge.from === index || edge.to === index)));
      tip.hidden = index < 0;
      if (index >= 0) tip.textContent = `${altOf(nodes[index].work)}: ${plural(near[index].length, 'neighbour')}`;
    }
    const zoom = (factor, px, py) => {
      const { width, height, left, top } = stage.getBoundingClientRect();
      const scale = Math.min(width / WIDTH, height / HEIGHT) * view.zoom;
      const [dx, dy] = px === undefined ? [0, 0] : [(px - left - width / 2) / scale, (py - top - height / 2) / scale];
      const next = clamp(view.zoom * factor, 1, 12);
      view = { x: view.x + dx * (1 - view.zoom / next), y: view.y + dy * (1 - view.zoom / next), zoom: next };
      layOut();
    };
    let held = null;
    box.addEventListener('wheel', event => { event.preventDefault(); zoom(Math.exp(-clamp(event.deltaY, -300, 300) / 400), event.clientX,
      event.clientY); }, { passive: false });
    box.addEventListener('pointerdown', event => { if (!event.target.closest('a')) { held = [event.clientX, event.clientY];
      box.setPointerCapture(event.pointerId); } });
    box.addEventListener('pointermove', event => {
      if (!held) return;
      const { width, height } = stage.getBoundingClientRect();
      const scale = Math.min(width / WIDTH, height / HEIGHT) * view.zoom;
      view = { ...view, x: view.x - (event.clientX - held[0]) / scale, y: view.y - (event.clientY - held[1]) / scale };
      held = [event.clientX, event.clientY];
      layOut();
    });
    for (const name of ['pointerup', 'pointercancel']) box.addEventListener(name, () => { held = null; });
    replace(stage, box, tip, el('div.zoom-buttons', iconButton('Zoom in', 'zoom-in', () => zoom(1.5)),
      iconButton('Zoom out', 'zoom-out', () => zoom(1 / 1.5)),
      iconButton('Show the whole graph', 'home', () => { view = { x: WIDTH / 2, y: HEIGHT / 2, zoom: 1 }; layOut(); })));
    const watch = new ResizeObserver(layOut);
    watch.observe(stage);
    signal.addEventListener('abort', () => watch.disconnect());
    const words = `${plural(nodes.length, 'work')}, ${plural(edges.length, 'line')}.`
      + (truncated ? ' Only a part is drawn. Choose filters to see a smaller selection whole. The files have all of it.' : '');
    count.textContent = words;
    announce(words);
    replace(listed, el('details.section.graph-list', el('summary.link', 'The same graph as a list'),
      el('ul', { role: 'list' }, nodes.map(({ work }, index) => el('li', el('a', { href: workHref(work.key) }, titleOf(work)),
        el('span.byline',
        near[index].length ? near[index].map(([other, edge]) => `${titleOf(nodes[other].work)} (${edge.distance.toFixed(3)})`).join('; ')
          : 'no neighbour here'))))));
  }
  async function update(next) {
    now = next;
    const { space, neighbors } = settings();
    replace(chips, filterChips(now, '/graph'));
    const query = filterOf(now);
    if (spaceOf(gallery, space)) query.set('space', spaceOf(gallery, space).id);
    query.set('neighbors', neighbors);
    const file = format => api.graphUrl(new URLSearchParams([...query, ['format', format]]));
    replace(tools, select('Neighbours of each', [2, 3, 5, 8, 10].map(n => [n, n]), neighbors,
      value => go(href('/graph', { neighbors: value === '3' ? '' : value }, now))),
      spaceSelect(gallery, space, value => go(href('/graph', { space: value }, now))),
      ['GraphML', 'GEXF'].map(name => el('a.button', { href: file(name.toLowerCase()), download: '' }, icon('download'),
        el('span', name))));
    facets.update(now);
    stage.setAttribute('aria-busy', 'true');
    await attempt(stage, async () => {
      query.set('format', 'json');
      query.set('limit', 250);
      const graph = await api.graph(query, signal);
      if (now !== next) return;
      if (graph.nodes.length) draw(graph);
      else { count.textContent = ''; replace(listed);
        replace(stage, el('div.empty', el('p', 'Nothing matches all of this.'), el('p', 'Take a filter off.'))); }
    });
    stage.removeAttribute('aria-busy');
  }
  update(params);
  return update;
}
