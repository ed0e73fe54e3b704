// The shell: finds the page for an address, keeps history, focus and scroll, and shows what concerns every page.

import { announce, el, iconButton, replace } from './dom.js';
import * as api from './api.js';
import { onChange, tableCount } from './parts/store.js';
import { problemBox } from './parts/messages.js';

// Every page is a module of its own, loaded when it is first shown.
const PAGES = ['work', 'search', 'identify', 'compare', 'genealogy', 'path', 'graph', 'map', 'table', 'link', 'about', 'api'];
const pageOf = path => path === '/' ? 'browse' : PAGES.find(name => path === `/${name}`);
const main = document.getElementById('main');
let gallery = null, first = true;
let current = null; // { path, update, abort }

/** Goes to another state. Within a page the page itself takes the change up; otherwise the other page is shown. */
export function go(address, { replace: instead = false } = {}) {
  const url = new URL(address, location.href);
  if (url.href === location.href) instead = true;
  keepPlace();
  if (instead) history.replaceState({ ...history.state }, '', url);
  else history.pushState({}, '', url);
  return show({ restore: null });
}

/** Keeps where one is in the history: how far down, and which picture stands there. */
function keepPlace(extra) {
  const points = [.3, .5, .62, .8].flatMap(x => [80, 180, 280, 380].map(y => [innerWidth * x, y]));
  const seen = points.map(([x, y]) => document.elementFromPoint(x, y)?.closest('[data-key]')).find(Boolean);
  const anchor = seen && { key: seen.dataset.key, top: seen.getBoundingClientRect().top };
  history.replaceState({ ...history.state, scroll: scrollY, anchor, ...extra }, '');
}
function backTo(place) {
  scrollTo(0, place?.scroll ?? 0);
  if (!place?.anchor) return;
  const card = main.querySelector(`[data-key="${CSS.escape(place.anchor.key)}"]`);
  const settle = frames => { // cards get their height when they come into view: a few frames until all is still
    if (!card?.isConnected) return;
    scrollBy(0, card.getBoundingClientRect().top - place.anchor.top);
    if (frames) requestAnimationFrame(() => settle(frames - 1));
  };
  settle(12);
}
async function show({ restore, fresh = false }) {
  const url = new URL(location.href), params = url.searchParams;
  if (!fresh && current?.path === url.pathname && current.update && await current.update(params, { restore }) !== false) {
    if (restore) backTo(restore);
    return;
  }
  current?.abort.abort();
  const abort = new AbortController(), page = current = { path: url.pathname, abort, update: null };
  const name = pageOf(url.pathname);
  for (const link of document.querySelectorAll('.nav a')) {
    if (new URL(link.href).pathname === url.pathname) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  main.setAttribute('aria-busy', 'true');
  try {
    const [view, known] = await Promise.all([
      name ? import(`./views/${name}.js`) : Promise.reject(new api.Problem(404, { title: 'There is no such page' })),
      gallery ?? api.gallery().then(useGallery),
    ]);
    if (current !== page) return;
    const stage = el('div', { class: `view view-${name}` });
    const title = text => { document.title = text ? `${text} · SimArt` : 'SimArt'; };
    const update = await view.show({
      main: stage, params, gallery: known, signal: abort.signal, restore, go, title,
      keep: state => { if (current === page) keepPlace(state); },
      placed: () => { if (!stage.isConnected && current === page) replace(main, stage); },
    });
    if (current !== page) return;
    page.update = typeof update === 'function' ? update : null;
    if (!stage.isConnected) replace(main, stage);
  } catch (error) {
    if (error.name === 'AbortError' || current !== page) return;
    document.title = `${error.message} · SimArt`;
    replace(main, problemBox(error, () => show({ restore: null, fresh: true }), { page: true }));
  }
  main.removeAttribute('aria-busy');
  if (first) first = false;
  else main.querySelector('h1')?.focus({ preventScroll: true });
  backTo(restore);
  if (!restore) announce(document.title);
}

// ---- History and links ----
history.scrollRestoration = 'manual';
addEventListener('popstate', event => {
  if (event.state === null && location.hash) return;
  show({ restore: event.state ?? { scroll: 0 } });
});
let settle = 0;
addEventListener('scroll', () => { clearTimeout(settle); settle = setTimeout(keepPlace, 120); }, { passive: true });
document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || link.target || link.hasAttribute('download') || !pageOf(url.pathname) || url.hash) return;
  event.preventDefault();
  go(url.href);
});
document.querySelector('.skip').addEventListener('click', event => { event.preventDefault(); main.focus(); main.scrollIntoView(); });

