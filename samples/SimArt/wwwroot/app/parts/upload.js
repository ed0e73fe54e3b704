// Giving a picture: from a file, the clipboard, the camera, a IIIF address; or choosing a work of the collection.

import { add, button, debounce, el, field, replace } from '../dom.js';
import * as api from '../api.js';
import { bylineOf, href, lookAlikes, titleOf } from '../state.js';
import { picture } from './grid.js';
import { problemText, toast } from './messages.js';

/** Sends a file or a IIIF address and returns the upload. A file over the limit is made smaller first. */
export async function send(given, gallery, signal) {
  if (typeof given === 'string') return api.uploadIiif(given.trim(), signal);
  const file = given.size > gallery.limits.uploadBytes ? await smaller(given, gallery) : given;
  return api.uploadFile(file, signal);
}
async function smaller(file, gallery) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const scale = Math.min(1, 2000 / Math.max(bitmap.width, bitmap.height),
    Math.sqrt(gallery.limits.uploadPixels / bitmap.width / bitmap.height));
  const canvas = el('canvas', { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise(done => canvas.toBlob(blob => done(blob ?? file), 'image/jpeg', 0.92));
}

/** What dropping or pasting a picture anywhere does. */
export async function takePicture(given, { gallery, go }) {
  toast('The picture is being looked at…');
  try {
    const upload = await send(given, gallery);
    document.getElementById('toasts').replaceChildren();
    go(location.pathname === '/identify' ? href('/identify', { upload: upload.id }) : lookAlikes({ upload: upload.id }));
  } catch (error) {
    const [title, detail] = problemText(error);
    toast(`${title}. ${detail}`, 'Choose another picture', () => go('/search'));
  }
}

/** The ways to give a picture. `taken(upload)` gets what the server made of it. */
export function givePanel({ gallery, taken, title = 'Give a picture', signal, offers = true }) {
  const status = el('div', { role: 'status' });
  const take = async given => {
    if (!given) return;
    replace(status, el('p.hint', 'The picture is being looked at…'));
    try {
      taken(await send(given, gallery, signal));
      replace(status);
    } catch (error) {
      if (error.name === 'AbortError') return;
      const [what, why] = problemText(error);
      replace(status, el('div.problem', el('p.problem-title', what), el('p', why)));
    }
  };
  const input = capture => el('input.unseen', { type: 'file', accept: 'image/*', capture, tabindex: '-1', 'aria-hidden': 'true',
    onchange: event => { take(event.target.files[0]); event.target.value = ''; } });
  const file = input(), shot = input('environment');
  const photograph = () => matchMedia('(pointer: coarse)').matches || !navigator.mediaDevices?.getUserMedia ? shot.click()
    : camera(take, signal).catch(() => replace(status, el('p.hint', 'The camera cannot be used here. Choose a picture instead.')));
  return el('section.giving', { 'aria-label': title }, el('h2', title),
    el('div.row', button('Choose a picture', () => file.click(), { name: 'upload', kind: 'button main' }),
      button('Take a photograph', photograph, { name: 'camera' })),
    el('p.hint', `Or drop one anywhere on this page, or paste one. It is kept in memory for ${gallery.limits.uploadMinutes} minutes `
      + `at most, and never written to disk.`),
    offers && gallery.iiifHosts.length > 0 && iiifForm(gallery, take), file, shot, status);
}
function iiifForm(gallery, take) {
  const input = el('input', { type: 'url', placeholder: 'https://…', required: true });
  return el('form', { onsubmit: event => { event.preventDefault(); take(input.value); } },
    field('Or the address of a IIIF image or manifest', input, { hint: `From ${gallery.iiifHosts.join(', ')}.` }),
    el('p.row', button('Fetch it', null, { kind: 'button', type: 'submit' })));
}

/** A window with the camera's picture. */
async function camera(take, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 2048 } } });
  const video = el('video', { autoplay: true, playsinline: true, 'aria-label': 'What the camera sees' });
  video.muted = true;
  video.srcObject = stream;
  const window = el('dialog.camera', { 'aria-label': 'Camera', onclose: () => { stream.getTracks().forEach(one => one.stop());
    window.remove(); } }, video, el('p.row', button('Take it', () => {
      const canvas = el('canvas', { width: video.videoWidth, height: video.videoHeight });
      canvas.getContext('2d').drawImage(video, 0, 0);
      canvas.toBlob(blob => take(blob), 'image/jpeg', 0.92);
      window.close();
    }, { name: 'camera', kind: 'button main' }), button('Cancel', () => window.close())));
  signal?.addEventListener('abort', () => window.close());
  document.body.append(window);
  window.showModal();
}

/** Finds a work by its words. `picked(work)` is called with the one chosen. */
export function workPicker(label, picked, { signal, hint } = {}) {
  const list = el('ul', { role: 'list', 'aria-label': 'Works found' }), status = el('p.hint', { role: 'status' });
  let abort = new AbortController();
  const find = debounce(async text => {
    abort.abort();
    abort = new AbortController();
    if (!text) { replace(list); status.textContent = ''; return; }
    try {
      const found = await api.works({ q: text, limit: 12 }, AbortSignal.any([abort.signal, ...signal ? [signal] : []]));
      status.textContent = found.total ? `${found.total.toLocaleString('en')} found.` : 'No work has these words. Try the artist alone.';
      replace(list, found.items.map(work => el('li', el('button', { type: 'button', onclick: () => picked(work) },
        picture(work, { alt: '' }), el('span', titleOf(work), el('span.byline', bylineOf(work)))))));
    } catch (error) {
      if (error.name !== 'AbortError') status.textContent = problemText(error).join('. ');
    }
  });
  const input = el('input', { type: 'search', autocomplete: 'off', placeholder: 'Title or artist',
    oninput: event => find(event.target.value.trim()) });
  return add(el('div.picker'), field(label, input, { hint }), status, list);
}
