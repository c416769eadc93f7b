// One section for each feature; what stands in it is made when somebody opens it.

const sorting = {
  name: ['name', (a, b) => a.id - b.id],
  needed: ['most needed first', (a, b) => reachedBy[b.id].size - reachedBy[a.id].size || a.id - b.id],
  needs: ['most needing first', (a, b) => reaches[b.id].size - reaches[a.id].size || a.id - b.id],
  findings: ['most findings first', (a, b) => b.findings.filter(isOpen).length - a.findings.filter(isOpen).length || a.id - b.id],
};
const listed = { sort: 'name', words: '', standing: 'any' };

function unitItem(unit) {
  return el('li', {}, badge(unit.kind, 'plain'), el('b', { text: unit.name }), unit.isApi ? badge('API package', 'plain') : null,
    el('code', { class: 'place', text: place(unit.at) }));
}

/** What a deployable links, by whom it belongs to; what runs in it. */
function deployableItem({ unit, links = [], runs = [] }) {
  const own = units[unit];
  const byGroup = new Map();
  for (const id of links) byGroup.set(units[id].group, [...(byGroup.get(units[id].group) || []), units[id]]);
  const sorted = [...byGroup].sort((a, b) => Number(b[0] === own.group) - Number(a[0] === own.group) || a[0] - b[0]);
  return el('li', {}, badge(own.kind, 'plain'), el('b', { text: own.name }), el('code', { class: 'place', text: place(own.at) }),
    runs.length ? el('p', {}, 'Runs ', runs.map((id, at) => [at ? ', ' : '', el('b', { text: units[id].name }), ` (${units[id].kind})`])) : null,
    links.length ? el('details', {}, el('summary', { text: `Links ${counted(links.length, 'package', 'packages')}: ${sorted.map(([id, list]) => `${list.length} of ${groups[id].name}`).join(', ')}` }),
      el('dl', {}, sorted.map(([id, list]) => [el('dt', {}, groupButton(groups[id])), el('dd', { text: list.map((one) => one.name).join(', ') })]))) : null);
}

/** Features that it reaches, but not by a coupling of its own. */
function hiddenWays(group) {
  const isDirect = (id) => group.out.has(id) && [...group.out.get(id).kinds.keys()].some((kind) => data.kinds[kind].reaches);
  const hidden = [...reaches[group.id]].filter((id) => !isDirect(id));
  if (!hidden.length) return [];
  return [el('h4', { text: 'Reaches through others' }), ...long(hidden, 20, (id) => {
    const details = el('details', { class: 'edge' }, el('summary', { text: groups[id].name }));
    details.addEventListener('toggle', () => { if (details.children.length < 2) details.append(wayList(group, groups[id]) || ''); });
    return el('li', {}, details);
  }, 'ul', { class: 'coupled' })];
}

function sectionBody(group) {
  const facts = [];
  const fact = (name, ...value) => facts.push(el('dt', { text: name }), el('dd', {}, ...value));
  if (group.about) fact('What it is for', rich(group.about));
  fact('Owner', group.owner || 'nobody is named');
  fact('Responsibilities', group.responsibilities && group.responsibilities.length
    ? group.responsibilities.map((id) => el('span', { class: 'responsibility', title: data.responsibilities[id].about || '' }, data.responsibilities[id].name, data.responsibilities[id].about ? el('small', { text: ` ${data.responsibilities[id].about}` }) : null))
    : 'none: it shares nothing with another feature on purpose');
  fact('Declared at', el('code', { text: place(group.declared) }));
  const [sign, words] = stand(group);
  const deployables = group.ships.deployables;
  const open = group.findings.filter(isOpen);
  return [
    el('dl', { class: 'facts' }, facts),
    el('h4', {}, 'Can it be deployed alone? ', badge(`${sign} ${words}`, group.ships.standing)),
    el('ul', { class: 'why' }, group.ships.why.map((one) => el('li', {}, rich(one)))),
    open.length ? [el('h4', { text: counted(open.length, 'finding', 'findings') }), long(open, 10, (finding) => el('li', {}, badge(finding.level, finding.level), el('span', {}, rich(finding.message)), finding.places.length ? el('code', { class: 'place', text: place(finding.places[0].at) }) : null), 'ul', { class: 'told' })] : null,
    el('h4', { text: 'Coupled to' }), coupledTo(group.out, '→ ', 'to', 'Nothing: it needs nobody.'),
    el('h4', { text: 'Others are coupled to it' }), coupledTo(group.in, '← ', 'from', 'Nobody is.'),
    hiddenWays(group),
    el('h4', { text: 'What it ships' }),
    deployables.length ? long(deployables, 10, deployableItem, 'ul', { class: 'units' }) : el('p', { class: 'none', text: 'Nothing of its own.' }),
    el('h4', { text: counted(group.units.length, 'unit', 'units') }),
    long(group.units, 12, unitItem, 'ul', { class: 'units' }),
    el('p', { class: 'actions' }, button('Show in the graph', () => choose(group)), button('Show its units in the graph', () => { choose(group); view.mode = 'around'; view.isOpened = true; renew(); }, { class: 'quiet' })),
  ].flat(2).filter(Boolean);
}