// ---- Colours ----
const themeButton = document.getElementById('theme');
const dark = () => (document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))
  === 'dark';
const showTheme = () => themeButton.setAttribute('aria-pressed', String(dark()));
themeButton.addEventListener('click', () => {
  document.documentElement.dataset.theme = dark() ? 'light' : 'dark';
  try { localStorage.setItem('simart.theme', document.documentElement.dataset.theme); } catch { /* storage may be off */ }
  showTheme();
  dispatchEvent(new Event('themechange'));
});
showTheme();

// ---- Light table count ----
const countBox = document.getElementById('table-count');
onChange(() => {
  countBox.textContent = tableCount();
  countBox.hidden = !tableCount();
});

// ---- The gallery, and the progress of indexing a folder ----
function useGallery(known) {
  gallery = known;
  document.getElementById('foot-gallery').textContent = `${known.name}: ${known.works.toLocaleString('en')} works`;
  showIndexing(known);
  return known;
}
let hidden = false;
function showIndexing(known) {
  const box = document.getElementById('indexing'), state = known.indexing;
  if (!state || hidden || (state.state === 'done' && box.hidden)) { box.hidden = true; return; }
  box.hidden = false;
  const running = state.state === 'running';
  const text = running ? `Reading the folder: ${state.done.toLocaleString('en')} of ${state.total.toLocaleString('en')} pictures.`
    : state.state === 'done' ? `The folder has been read: ${state.done.toLocaleString('en')} pictures.` : 'The folder could not be read.';
  replace(box, el('p', text, state.failed ? ` ${state.failed.toLocaleString('en')} could not be read.` : '',
    state.message ? ` ${state.message}` : ''),
  running && el('progress', { max: state.total || 1, value: state.done, 'aria-label': 'Pictures read' }),
  !running && iconButton('Hide this message', 'close', () => { hidden = true; box.hidden = true; }));
  if (running) {
    setTimeout(async () => {
      const next = await api.gallery().catch(() => null), began = next?.works > 0 && !main.querySelector('li.card');
      useGallery(next ?? known);
      if (!next || (next.indexing?.state === 'running' && !began)) return;
      api.forget();
      if (location.pathname === '/') show({ restore: { scroll: scrollY }, fresh: true });
    }, 1000);
  }
}

// ---- Giving a picture anywhere: drag and drop, paste ----
const dropSign = el('div.drop-sign', { hidden: true }, el('p', 'Let go to find what is like this picture'));
document.body.append(dropSign);
let ours = false; // a drag that began in this page is no picture given
addEventListener('dragstart', () => { ours = true; }, true);
addEventListener('dragend', () => { ours = false; }, true);
const carriesPicture = event => !ours && ['Files', 'text/uri-list'].some(type => event.dataTransfer?.types.includes(type));
let depth = 0;
addEventListener('dragenter', event => { if (carriesPicture(event)) { depth++; dropSign.hidden = false; } });
addEventListener('dragleave', event => { if (carriesPicture(event) && --depth <= 0) { depth = 0; dropSign.hidden = true; } });
addEventListener('dragover', event => { if (carriesPicture(event)) event.preventDefault(); });
addEventListener('drop', event => {
  if (!carriesPicture(event)) return;
  event.preventDefault();
  depth = 0;
  dropSign.hidden = true;
  take(event.dataTransfer.files[0] ?? event.dataTransfer.getData('text/uri-list').split('\n')[0]);
});
addEventListener('paste', event => {
  if (event.target.closest?.('input, textarea')) return;
  const file = [...event.clipboardData?.files ?? []][0], text = event.clipboardData?.getData('text/plain').trim();
  if (file || /^https:\/\/\S+$/.test(text)) { event.preventDefault(); take(file ?? text); }
});
async function take(given) {
  if (!given) return;
  const { takePicture } = await import('./parts/upload.js');
  takePicture(given, { gallery: gallery ?? await api.gallery(), go });
}
show({ restore: history.state?.scroll ? history.state : null });
