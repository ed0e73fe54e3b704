// The server's operations, one function each (see /api in the running application).

const ROOT = '/api/v1/';

/** What the server said went wrong, in its own words (RFC 9457). */
export class Problem extends Error {
  constructor(status, document, retryAfter) {
    super(document?.title || `The server answered ${status}.`);
    this.status = status;
    this.detail = document?.detail || '';
    this.field = document?.field || '';
    this.retryAfter = retryAfter;
  }
}
async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path.startsWith('/') ? path : ROOT + path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { title: 'The server cannot be reached', detail: 'Check the connection, then try again.' });
  }
  if (answer.ok) return answer;
  throw new Problem(answer.status, await answer.json().catch(() => null), Number(answer.headers.get('Retry-After')) || 0);
}
const query = params => {
  const text = params instanceof URLSearchParams ? params : new URLSearchParams(
    Object.entries(params ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== ''));
  return text.size ? `?${text}` : '';
};
const get = async (path, params, signal) => (await ask(path + query(params), { signal })).json();
const post = async (path, body, signal) => (await ask(path, { method: 'POST', signal, headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body) })).json();

// Answers that stay the same for a while are kept, so that Back is immediate.
const kept = new Map();
async function remembered(path, params, signal) {
  const name = path + query(params), hit = kept.get(name);
  if (hit && Date.now() - hit.at < 300000) return hit.answer;
  const answer = await get(path, params, signal);
  kept.set(name, { at: Date.now(), answer });
  if (kept.size > 300) kept.delete(kept.keys().next().value);
  return answer;
}
export const forget = () => kept.clear();

/** Works seen in any answer, so that a later page can show them at once. */
export const work = (key, signal) => remembered('work', { key }, signal);

/** Several works, at most six requests at once; unknown keys come back as null. */
export async function worksByKeys(keys, signal) {
  const found = new Array(keys.length).fill(null);
  let next = 0;
  const walk = async () => {
    while (next < keys.length) {
      const at = next++;
      found[at] = await work(keys[at], signal).catch(error => {
        if (error.status === 404) return null;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(6, keys.length) }, walk));
  return found;
}
const reading = (path, how = get) => (params, signal) => how(path, params, signal);
const sending = path => (body, signal) => post(path, body, signal);
export const gallery = reading('gallery');
export const [works, facets, genealogy, graph, guesses] =
  ['works', 'facets', 'genealogy', 'graph', 'guesses'].map(path => reading(path, remembered));

/** The map. Making it for the first time takes longer than a request may: the server says so, and is asked again. */
export async function map(params, signal) {
  for (;; forget()) {
    const answer = await remembered('map', params, signal);
    if (!answer.building) return answer;
    await new Promise(done => setTimeout(done, 2000));
  }
}
export const [path, mapFilter, citation, openApi] = ['path', 'map/filter', 'link', '/openapi/v1.json'].map(one => reading(one));
export const [search, identify, explain, explainPoints] = ['search', 'identify', 'explain', 'explain/points'].map(sending);
export const upload = (id, signal) => get(`uploads/${encodeURIComponent(id)}`, null, signal)
  .catch(error => { throw error.status === 404 ? Object.assign(error, { field: 'upload' }) : error; });
export const forgetUpload = id => ask(`uploads/${encodeURIComponent(id)}`, { method: 'DELETE' });
export const uploadIiif = (uri, signal) => post('uploads/iiif', { uri }, signal);
export const differenceUrl = (a, b) => `${ROOT}difference${query({ a, b })}`;
export const graphUrl = params => `${ROOT}graph${query(params)}`;
export const raw = ask;
export async function uploadFile(file, signal) {
  if (file.type.startsWith('image/')) {
    return (await ask('uploads', { method: 'POST', signal, headers: { 'Content-Type': file.type }, body: file })).json();
  }
  const form = new FormData();
  form.append('file', file);
  return (await ask('uploads', { method: 'POST', signal, body: form })).json();
}

export async function exportWorks(body) {
  const answer = await ask('export', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const name = /filename="?([^";]+)"?/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1];
  return { blob: await answer.blob(), name: name ?? `light-table.${body.format}` };
}