function sectionOf(group) {
  const [sign, words] = stand(group);
  const open = group.findings.filter(isOpen);
  const denied = open.filter((finding) => finding.level === 'deny').length;
  const details = el('details', { class: 'feature', id: `feature-${group.id}` },
    el('summary', {}, el('h3', {}, group.name), badge(`${sign} ${words}`, group.ships.standing),
      denied ? badge(counted(denied, 'finding', 'findings'), 'deny') : null,
      el('span', { class: 'who', text: [group.owner, `needs ${reaches[group.id].size}`, `needed by ${reachedBy[group.id].size}`, counted(group.units.length, 'unit', 'units')].filter(Boolean).join(' · ') })));
  details.addEventListener('toggle', () => makeBody(details, group));
  return details;
}

function makeBody(details, group) {
  if (details.open && details.children.length < 2) details.append(el('div', { class: 'body' }, sectionBody(group)));
}

function listFeatures() {
  const words = listed.words.toLocaleLowerCase('en');
  const text = (group) => `${group.name} ${group.owner || ''} ${group.about || ''}`.toLocaleLowerCase('en');
  const chosen = features.filter((group) => (listed.standing === 'any' || group.ships.standing === listed.standing) && (!words || text(group).includes(words)));
  chosen.sort(sorting[listed.sort][1]);
  document.getElementById('feature-list').replaceChildren(...(chosen.length ? chosen.map(sectionOf) : [el('p', { class: 'none', text: 'No feature is like this.' })]));
  document.getElementById('feature-count').textContent = chosen.length === features.length ? counted(features.length, 'feature', 'features') : `${chosen.length} of ${counted(features.length, 'feature', 'features')}`;
}

/** Opens the section of a feature, and goes there. */
function openSection(group) {
  if (!document.getElementById(`feature-${group.id}`)) {
    Object.assign(listed, { words: '', standing: 'any' });
    document.getElementById('feature-words').value = '';
    document.getElementById('feature-standing').querySelector('select').value = 'any';
    listFeatures();
  }
  const details = document.getElementById(`feature-${group.id}`);
  details.open = true;
  makeBody(details, group);
  details.scrollIntoView({ block: 'start' });
  details.querySelector('summary').focus({ preventScroll: true });
}

function featureSection() {
  const filter = el('input', { type: 'search', id: 'feature-words', placeholder: 'name, owner, purpose', 'aria-label': 'Features with these words' });
  filter.addEventListener('input', () => { listed.words = filter.value; listFeatures(); });
  const standings = [['any', 'all'], ...Object.entries(STANDS).map(([key, [, words]]) => [key, words])];
  const standing = choice('That', standings, 'any', (value) => { listed.standing = value; listFeatures(); });
  standing.id = 'feature-standing';
  return section('features', 'Features', 'Who answers for what, what couples it to others, and whether it can be deployed alone.',
    el('div', { class: 'tools' }, filter, standing, choice('By', Object.entries(sorting).map(([key, [text]]) => [key, text]), 'name', (value) => { listed.sort = value; listFeatures(); }), el('span', { class: 'count', id: 'feature-count' })),
    el('div', { id: 'feature-list' }));
}
