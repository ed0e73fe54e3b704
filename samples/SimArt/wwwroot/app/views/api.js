// The operations of the server, read from its OpenAPI document, each with a form to try it.

import { add, button, el, field, heading, plural, replace } from '../dom.js';
import * as api from '../api.js';
import { problemText } from '../parts/messages.js';

const MOST = 20000; // characters of an answer that are shown

export async function show({ main, title, signal }) {
  title('API');
  const document_ = await api.openApi(null, signal);
  const resolve = schema => schema?.$ref ? schema.$ref.slice(2).split('/').reduce((at, name) => at?.[name], document_) : schema;
  const groups = new Map();
  for (const [path, methods] of Object.entries(document_.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (typeof operation !== 'object' || Array.isArray(operation)) continue;
      const name = operation.tags?.[0] ?? 'Others';
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push({ path, method: method.toUpperCase(), ...operation, parameters: [...methods.parameters ?? [],
        ...operation.parameters ?? []].map(resolve) });
    }
  }

  /** A body to begin with: what the schema says, two levels deep. */
  function example(schema, depth = 0) {
    const known = resolve(schema) ?? {};
    if (known.example !== undefined || known.default !== undefined) return known.example ?? known.default;
    const one = known.oneOf ?? known.anyOf ?? known.allOf;
    if (one) return example(one.find(part => resolve(part)?.type !== 'null'), depth);
    const type = [known.type].flat().find(name => name !== 'null');
    if (known.properties) return depth > 2 ? {} : Object.fromEntries(Object.entries(known.properties).map(([name, part]) =>
      [name, example(part, depth + 1)]).filter(([, value]) => value !== undefined && value !== null));
    if (type === 'array') return [];
    return null;
  }
  function form(operation) {
    const json = operation.requestBody?.content?.['application/json'];
    const answer = el('pre.answer', { tabindex: '0', hidden: true, 'aria-label': 'The answer' });
    const status = el('p.hint', { role: 'status' });
    const inputs = operation.parameters.map(parameter => {
      const schema = resolve(parameter.schema) ?? {}, many = [schema.type].flat().includes('array');
      const input = el(many ? 'textarea' : 'input', { type: many ? null : 'text', rows: many ? 2 : null, required: parameter.required,
        value: schema.default ?? '' });
      return { parameter, many, input, node: field(parameter.name + (parameter.required ? ' (needed)' : ''), input,
        { hint: [parameter.description, many && 'One value a line.'].filter(Boolean).join(' ') || null }) };
    });
    const body = json && el('textarea', { rows: 8, class: 'code', spellcheck: 'false',
      value: JSON.stringify(json.example ?? example(json.schema), null, 2) });
    const run = async event => {
      event.preventDefault();
      let path = operation.path;
      const query = new URLSearchParams();
      for (const { parameter, many, input } of inputs) {
        const values = (many ? input.value.split('\n') : [input.value]).map(text => text.trim()).filter(Boolean);
        if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(values[0] ?? ''));
        else if (parameter.in === 'query') for (const value of values) query.append(parameter.name, value);
      }
      const address = query.size ? `${path}?${query}` : path;
      status.textContent = 'Asking…';
      answer.hidden = true;
      const began = performance.now();
      try {
        const got = await api.raw(address, { method: operation.method, signal, ...body
          && { headers: { 'Content-Type': 'application/json' }, body: body.value } });
        const type = got.headers.get('Content-Type') ?? '';
        const text = /json/.test(type) ? JSON.stringify(await got.json(), null, 2) : /text|xml/.test(type) ? await got.text()
          : `(${plural((await got.blob()).size, 'byte')} of ${type})`;
        status.textContent = `${operation.method} ${address}: ${got.status}, ${Math.round(performance.now() - began)} ms`;
        answer.textContent = text.length > MOST ? `${text.slice(0, MOST)}\n… ${plural(text.length - MOST, 'more character')}` : text;
        answer.hidden = false;
      } catch (error) {
        if (error.name !== 'AbortError') status.textContent = `${address}: ${error.status ?? ''} ${problemText(error).join('. ')}`;
      }
    };
    return el('form.stack', { onsubmit: run }, inputs.length > 0 && el('div.api-inputs', inputs.map(one => one.node)),
      body && field('Body (JSON)', body), el('p.row', button('Ask', null, { kind: 'button main', type: 'submit' })), status, answer);
  }
  function operationBox(operation) {
    const tryable = ['GET', 'POST'].includes(operation.method)
      && (operation.method === 'GET' || operation.requestBody?.content?.['application/json']);
    const box = el('details.operation', el('summary', el('span', { class: `method ${operation.method.toLowerCase()}` }, operation.method),
      el('code', operation.path), el('span.byline', operation.summary ?? '')));
    box.addEventListener('toggle', () => {
      if (box.childElementCount > 1) return;
      add(box, el('div.operation-body', operation.description && el('p', operation.description),
        tryable ? form(operation) : [operation.parameters.length > 0 && el('p', 'Parameters: ',
          operation.parameters.map(one => one.name).join(', ')),
          el('p.hint', `Takes ${Object.keys(operation.requestBody?.content ?? {}).join(' or ') || 'no body'}. It cannot be tried here.`)]));
    });
    return box;
  }
  replace(main, heading('API'), el('p.lead', 'All that these pages do can be asked by programs. The document: ',
    el('a', { href: '/openapi/v1.json', target: '_blank', rel: 'noopener' }, 'OpenAPI'), '.'),
    [...groups].map(([name, operations]) => el('section.section', { 'aria-label': name }, el('h2', name), operations.map(operationBox))));
}
