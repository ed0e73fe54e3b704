// The light table, kept in this browser: a list of { key, note, work } where work is enough to show a picture and a caption.

const NAME = 'simart.table', listeners = new Set();
let items = read();
function read() {
  try {
    const list = JSON.parse(localStorage.getItem(NAME) ?? '[]');
    return Array.isArray(list) ? list.filter(item => typeof item?.key === 'string') : [];
  } catch { return []; }
}
function write(next) {
  items = next;
  try { localStorage.setItem(NAME, JSON.stringify(items)); } catch { /* the table then lasts as long as the page */ }
  for (const run of listeners) run();
}
addEventListener('storage', event => {
  if (event.key !== NAME) return;
  items = read();
  for (const run of listeners) run();
});
const slim = ({ key, title, artists, date, year, thumbnail, width, height }) =>
  ({ key, title, artists, date, year, thumbnail, width, height });
export const tableItems = () => items.map(item => ({ ...item }));
export const tableCount = () => items.length;
export const onTable = key => items.some(item => item.key === key);
export const setTable = next => write(next);

/** Calls `run` at once and after every change; `signal` ends it. */
export function onChange(run, signal) {
  if (!signal?.aborted) listeners.add(run);
  signal?.addEventListener('abort', () => listeners.delete(run));
  run();
}

/** Adds works that are not there yet and says how many that were. */
export function addToTable(works, notes = []) {
  const fresh = works.map((work, at) => ({ key: work.key, note: notes[at] ?? '', work: slim(work) }))
    .filter((item, at, all) => !onTable(item.key) && all.findIndex(other => other.key === item.key) === at);
  if (fresh.length) write([...items, ...fresh]);
  return fresh.length;
}
export const removeFromTable = key => write(items.filter(item => item.key !== key));
export const setNote = (key, note) => write(items.map(item => item.key === key ? { ...item, note } : item));
export function move(key, to) {
  const from = items.findIndex(item => item.key === key);
  const next = [...items];
  next.splice(Math.max(0, Math.min(items.length - 1, to)), 0, next.splice(from, 1)[0]);
  write(next);
}
