// What is told of what is chosen: a feature, a unit, or what couples one feature to another.

/** How many lines are shown before somebody asks for the rest. */
const MOST_LINES = 6;

/** One coupling, with its line. */
const couplingItem = (coupling) => el('li', { class: STANDINGS[coupling.standing] },
  el('span', { class: 'ends' }, el('b', { text: units[coupling.from].name }), ` ${data.kinds[coupling.kind].verb} `, el('b', { text: units[coupling.to].name })),
  coupling.standing === FREE ? null : badge(STANDINGS[coupling.standing], STANDINGS[coupling.standing]),
  el('code', { class: 'place', text: place(coupling.at) }),
  coupling.condition ? el('span', { class: 'condition' }, rich(coupling.condition)) : null);

const strictestFirst = (list) => [...list].sort((a, b) => a.standing - b.standing || a.kind - b.kind || a.id - b.id);

/** All that couples two groups, by lines. */
function linesBetween(edge, most = MOST_LINES) {
  const standing = standingOf(edge, () => true);
  return el('details', { class: `edge ${STANDINGS[standing]}` },
    el('summary', {}, el('span', { text: kindWords(edge) }), standing < FREE ? badge(STANDINGS[standing], STANDINGS[standing]) : null),
    long(strictestFirst(edge.couplings), most, couplingItem, 'ul', { class: 'lines' }));
}

/** Groups that one is coupled to, or that are coupled to it. */
function coupledTo(map, word, key, empty) {
  const list = [...map.values()].sort((a, b) => standingOf(a, () => true) - standingOf(b, () => true)
    || Number(b[key].isFeature) - Number(a[key].isFeature) || b.couplings.length - a.couplings.length);
  if (!list.length) return [el('p', { class: 'none', text: empty })];
  return long(list, 40, (edge) => el('li', {}, el('span', { class: 'to' }, word, groupButton(edge[key])), linesBetween(edge)), 'ul', { class: 'coupled' });
}

/** The steps by which one feature reaches another. */
function wayList(from, to) {
  const steps = way(from, to);
  return steps ? el('ol', { class: 'lines' }, steps.map(couplingItem)) : null;
}

function panelOfGroup(group, to) {
  const [sign, words] = stand(group);
  const open = group.findings.filter(isOpen);
  const parts = [el('h3', {}, group.name),
    el('p', { class: 'facts' }, group.isFeature ? badge(`${sign} ${words}`, group.ships.standing) : badge(group.role.replace('-', ' '), 'plain'),
      group.owner ? el('span', { text: group.owner }) : null, el('span', { text: counted(group.units.length, 'unit', 'units') }))];
  if (group.about) parts.push(el('p', { class: 'about' }, rich(group.about)));
  if (group.ships) parts.push(el('ul', { class: 'why' }, group.ships.why.map((one) => el('li', {}, rich(one)))));
  parts.push(el('p', { class: 'actions' },
    toggle('Only what is around it', view.mode === 'around', (isOn) => { view.mode = isOn ? 'around' : 'all'; if (!isOn) view.isOpened = false; renew(); }, { id: 'only-around' }),
    toggle('Its units', view.isOpened, (isOn) => { view.isOpened = isOn; if (isOn) view.mode = 'around'; renew(); }, { id: 'open-units' }),
    group.isFeature && document.getElementById('features') ? button('All about it', () => openSection(group), { class: 'quiet' }) : null,
    button('Let go', () => choose(null), { class: 'quiet', id: 'let-go', title: 'Escape does the same' })));
  if (to) {
    parts.push(el('h4', {}, `${group.name} → ${to.name}`));
    const edge = group.out.get(to.id);
    const direct = edge ? [long(strictestFirst(edge.couplings), 12, couplingItem, 'ul', { class: 'lines' })] : [];
    if (!edge && reaches[group.id] && reaches[group.id].has(to.id)) direct.push(el('p', { text: 'It reaches it through others:' }), wayList(group, to));
    if (!direct.length) direct.push(el('p', { text: 'Nothing couples it: independent.' }));
    parts.push(...direct.flat());
  }
  if (open.length) {
    parts.push(el('h4', { text: counted(open.length, 'finding', 'findings') }),
      long(open, 4, (finding) => el('li', {}, badge(finding.level, finding.level), el('span', {}, rich(finding.message))), 'ul', { class: 'told' }));
  }
  parts.push(el('h4', { text: `Needs ${group.out.size}` }), coupledTo(group.out, '→ ', 'to', 'Nothing here.'));
  parts.push(el('h4', { text: `Needed by ${group.in.size}` }), coupledTo(group.in, '← ', 'from', 'Nobody here.'));
  return parts.flat();
}

function panelOfUnit(unit) {
  return [el('h3', {}, unit.name), el('p', { class: 'facts' }, badge(unit.kind, 'plain'), unit.isApi ? badge('API package', 'plain') : null,
    'of ', groupButton(groups[unit.group])), el('p', {}, 'Declared at ', el('code', { text: place(unit.at) })),
  el('h4', { text: `Needs ${unit.out.length}` }), long(strictestFirst(unit.out), 10, couplingItem, 'ul', { class: 'lines' }),
  el('h4', { text: `Needed by ${unit.in.length}` }), long(strictestFirst(unit.in), 10, couplingItem, 'ul', { class: 'lines' }),
  el('p', { class: 'actions' }, button('Let go', () => choose(null), { class: 'quiet', id: 'let-go' }))].flat();
}

/** Tells of what is chosen, beside the graph. */
function tellChosen(to = view.edge && view.edge.from === view.chosen ? view.edge.to : null) {
  const panel = document.getElementById('panel');
  const parts = view.unit ? panelOfUnit(view.unit) : view.chosen ? panelOfGroup(view.chosen, to) : [];
  if (!view.unit && view.edge && view.edge.to === view.chosen) {
    parts.splice(view.chosen.about ? 4 : 3, 0, el('h4', { text: `${view.edge.from.name} → ${view.edge.to.name}` }),
      ...long(strictestFirst(view.edge.couplings), 12, couplingItem, 'ul', { class: 'lines' }));
  }
  panel.replaceChildren(...parts);
  panel.scrollTop = 0;
}
