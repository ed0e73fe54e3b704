// Every state of the application is an address: this file writes addresses and reads them.

const LISTS = { genre: 'genres', style: 'styles', artist: 'artists', tag: 'tags' }, SINGLES = ['from', 'to', 'q'];
const isFilter = name => name in LISTS || SINGLES.includes(name) || name.startsWith('field.');

/** The filter part of an address, as the server takes it in a query string. */
export function filterOf(params) {
  const filter = new URLSearchParams();
  for (const [name, value] of params) if (isFilter(name) && value !== '') filter.append(name, value);
  return filter;
}

/** The same filter as the server takes it in a JSON body; undefined when nothing is chosen. */
export function filterBody(params) {
  const body = {};
  for (const [name, value] of filterOf(params)) {
    if (name in LISTS) (body[LISTS[name]] ??= []).push(value);
    else if (name.startsWith('field.')) ((body.fields ??= {})[name.slice(6)] ??= []).push(value);
    else body[name] = name === 'q' ? value : Number(value);
  }
  return Object.keys(body).length ? body : undefined;
}

/** An address of a page: values may be lists; empty values are left out. */
export function href(page, values = {}, base) {
  const params = new URLSearchParams(base);
  for (const [name, value] of Object.entries(values)) {
    params.delete(name);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null && item !== '' && item !== false) params.append(name, item);
    }
  }
  return params.size ? `${page}?${params}` : page;
}

// A part of a question is written `KEY`, `upload:ID`, and with a detail `region:x,y,w,h:KEY`.
export function writePart({ key, upload, region }) {
  const what = upload ? `upload:${upload}` : /^(upload|region|key):/.test(key) ? `key:${key}` : key;
  return region ? `region:${region.map(number => +number.toFixed(4)).join(',')}:${what}` : what;
}
export function readPart(text, unwanted) {
  const part = { unwanted }, detail = /^region:([\d.]+),([\d.]+),([\d.]+),([\d.]+):/.exec(text);
  if (detail) {
    part.region = detail.slice(1).map(Number);
    text = text.slice(detail[0].length);
  }
  if (text.startsWith('upload:')) part.upload = text.slice(7);
  else part.key = text.startsWith('key:') ? text.slice(4) : text;
  return part;
}

/** The question of the look-alikes page: parts in their order, and the settings. */
export function readQuestion(params) {
  const parts = [];
  for (const [name, value] of params) {
    if (name === 'more' || name === 'less') parts.push(readPart(value, name === 'less'));
  }
  const spaces = params.getAll('space').map(text => {
    const [, id, weight] = /^(.*?)(?::([\d.]+))?$/.exec(text);
    return { id, weight: weight === undefined ? 1 : Number(weight) };
  });
  return {
    parts, spaces, beside: params.get('beside') ?? '', k: Math.min(200, Math.max(1, Number(params.get('k')) || 24)),
    relevance: params.has('relevance') ? Math.min(99.9, Math.max(0, Number(params.get('relevance')) || 0)) : null,
    surprise: Math.min(1, Math.max(0, Number(params.get('surprise')) || 0)), otherArtists: params.get('others') === 'yes',
    inRegions: params.get('regions') === 'yes', photo: params.get('photo') === 'yes', fold: params.get('fold') !== 'no',
  };
}
export function questionHref(question, params) {
  const address = filterOf(params ?? new URLSearchParams()), result = new URLSearchParams();
  for (const part of question.parts) result.append(part.unwanted ? 'less' : 'more', writePart(part));
  for (const { id, weight } of question.spaces ?? []) result.append('space', weight === 1 ? id : `${id}:${+weight.toFixed(2)}`);
  if (question.beside) result.set('beside', question.beside);
  if (question.relevance !== null && question.relevance !== undefined) result.set('relevance', question.relevance);
  else if (question.k && question.k !== 24) result.set('k', question.k);
  if (question.surprise) result.set('surprise', question.surprise);
  if (question.otherArtists) result.set('others', 'yes');
  if (question.inRegions) result.set('regions', 'yes');
  if (question.photo) result.set('photo', 'yes');
  if (question.fold === false) result.set('fold', 'no');
  for (const [name, value] of address) result.append(name, value);
  return href('/search', {}, result);
}
export const lookAlikes = part => questionHref({ parts: [part] });
export const workHref = key => href('/work', { key });

// ---- How a work is named in words ----
export const pretty = text => text ? text.replaceAll('_', ' ') : '';
export const titleOf = work => work.title || `Untitled (${work.key})`;
export const dateOf = work => work.date || (work.year ? String(work.year) : '');
export const bylineOf = work => [work.artists?.join(', '), dateOf(work)].filter(Boolean).join(', ');
export const altOf = work => [titleOf(work), bylineOf(work)].filter(Boolean).join(', ');
export const sized = (url, size) => `${url}${url.includes('?') ? '&' : '?'}size=${size}`;
