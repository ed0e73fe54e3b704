// Look-alikes: a question of works, pictures and details, wanted and unwanted; and what is nearest to it.

import { add, announce, button, check, el, heading, iconButton, linkButton, plural, rebuild, replace, select } from '../dom.js';
import * as api from '../api.js';
import { filterBody, filterOf, href, questionHref, readQuestion, titleOf, workHref } from '../state.js';
import { grid } from '../parts/grid.js';
import { facetPanel, filterChips } from '../parts/facets.js';
import { defaultSpace, spaceMixer, spaceOf, spaceTitle } from '../parts/spaces.js';
import { resultCard, searchAndFold } from '../parts/result.js';
import { chooseDetail, regionMark } from '../parts/region.js';
import { givePanel, workPicker } from '../parts/upload.js';
import { guessPanel } from '../parts/guesses.js';
import { problemBox, toast } from '../parts/messages.js';

const COUNTS = [12, 24, 48, 96, 200], SHARES = [99.9, 99.5, 99, 98, 95];

export async function show({ main, params, gallery, signal, go, title, restore }) {
  let now = params, question = readQuestion(now), abort = new AbortController();
  const uploads = new Map();
  const change = (next, how) => go(questionHref({ ...question, ...next }, now), how);
  const again = () => update(now);
  const head = el('div'), chips = el('ul.question', { role: 'list', 'aria-label': 'The question' });
  const adding = el('details.adding'), settings = el('div.settings'), chosen = el('div'), count = el('p.result-count');
  const results = el('div.results'), below = el('aside', { 'aria-label': 'About your picture' }), own = el('div.row');
  const facets = facetPanel({ signal, open: ['genre', 'period'], change: filter => go(questionHref(question, filter)) });

  // ---- The question ----
  function describe(part) {
    if (part.key) return api.work(part.key, signal).then(work => ({ name: titleOf(work), thumbnail: work.thumbnail, image: work.image,
      width: work.width, height: work.height, link: workHref(work.key) }));
    if (!uploads.has(part.upload)) uploads.set(part.upload, api.upload(part.upload, signal)
      .catch(error => { uploads.delete(part.upload); throw error; }));
    return uploads.get(part.upload).then(upload => ({ name: 'Your picture', thumbnail: upload.image, image: upload.image,
      width: upload.width, height: upload.height, warnings: upload.warnings }));
  }
  function withPart(at, change_) {
    return { parts: question.parts.map((part, index) => index === at ? { ...part, ...change_ } : part) };
  }
  function chip(part, at, about) {
    const sign = part.unwanted ? 'Less like' : 'More like';
    const picture = el('span.picture.ready', el('img', { src: about.thumbnail, alt: '', width: 60, height: 60 }));
    if (part.region) picture.append(regionMark(part.region, picture.firstChild, true));
    const others = question.parts.filter((_, index) => index !== at);
    return el('li', { class: `part ${part.unwanted ? 'less' : 'more'}` }, picture,
      el('span.part-text', el('strong', question.parts.length > 1 || part.unwanted ? sign : 'Asked'),
        about.link ? el('a', { href: about.link }, about.name) : about.name, part.region && el('span', ' (a detail)')),
      el('span.part-buttons',
        iconButton(`${part.region ? 'Change the detail of' : 'Choose a detail of'} ${about.name}`, 'detail', () => chooseDetail({
          src: about.image, alt: about.name, width: about.width, height: about.height, region: part.region,
          chosen: region => change(withPart(at, { region: region ?? undefined })),
        }), { dataset: { focus: `detail ${at}` } }),
        question.parts.length > 1 && iconButton(part.unwanted ? `Ask for more like ${about.name}` : `Ask for less like ${about.name}`,
          part.unwanted ? 'plus' : 'minus', () => change(withPart(at, { unwanted: !part.unwanted })), { dataset: { focus: `sign ${at}` } }),
        iconButton(`Take ${about.name} off the question`, 'close', () => change({ parts: others }), { dataset: { focus: `off ${at}` } })));
  }
  async function drawQuestion() {
    const asked = question;
    const about = await Promise.all(asked.parts.map(part => describe(part).catch(error => ({ error, name: part.key ?? 'Your picture' }))));
    if (asked !== question) return false;
    const lost = about.findIndex(one => one.error);
    if (lost >= 0) {
      if (about[lost].error.name === 'AbortError') return false;
      const rest = asked.parts.filter((_, index) => index !== lost);
      name('Look-alikes');
      replace(results, problemBox(about[lost].error, again), rest.length
        && el('p', linkButton('Go on without it', questionHref({ ...asked, parts: rest }, now))));
      return false;
    }
    const wanted = asked.parts.filter(part => !part.unwanted).length;
    const only = about[0].link ? about[0].name : 'your picture';
    name(asked.parts.length === 1 ? `${asked.parts[0].region ? 'Like a detail of' : 'Like'} ${only}`
      : `Like ${plural(wanted, 'picture')}${wanted < asked.parts.length ? `, unlike ${asked.parts.length - wanted}` : ''}`);
    rebuild(chips, asked.parts.map((part, at) => chip(part, at, about[at])));
    return true;
  }
  function name(text) {
    title(text);
    const old = head.querySelector('h1');
    if (old) old.textContent = text;
    else replace(head, heading(text));
  }
  const join = part => change({ parts: [...question.parts, part] });
  const vote = (work, unwanted) => {
    const parts = question.parts.filter(part => part.key !== work.key || part.region);
    change({ parts: [...parts, { key: work.key, unwanted }] });
    toast(`${unwanted ? 'Less' : 'More'} like “${titleOf(work)}” was added to the question.`);
  };

  // ---- The settings ----
  function drawSettings() {
    const uploaded = question.parts.find(part => part.upload);
    const inUse = question.spaces.length ? question.spaces.map(one => spaceOf(gallery, one.id)) : [defaultSpace(gallery)];
    const amount = question.relevance !== null ? `p${question.relevance}` : String(question.k);
    const amounts = [...new Set([...COUNTS, ...question.relevance === null ? [question.k] : []])].sort((a, b) => a - b)
      .map(k => [String(k), `${k} works`]);
    const shares = [...new Set([...SHARES, ...question.relevance === null ? [] : [question.relevance]])].map(p =>
      [`p${p}`, `Nearer than ${p} % of pairs`]);
    const surprise = el('input', { type: 'range', min: 0, max: 1, step: .1, value: question.surprise,
      'aria-label': 'From alike to surprising',
      'aria-valuetext': question.surprise === 0 ? 'alike' : question.surprise === 1 ? 'surprising'
        : `${question.surprise} of 1 towards surprising`,
      disabled: question.inRegions, dataset: { focus: 'surprise' }, onchange: event => change({ surprise: Number(event.target.value) }) });
    const beside = gallery.spaces.filter(space => inUse.length > 1 || space.id !== inUse[0].id);
    rebuild(settings,
      spaceMixer(gallery, question.spaces, spaces => change({ spaces, beside: spaces.some(one => one.id === question.beside) ? ''
        : question.beside })),
      beside.length > 0 && focused('beside', select('Side by side with', [['', 'nothing'], ...beside.map(space => [space.id, space.title])],
        question.beside, value => change({ beside: value }))), el('fieldset', el('legend', 'Alike or surprising'), surprise,
        el('div.ends', { 'aria-hidden': 'true' }, el('span', 'Alike'), el('span', 'Surprising'))),
      focused('amount', select('Show', question.inRegions ? amounts : [...amounts, ...shares], amount,
        value => change(value[0] === 'p' ? { relevance: Number(value.slice(1)) } : { relevance: null, k: Number(value) }))),
      el('fieldset', el('legend', 'Which works'),
        check('Leave out the same artist', question.otherArtists, on => change({ otherArtists: on }), { dataset: { focus: 'others' } }),
        check('Fold copies under one result', question.fold, on => change({ fold: on }), { dataset: { focus: 'fold' } }),
        inUse.some(space => space.hasRegions) && check('Look inside regions of works', question.inRegions,
          on => change({ inRegions: on, surprise: 0, relevance: null }), { dataset: { focus: 'regions' } }),
        uploaded && check('My picture is a photograph of a painting', question.photo, on => change({ photo: on }),
          { dataset: { focus: 'photo' } })));
  }

  // ---- The results ----
  function bodyOf(spaces) {
    return { parts: question.parts, spaces: spaces.length ? spaces : undefined, k: question.relevance === null ? question.k : 200,
      relevance: question.relevance ?? undefined, surprise: question.surprise, sameArtist: !question.otherArtists, filter: filterBody(now),
      fold: question.fold, ranks: true, inRegions: question.inRegions && (spaces.length ? spaces : [{ id: defaultSpace(gallery).id }])
        .some(one => spaceOf(gallery, one.id).hasRegions), photo: question.photo };
  }
  function drawAnswers(answers, columns) {
    const [first] = answers;
    const warnings = [...new Set(answers.flatMap(answer => answer.warnings ?? []))];
    const found = plural(first.results.length, 'work');
    count.textContent = `${found} of ${first.worksSearched.toLocaleString('en')}, nearest first. Found in `
      + `${Math.max(1, Math.round(first.searchMs + first.extractMs))} ms.`
      + (question.otherArtists || [...filterOf(now)].length ? ' Ranks are those among all works.' : '');
    const ranks = answers.map(answer => new Map(answer.results.map(result => [result.work.key, result.rank])));
    const shared = answers.length > 1 ? [...ranks[0].keys()].filter(key => ranks[1].has(key)) : [];
    announce(answers.length > 1 ? `${found} in each column, ${shared.length} in both.` : `${found} found.`);
    const one = question.parts.length === 1;
    const draw = (answer, column) => grid(answer.results.map((result, at) => resultCard(result, {
      signal, vote, eager: at < 8, asker: one ? 'The question' : 'The first picture asked', knownReverse: one && !question.photo,
      compareWith: one ? question.parts[0].key : undefined,
      shared: shared.includes(result.work.key) ? `In both: rank ${ranks[1 - column].get(result.work.key)} there` : null,
    })), answers.length > 1 ? { class: 'grid few' } : {});
    const titles = columns.map(spaces => spaces.length ? spaces.map(one => spaceTitle(gallery, one.id)).join(' with ')
      : defaultSpace(gallery).title);
    rebuild(results, warnings.map(text => el('p.note', text)), answers.length > 1 ? [el('p.note', shared.length
        ? `${plural(shared.length, 'work is', 'works are')} in both columns, framed and marked.`
        : 'No work is in both columns.'), el('div.beside', answers.map((answer, column) =>
        el('section', { 'aria-label': titles[column] }, el('h2', titles[column]), draw(answer, column))))]
        : first.results.length ? draw(first, 0) : el('div.empty', el('p', 'No work answers this question.'),
          el('p', 'Take a filter off, or let the same artist in again.')),
      question.relevance === null && question.k < 200 && first.results.length >= Math.min(question.k, first.worksSearched)
        && el('p.row.more-row', button('Show more', () => change({ k: COUNTS.find(k => k > question.k) ?? 200 }),
          { dataset: { focus: 'more' } })));
  }
  async function drawResults() {
    const asked = question;
    abort.abort();
    abort = new AbortController();
    const both = AbortSignal.any([signal, abort.signal]);
    results.setAttribute('aria-busy', 'true');
    if (!results.children.length) count.textContent = 'Looking…';
    try {
      const columns = [asked.spaces, ...asked.beside ? [[{ id: asked.beside, weight: 1 }]] : []];
      await new Promise((done, failed) => {
        searchAndFold(columns.map(bodyOf), both, answers => {
          if (asked === question) drawAnswers(answers, columns);
          done();
        }).catch(failed);
      });
    } catch (error) {
      if (error.name === 'AbortError') return;
      count.textContent = '';
      const at = Number(/parts\[(\d+)\]/.exec(error.field)?.[1] ?? -1);
      replace(results, problemBox(error, again), at >= 0 && question.parts.length > 1
        && el('p', linkButton('Go on without it', questionHref({ ...question, parts: question.parts.filter((_, index) => index !== at) },
          now))));
    }
    results.removeAttribute('aria-busy');
  }

  // ---- The page ----
  const offer = first => [givePanel({ gallery, signal, title: first ? 'Your own picture' : 'A picture of yours',
    taken: upload => join({ upload: upload.id }) }),
  el('section.giving', { 'aria-label': 'A work of the collection' }, el('h2', 'A work of the collection'),
    workPicker('Find a work', work => join({ key: work.key }), { signal,
      hint: 'Or open any work of the collection, and choose “Find look-alikes” there.' }))];
  const begin = el('div', heading('Look-alikes'),
    el('p.lead', 'Give a picture, or choose a work. SimArt shows the works that look most like it.'), el('div.offers', offer(true)));
  add(adding, el('summary.button', 'Add to the question'), el('div.offers', offer(false)));
  const asking = el('div', head, el('div.asking', chips, own, adding),
    el('div.with-side.asked', el('aside.side', { 'aria-label': 'Settings and filters' },
      el('details.facets.settings-panel', { open: matchMedia('(min-width: 64rem)').matches },
        el('summary', el('span', 'Settings')), settings), facets.node),
    el('section', { 'aria-label': 'Results' }, chosen, count, results), below));
  async function update(next, { restore: back } = {}) {
    now = next;
    question = readQuestion(now);
    adding.open = false;
    const [none, shown] = [!question.parts.length, main.firstChild];
    if (shown !== (none ? begin : asking)) {
      replace(main, none ? begin : asking);
      if (shown) main.querySelector('h1')?.focus({ preventScroll: true });
    }
    if (none) { title('Look-alikes'); return; }
    const uploaded = question.parts.find(part => part.upload && !part.region)?.upload ?? '';
    if (below.dataset.upload !== uploaded) {
      below.dataset.upload = uploaded;
      replace(below, uploaded && guessPanel({ upload: uploaded }, signal));
      replace(own, uploaded && [linkButton('Which work is this?', href('/identify', { upload: uploaded }), 'identify'),
        button('Forget this picture now', () => api.forgetUpload(uploaded).catch(() => {}).then(() => {
          toast('The picture is forgotten.');
          go('/search');
        }), { name: 'trash' })]);
    }
    drawSettings();
    replace(chosen, filterChips(now, '/search', 'Filters chosen; the ranking stays the same'));
    facets.update(filterOf(now));
    const ready = drawResults();
    if (await drawQuestion() === false) count.textContent = '';
    if (back) await ready;
  }
  name('Look-alikes');
  await update(params, { restore });
  return update;
}
function focused(id, node) {
  node.querySelector('select').dataset.focus = id;
  return node;
}
