// Which work is this, or none of them: a photograph of a canvas is looked up.

import { announce, el, heading, linkButton, replace } from '../dom.js';
import * as api from '../api.js';
import { altOf, bylineOf, href, lookAlikes, questionHref, titleOf, workHref } from '../state.js';
import { card, grid, tableButton } from '../parts/grid.js';
import { givePanel } from '../parts/upload.js';
import { attempt } from '../parts/messages.js';

const perCent = share => typeof share !== 'number' ? 'unknown' : share > .99 ? 'more than 99 %' : share < .01 ? 'less than 1 %'
  : `${Math.round(share * 100)} %`;

export async function show({ main, params, gallery, signal, go, title, placed }) {
  const id = params.get('upload');
  title('Which work is this?');
  const give = givePanel({ gallery, signal, title: id ? 'Another picture' : 'Photograph a painting',
    taken: upload => go(href('/identify', { upload: upload.id })) });
  if (!id) {
    replace(main, heading('Which work is this?'), el('p.lead',
      'Give a photograph of a painting, or of a part of one. SimArt says which work it shows, or that it is none of them.'),
    el('div.offers', give));
    return;
  }
  const upload = await api.upload(id, signal);
  const photo = el('div.photo', el('img', { src: upload.image, alt: 'Your picture', width: upload.width, height: upload.height }));
  const verdict = el('div', { role: 'status' }, el('p.verdict', 'Looking…')), others = el('div');
  replace(main, heading('Which work is this?'), el('div.identify', el('div', photo), verdict), others);
  placed();
  const look = async () => {
    const answer = await api.identify({ upload: id }, signal);
    const { match, candidates } = answer;
    const rest = candidates.filter(one => one.work.key !== match?.work.key);
    if (match) tell(match, answer);
    else {
      replace(verdict, el('p.verdict', 'None of the works of this collection.'),
        el('p', 'No work shows the same picture. The nearest ones are below; they are only alike.'),
        el('p.row', linkButton('What looks like it', lookAlikes({ upload: id }), 'search', { class: 'button main' }),
          linkButton('The same, as a photograph', questionHref({ parts: [{ upload: id }], photo: true }), 'camera')));
      announce('None of the works of this collection.');
    }
    replace(others, rest.length > 0 && el('section.section', { 'aria-label': 'Other candidates' },
      el('h2', match ? 'Other candidates' : 'Nearest works'),
      grid(rest.sort((one, other) => one.distance - other.distance).slice(0, 12).map(one => card(one.work, { signal,
        more: el('p.facts', typeof one.probability === 'number' && el('span', `Probability ${perCent(one.probability)}`),
        el('span', [one.points && `${one.points} points in common`, `distance ${one.distance.toFixed(3)}`].filter(Boolean).join(', ')),
          one.problem && el('span', one.problem)) })), { class: 'grid few' })));
  };
  function tell({ work, probability, points, outline, shown, mirrored }, { seconds }) {
    replace(verdict, el('p.verdict', el('a', { href: workHref(work.key) }, titleOf(work)), bylineOf(work) && `, ${bylineOf(work)}`),
      el('div.match', el('p', `Probability ${perCent(probability)}: ${points} points of the photograph lie where they lie in the work.`,
        mirrored ? ' The photograph is mirrored.' : '', partly(shown) ? ' It shows a part of the work.' : '',
        seconds ? ` Found in ${seconds.toFixed(2)} s.` : ''),
      el('a', { href: workHref(work.key) }, el('img', { src: work.image, alt: altOf(work), width: work.width || 640,
        height: work.height || 640 })),
      el('p.row', linkButton('About this work', workHref(work.key), null, { class: 'button main' }),
        linkButton('Its look-alikes', lookAlikes({ key: work.key }), 'search'), tableButton(work, signal, true))));
    announce(`This is ${titleOf(work)}, with a probability of ${perCent(probability)}.`);
    if (!outline) return;
    const points_ = outline.map(([x, y]) => `${x * 100},${y * 100}`).join(' ');
    photo.append(el('svg', { viewBox: '0 0 100 100', preserveAspectRatio: 'none', role: 'img',
      'aria-label': 'The outline of the work in your picture' },
      el('polygon.outline-under', { points: points_ }), el('polygon.outline', { points: points_ })));
  }
  attempt(verdict, look).then(() => main.append(el('div.offers', give)));
}
const partly = region => region && region[2] * region[3] < .9;
