// Findings with their lines, the plan of what to cut, and what could not be read.

const LEVELS = { deny: 'findings', warn: 'warnings', inherited: 'inherited', baselined: 'in the baseline', excepted: 'excepted', gone: 'gone' };
const sought = { levels: new Set(['deny', 'warn']), rule: 'any', words: '', feature: null };

const placeItem = (one) => el('li', {}, el('code', { class: 'place', text: place(one.at) }),
  el('code', { class: 'text', text: one.text }), one.label ? el('span', { class: 'label' }, rich(one.label)) : null);

function findingItem(finding) {
  const details = el('details', { class: `finding ${finding.level}`, id: `finding-${finding.id}` },
    el('summary', {}, badge(finding.level, finding.level), el('span', { class: 'message' }, rich(finding.message)),
      finding.pairs > 1 ? el('span', { class: 'pairs', text: `couples ${finding.pairs} pairs` }) : null));
  details.addEventListener('toggle', () => {
    if (!details.open || details.children.length > 1) return;
    details.append(el('div', { class: 'body' },
      el('p', { class: 'facts' }, el('code', { text: finding.rule }), finding.owners.map((owner) => el('span', { text: owner })), finding.features.slice(0, 12).map((id) => groupButton(groups[id]))),
      finding.reason ? el('p', {}, 'Accepted: ', rich(finding.reason)) : null,
      finding.places.length ? el('ul', { class: 'places' }, finding.places.map(placeItem)) : null,
      finding.details.length ? [el('h4', { text: 'What belongs to it' }), long(finding.details, 8, (one) => el('li', {}, rich(one)), 'ul', { class: 'details' })] : null,
      finding.help.length ? [el('h4', { text: 'What to do' }), el('ul', { class: 'help' }, finding.help.map((one) => el('li', {}, rich(one))))] : null));
  });
  return details;
}

/** `append` takes lists of lists apart only one level deep. */
function listFindings() {
  const words = sought.words.toLocaleLowerCase('en');
  const isSought = (finding) => sought.levels.has(finding.level) && (sought.rule === 'any' || finding.rule === sought.rule)
    && (!words || `${finding.message} ${finding.owners.join(' ')} ${finding.rule}`.toLocaleLowerCase('en').includes(words));
  const found = findings.filter(isSought);
  const empty = findings.some(isOpen) ? 'No finding is like this.' : 'There are no findings: nothing couples two features that should not be coupled.';
  document.getElementById('finding-list').replaceChildren(...(found.length ? long(found, 60, (finding) => el('li', {}, findingItem(finding)), 'ul', { class: 'bare' }) : [el('p', { class: 'none', text: empty })]));
  document.getElementById('finding-count').textContent = `${found.length} of ${findings.length}`;
}

function findingSection() {
  const filter = el('input', { type: 'search', placeholder: 'words, owner', 'aria-label': 'Findings with these words' });
  filter.addEventListener('input', () => { sought.words = filter.value; listFindings(); });
  const rules = [...new Set(findings.map((finding) => finding.rule))].sort();
  const levels = Object.keys(LEVELS).filter((level) => findings.some((finding) => finding.level === level));
  const switches = levels.map((level) => toggle(`${LEVELS[level]} ${findings.filter((one) => one.level === level).length}`, sought.levels.has(level), (isOn) => {
    if (isOn) sought.levels.add(level);
    else sought.levels.delete(level);
    listFindings();
  }));
  return section('findings', 'Findings', 'What breaks a rule, the worst first: where it stands, and what to do about it.',
    findings.length ? el('div', { class: 'tools' }, switches, filter, choice('Rule', [['any', 'any'], ...rules.map((rule) => [rule, rule])], 'any', (value) => { sought.rule = value; listFindings(); }), el('span', { class: 'count', id: 'finding-count' })) : el('span', { id: 'finding-count' }),
    el('div', { id: 'finding-list' }));
}

/** What to cut first, by what it pays. */
function planSection() {
  const { steps, left } = data.plan;
  if (!steps.length) return left ? section('plan', 'Cut plan', null, el('p', {}, rich(left), '.')) : null;
  const cutItem = ([from, to, one]) => el('li', {}, el('span', { class: 'ends' }, el('b', { text: units[from].name }), ' → ', el('b', { text: units[to].name })),
    el('code', { class: 'place', text: place(one.at) }), el('code', { class: 'text', text: one.text }));
  return section('plan', 'Cut plan', 'What to cut, in this order, and what each step pays. What pays most for the places that change comes first, and circles before all else.',
    el('ol', { class: 'plan' }, steps.map(({ places, pays, couplings: gone, freed }) => el('li', {},
      el('p', { class: 'headline' }, `Change ${counted(places, 'place', 'places')}: `, el('span', { class: 'pays' }, rich(pays))),
      freed.length ? el('p', { class: 'freed' }, badge('✓ free', 'good'), freed.map((id) => groupButton(groups[id]))) : null,
      long(gone, 5, cutItem, 'ul', { class: 'places' })))),
    left ? el('p', { class: 'lead' }, rich(left), '.') : null);
}

function noteSection() {
  if (!data.notes.length) return null;
  const item = (note) => el('li', {}, badge(note.what, note.what === 'problem' ? 'deny' : 'plain'), el('code', { class: 'place', text: note.line ? `${note.path}:${note.line}` : note.path }),
    el('span', {}, rich(note.text)), note.help ? el('span', { class: 'label' }, rich(note.help)) : null);
  const problems = data.notes.filter((note) => note.what === 'problem').length;
  return section('notes', 'Not read', problems ? 'What could not be read, and what is recognised and not claimed to be read: the report says nothing about it.' : 'What is recognised and not claimed to be read: the report says nothing about it.',
    long(data.notes, 12, item, 'ul', { class: 'notes' }));
}
