// Deep zoom with OpenSeadragon (vendor/openseadragon), loaded only when a page needs it.

import { add, el, iconButton, uid } from '../dom.js';
import { altOf } from '../state.js';

let library = null;
function load() {
  return library ??= new Promise((done, failed) => {
    // OpenSeadragon would add a <style> of its own, which the content policy refuses; this stands in its place (see views.css).
    const stand = document.createElementNS('urn:simart', 'style');
    stand.setAttribute('data-openseadragon-mobile-css', 'true');
    document.head.append(stand);
    document.head.append(el('script', { src: '/vendor/openseadragon/openseadragon.min.js',
      onload: () => done(globalThis.OpenSeadragon), onerror: () => { library = null; failed(new Error('The viewer could not be loaded.'));
        } }));
  });
}

/** A viewer of a work. `viewer` is a promise of OpenSeadragon's viewer; `signal` destroys it. */
export function deepZoom(work, { signal, moved, label } = {}) {
  const stage = el('div.zoom-stage', { id: uid('zoom') });
  const node = el('div.zoom', { role: 'group', 'aria-label': label ?? `Deep zoom: ${altOf(work)}` }, stage);
  const viewer = load().then(OpenSeadragon => {
    const view = OpenSeadragon({
      element: stage, tileSources: `${work.iiif}/info.json`, showNavigationControl: false, drawer: 'canvas', crossOriginPolicy: false,
      animationTime: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : .6, springStiffness: 8, maxZoomPixelRatio: 3,
      visibilityRatio: .6, minZoomImageRatio: .8, gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    });
    view.addHandler('open-failed', () => { if (!view.fellBack) { view.fellBack = true; view.open({ type: 'image', url: work.image }); } });
    view.canvas.setAttribute('aria-label', `${label ?? altOf(work)}. Arrow keys move, plus and minus zoom.`);
    view.canvas.setAttribute('role', 'group');
    if (moved) for (const name of ['zoom', 'pan']) view.addHandler(name, () => moved(view));
    signal.aborted ? view.destroy() : signal.addEventListener('abort', () => view.destroy());
    return view;
  });
  const by = factor => viewer.then(view => { view.viewport.zoomBy(factor); view.viewport.applyConstraints(); });
  add(node, el('div.zoom-buttons', iconButton('Zoom in', 'zoom-in', () => by(1.5)), iconButton('Zoom out', 'zoom-out', () => by(1 / 1.5)),
    iconButton('Show all of it', 'home', () => viewer.then(view => view.viewport.goHome()))));
  return { node, viewer };
}

/** Keeps several viewers on the same place and at the same zoom while `on()` says so. Returns the `moved` to give to each. */
export function inStep(viewers, on) {
  let leading = false;
  return leader => {
    if (leading || !on()) return;
    leading = true;
    for (const view of viewers()) {
      if (view === leader || !view.viewport) continue;
      view.viewport.zoomTo(leader.viewport.getZoom(), null, false);
      view.viewport.panTo(leader.viewport.getCenter(), false);
    }
    leading = false;
  };
}
