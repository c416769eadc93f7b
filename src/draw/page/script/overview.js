// What to know first: the verdict, the score, and the few sentences that the rest explains.

const percent = (part, whole) => `${whole ? Math.floor((part * 100) / whole) : 0} %`;

/** A section of the page, with its heading. */
function section(id, title, about, ...children) {
  return el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title`, text: title }), about ? el('p', { class: 'lead', text: about }) : null, ...children);
}

function score() {
  const { independence, before } = data.verdict;
  if (!independence) return el('div', { class: 'score' }, el('p', { class: 'none', text: 'Independence needs two features.' }));
  const [independent, pairs] = independence;
  const bar = svg('svg', { class: 'bar', viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'all', width: 100, height: 4 }), svg('rect', { class: 'part', width: (100 * independent) / pairs, height: 4 }));
  const trend = before && (before[0] !== independent || before[1] !== pairs) ? el('p', { class: 'trend', text: `before: ${percent(...before)} (${before[0]} of ${before[1]})` }) : null;
  return el('div', { class: 'score' }, el('p', { class: 'figure' }, el('b', { id: 'score', text: percent(independent, pairs) }), el('span', { text: 'independence' })), bar,
    el('p', { text: `Of ${pairs.toLocaleString('en')} ordered pairs of features, ${independent.toLocaleString('en')} are independent: the one does not need the other to be built, started, fed or released.` }), trend);
}

/** Names as buttons, in a sentence. */
const named = (list, most = 6) => [
  ...list.slice(0, most).flatMap((group, at) => [at ? ', ' : '', groupButton(group)]),
  list.length > most ? ` and ${list.length - most} more` : '',
];

/** The story in a few sentences, most important first. */
function story() {
  const told = [];
  const tell = (...parts) => told.push(el('li', {}, parts.flat()));
  const standing = (word) => features.filter((group) => group.ships.standing === word);
  const [alone, together, nothing] = ['alone', 'together', 'nothing'].map(standing);
  if (alone.length) tell(el('b', { text: `${alone.length} of ${features.length} can be deployed alone: ` }), named(alone), '.');
  if (together.length) tell(el('b', { text: `${alone.length ? counted(together.length, 'feature', 'features') : `None of ${counted(together.length, 'feature that ships', 'features that ship')} something`} can${alone.length ? '’t yet' : ' be deployed alone yet'}: ` }), named(together), '.');
  if (nothing.length) tell(`${counted(nothing.length, 'feature ships', 'features ship')} nothing of their own: `, named(nothing), '.');
  const needed = features.filter((one) => reachedBy[one.id].size).sort((a, b) => reachedBy[b.id].size - reachedBy[a.id].size);
  if (needed.length && reachedBy[needed[0].id].size > 1) tell(el('b', {}, 'Most needed: '), groupButton(needed[0]), ` – a change of it reaches ${reachedBy[needed[0].id].size} of ${features.length - 1} others.`);
  const rings = matrix.blocks.filter((block) => block.length > 1);
  if (rings.length) tell(el('b', { text: `${counted(rings.length, 'circle', 'circles')}: ` }), named(rings[0].map((id) => groups[id])), rings.length > 1 ? ' – the first of them – need each other all round.' : ' need each other all round.');
  const worst = findings.filter((one) => one.level === 'deny').sort((a, b) => b.pairs - a.pairs)[0];
  if (worst) tell(el('b', { text: 'Couples most: ' }), rich(worst.message), worst.pairs > 1 ? ` – ${counted(worst.pairs, 'pair', 'pairs')} of features. ` : '. ', button('Show it', () => showFinding(worst), { class: 'link' }));
  return el('ul', { class: 'story' }, told);
}

function showFinding(finding) {
  if (!document.getElementById(`finding-${finding.id}`)) {
    Object.assign(sought, { rule: finding.rule, words: '' });
    sought.levels.add(finding.level);
    listFindings();
  }
  const details = document.getElementById(`finding-${finding.id}`);
  if (!details) return;
  details.open = true;
  details.scrollIntoView({ block: 'center' });
  details.querySelector('summary').focus({ preventScroll: true });
}

function overview() {
  const tiles = data.numbers.map(({ value, name, note }) => el('div', { class: 'tile' }, el('dt', { text: name }), el('dd', {}, el('b', { text: value.toLocaleString('en') }), el('small', { text: note }))));
  document.getElementById('overview').append(el('div', { class: 'split' }, score(), story()), el('dl', { class: 'tiles' }, tiles));
}
