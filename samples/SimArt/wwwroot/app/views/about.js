// What the spaces are, what the numbers mean, and what becomes of pictures one gives. The words are in index.html.

import { el, heading, replace } from '../dom.js';

export async function show({ main, gallery, title }) {
  title('About');
  const { limits, iiifHosts } = gallery, text = document.getElementById('about').content.cloneNode(true);
  const fill = (name, ...content) => replace(text.querySelector(`[data-fill="${name}"]`), content);
  fill('spaces', gallery.spaces.map(space => el('div', el('dt', space.title), el('dd', el('p', space.description),
    el('p.hint', `${space.works.toLocaleString('en')} works. Model `, el('code', space.modelHash),
      `. Its likeness ${space.explains ? 'can' : 'cannot'} be shown on the pictures.`,
      space.hasRegions ? ' It finds details within works.' : '')))));
  fill('uploads', `A picture is held in memory for ${limits.uploadMinutes} minutes at most, so that you can go on asking with it.`);
  fill('limits', `It may have ${Math.round(limits.uploadBytes / 1048576)} MB and ${Math.round(limits.uploadPixels / 1e6)} million pixels.`,
    iiifHosts.length ? ` Pictures by IIIF address are taken from ${iiifHosts.join(', ')}.` : '');
  replace(main, heading('About SimArt'), text);
}
