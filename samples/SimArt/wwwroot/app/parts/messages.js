// Messages: what went wrong, in plain words, where it went wrong, with a way on; and short notes at the foot of the page.

import { announce, button, el, iconButton, linkButton, replace } from '../dom.js';

const WORDS = {
  404: 'It may have been removed, or the address is incomplete.', 409: 'This cannot be done with these works.',
  413: 'The picture is too large. Make it smaller, then give it again.',
  415: 'This is not a picture SimArt can read. JPEG, PNG, WebP and TIFF work best.',
  422: 'The picture cannot be read. It may be damaged.', 429: 'Too many requests at once.',
};
export function problemText(error) {
  if (error.field === 'upload' && error.status === 404) {
    return ['The picture is no longer held', 'Pictures you give are forgotten after a while. Give it again.'];
  }
  const wait = error.status === 429 ? ` Try again in ${error.retryAfter || 10} seconds.` : '';
  const title = error.status === undefined ? 'Something went wrong in this page' : error.message;
  const detail = error.detail || WORDS[error.status] || (error.status === undefined ? String(error.message) : '');
  return [title, detail + wait];
}
export function problemBox(error, again, { page = false } = {}) {
  if (error.status === undefined) console.error(error);
  const [title, detail] = problemText(error);
  const way = [0, 429, 500, 502, 503, 504].includes(error.status) || error.status === undefined;
  return el('div.problem', { role: page ? null : 'alert' },
    el(page ? 'h1' : 'p', { class: 'problem-title', tabindex: page ? '-1' : null }, title), detail && el('p', detail),
    el('p.row', way && again && button('Try again', again),
      error.field === 'upload' ? linkButton('Give the picture again', '/search', 'upload') : page && linkButton('To the collection', '/')));
}

/** Runs; what goes wrong is shown in `box`, with a way to try again. A request that was given up is no problem. */
export async function attempt(box, run) {
  try {
    return await run();
  } catch (error) {
    if (error.name !== 'AbortError') replace(box, problemBox(error, () => attempt(box, run)));
    return null;
  }
}

/** A short note at the foot of the page. One with an action stays until it is closed. */
export function toast(text, action, run) {
  const box = document.getElementById('toasts'), note = el('div.toast', el('p', text));
  const close = () => note.remove();
  if (action) note.append(button(action, () => { close(); run(); }, { kind: 'button quiet' }));
  note.append(iconButton('Close', 'close', close));
  box.replaceChildren(note);
  announce(text);
  if (!action) setTimeout(close, 6000);
}
