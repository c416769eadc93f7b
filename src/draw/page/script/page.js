// The page as a whole: its parts, its tools, the search, and what keys do.

/** Chooses a group everywhere; nobody, if null. `isStill`: without going to the graph. */
function choose(group, { unit = null, edge = null, to = undefined, isStill = false } = {}) {
  const isAnother = group !== view.chosen;
  const hadFocus = document.activeElement && document.getElementById('panel').contains(document.activeElement);
  Object.assign(view, { chosen: group, unit, edge });
  if (!group) Object.assign(view, { mode: 'all', isOpened: false });
  if (unit) Object.assign(view, { mode: 'around', isOpened: true });
  renew(isAnother, to);
  if (group && !isStill) document.getElementById('graph').scrollIntoView({ block: 'start' });
  if (hadFocus || (group && !isStill)) {
    const node = group && stage.nodes.get(`g${group.id}`);
    if (node && !hadFocus) { rove(node); node.element.focus({ preventScroll: true }); } else stage.svg.focus({ preventScroll: true });
  }
  if (group) say(`${group.name}: needs ${group.out.size}, needed by ${group.in.size}`);
  else say('Nothing chosen');
}

/** Draws anew what depends on switches and on what is chosen. */
function renew(isNew = true, to = undefined) {
  const before = `${view.mode} ${view.isOpened} ${view.depth} ${view.mode === 'around' ? view.chosen && view.chosen.id : ''}`;
  const isElsewhere = before !== stage.before;
  stage.before = before;
  stage.hovered = null;
  document.getElementById('panel').hidden = !view.chosen;
  shape();
  draw(isElsewhere || (isNew && view.mode === 'around'));
  // A switch and a box may have been hidden; what stays is found again.
  const chosen = view.chosen && stage.nodes.get(view.unit ? `u${view.unit.id}` : `g${view.chosen.id}`);
  if (chosen && (view.mode === 'all' || view.unit)) keepInSight(chosen);
  bands();
  tellChosen(to);
  document.getElementById('depth').hidden = view.mode !== 'around';
}

function kindSwitches() {
  const counts = data.kinds.map((_, kind) => edges.reduce((sum, edge) => sum + (edge.kinds.has(kind) ? edge.kinds.get(kind).count : 0), 0));
  return data.kinds.map((kind, at) => (counts[at] ? toggle(kind.word, isKindOn(at), (isOn) => {
    if (isOn) view.kinds.add(at);
    else view.kinds.delete(at);
    renew(false);
    drawMatrix();
  }, { 'data-kind': kind.word, title: `The one ${kind.verb} the other: ${counted(counts[at], 'coupling', 'couplings')}` },
  svg('svg', { class: 'sample', viewBox: '0 0 26 8', 'aria-hidden': 'true' }, svg('path', { class: `line free ${kind.word}`, d: 'M1 4H25' }))) : null));
}

function roleSwitches() {
  const roles = [...new Set(groups.filter((group) => !group.isFeature && !group.is_culprit && group.units.length).map((group) => group.role))];
  const words = { shared: 'shared units', assembly: 'assemblies', 'test-support': 'test support', responsibility: 'responsibilities', unassigned: 'unassigned' };
  return roles.map((role) => toggle(words[role], view.roles.has(role), (isOn) => {
    if (isOn) view.roles.add(role);
    else view.roles.delete(role);
    renew(false);
  }, { 'data-role': role }));
}

function legend() {
  const looks = STANDINGS.map((standing, at) => (edges.some((edge) => standingOf(edge, () => true) === at) ? el('li', {},
    svg('svg', { class: 'sample wide', viewBox: '0 0 34 10', 'aria-hidden': 'true' }, svg('path', { class: `line ${standing} code`, d: 'M1 5H26' }), svg('path', { class: `head ${standing} code`, d: 'M33 5L25 1.5V8.5Z' })), STANDING_WORDS[at]) : null));
  return el('ul', { class: 'legend', 'aria-label': 'Lines' }, looks, Object.entries(STANDS).map(([key, [sign, words]]) => (features.some((one) => one.ships.standing === key)
    ? el('li', {}, el('span', { class: `chip ${key}`, text: sign }), words) : null)));
}

function graphSection() {
  stage.world = svg('g');
  stage.svg = svg('svg', { id: 'stage', tabindex: '0', role: 'group', 'aria-label': 'Graph of the features: arrows move, plus and minus zoom, tabulator enters the boxes' }, stage.world);
  const depth = choice('Steps', [[1, '1'], [2, '2'], [3, '3'], [99, 'all']].map(([key, text]) => [String(key), text]), String([1, 2, 3].includes(view.depth) ? view.depth : 99), (value) => { view.depth = Number(value); renew(); });
  depth.id = 'depth';
  return section('graph', 'Graph', 'A line leads from who needs to what is needed. Choose a box to see what belongs to it, and why.',
    el('div', { class: 'tools', role: 'group', 'aria-label': 'What is shown' }, kindSwitches(), el('span', { class: 'gap' }), roleSwitches(),
      toggle('only findings', view.onlyFindings, (isOn) => { view.onlyFindings = isOn; renew(false); }, { id: 'only-findings' }), depth, el('span', { class: 'count', id: 'shown' }),
      el('span', { class: 'zoom', role: 'group', 'aria-label': 'Zoom' },
        button('−', () => zoom(1 / 1.3), { 'aria-label': 'Smaller', id: 'smaller' }), button('+', () => zoom(1.3), { 'aria-label': 'Larger', id: 'larger', title: 'Ctrl and wheel do the same' }), button('⤢', fit, { 'aria-label': 'See everything', id: 'fit' }))),
    el('div', { class: 'graph' },
      el('div', { class: 'canvas' }, stage.svg),
      el('aside', { id: 'panel', 'aria-label': 'What is chosen', tabindex: '0', hidden: true })),
    legend());
}

function matrixSection() {
  return section('matrix', 'Matrix', 'A row needs a column. What is blank is independent: the share of blanks is the score. Features that need each other all round stand in a frame.',
    el('p', { id: 'cell-words', class: 'cell-words', text: 'Point at a cell, or move with the arrow keys.' }), el('div', { id: 'cells', class: 'cells' }), cellLegend());
}

function cellLegend() {
  const looks = STANDINGS.map((standing, at) => [standing, STANDING_WORDS[at], edges.some((edge) => edge.to.isFeature && edge.from.isFeature && standingOf(edge, () => true) === at)]);
  looks.push(['reach', 'reached through others', true], ['free weak', 'calls or tests alone', true]);
  return el('ul', { class: 'legend cells-legend', 'aria-label': 'Cells' }, looks.filter(([, , isThere]) => isThere).map(([look, words]) => el('li', {},
    svg('svg', { class: 'sample', viewBox: '0 0 12 12', 'aria-hidden': 'true' }, svg('path', { class: `cell ${look}`, d: 'M1 1h10v10h-10z' })), words)));
}

/** Moving in the graph: drag, wheel with a control key, keys. */
function moving() {
  let start = null;
  const node = (event) => { const at = event.target.closest('.node'); return at ? stage.nodes.get(at.dataset.key) : null; };
  stage.svg.addEventListener('pointerdown', (event) => { if (event.button === 0) start = { x: event.clientX, y: event.clientY, at: { ...stage.at }, isMoved: false }; });
  stage.svg.addEventListener('pointermove', (event) => {
    if (start && (event.buttons & 1)) {
      const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
      if (!start.isMoved && Math.hypot(dx, dy) < 4) return;
      if (!start.isMoved) stage.svg.setPointerCapture(event.pointerId);
      start.isMoved = true;
      move(start.at.x + dx, start.at.y + dy, start.at.k);
      return;
    }
    const at = node(event);
    const over = at ? at.group : null;
    if (over !== stage.hovered) { stage.hovered = over; highlight(); }
  });
  stage.svg.addEventListener('pointerleave', () => { stage.hovered = null; highlight(); });
  stage.svg.addEventListener('click', (event) => {
    const wasMoved = start && start.isMoved;
    start = null;
    const at = node(event);
    if (!wasMoved && at) choose(at.group, { unit: at.unit || null, isStill: true });
  });
  stage.svg.addEventListener('dblclick', (event) => { const at = node(event); if (at && !at.unit) { Object.assign(view, { chosen: at.group, mode: 'around', isOpened: true }); renew(); } });
  stage.svg.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = stage.svg.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 240), event.clientX - frame.left, event.clientY - frame.top);
  }, { passive: false });
  stage.svg.addEventListener('keydown', stageKey);
}

function stageKey(event) {
  const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const own = event.target.closest('.node');
  const node = own && stage.nodes.get(own.dataset.key);
  const step = steps[event.key];
  if (step && node) {
    const next = neighbour(node, step);
    if (next) { rove(next); next.element.focus({ preventScroll: true }); keepInSight(next); }
  } else if (step) move(stage.at.x - 60 * step[0], stage.at.y - 60 * step[1], stage.at.k);
  else if (event.key === '+' || event.key === '=') zoom(1.3);
  else if (event.key === '-') zoom(1 / 1.3);
  else if (event.key === '0') fit();
  else if (node && (event.key === 'Enter' || event.key === ' ')) {
    const { key } = node;
    choose(node.group, { unit: node.unit || null, isStill: true });
    const again = stage.nodes.get(key);
    if (again) { rove(again); again.element.focus({ preventScroll: true }); }
  } else return;
  event.preventDefault();
}

function keepInSight(node) {
  const { x, y, k } = stage.at;
  const [left, top] = [x + node.x * k, y + node.y * k];
  const isSeen = left >= 0 && top >= 0 && left + node.w * k <= room() && top + node.h * k <= stage.svg.clientHeight;
  if (!isSeen) move(room() / 2 - (node.x + node.w / 2) * k, stage.svg.clientHeight / 2 - (node.y + node.h / 2) * k, k);
}

/** A stage as high as its picture needs, so that a flat one leaves no gap. */
function shape() {
  const [width, height] = data.picture.size;
  if (!width) return;
  const scale = Math.min(1.25, (stage.svg.clientWidth - 48) / width);
  const frame = document.querySelector('.canvas');
  // What is told beside it needs room too.
  const least = innerWidth <= 1000 ? 300 : view.chosen ? 540 : 384;
  frame.style.setProperty('height', `${Math.min(innerHeight * 0.8, Math.max(least, height * scale + 72))}px`);
}

function theme() {
  const own = document.getElementById('theme');
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches);
  const name = () => { own.textContent = isDark() ? '☀' : '☾'; own.setAttribute('aria-label', isDark() ? 'Show in light' : 'Show in dark'); };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', name);
  own.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; name(); });
  name();
}

function start() {
  document.getElementById('name').textContent = data.title || 'watertight';
  ordered();
  const isWhole = !data.start.is_graph_alone;
  if (isWhole) overview();
  const more = isWhole ? [featureSection(), findingSection(), planSection(), noteSection()] : [];
  const parts = [graphSection(), matrixSection(), ...more].filter(Boolean);
  document.getElementById('main').append(...parts, el('footer', {}, `Made by watertight ${data.version}. This page loads nothing and sends nothing.`));
  const told = ['history', 'together'].map((id) => document.getElementById(id));
  const names = [['overview', 'Overview'], ...[...told, ...parts].filter(Boolean).map((part) => [part.id, part.querySelector('h2').textContent])];
  document.getElementById('parts').append(...names.map(([id, text]) => el('a', { href: `#${id}`, text })));
  search();
  theme();
  moving();
  renew();
  drawMatrix();
  if (isWhole) {
    listFeatures();
    listFindings();
  }
  if (data.start.chosen !== null) {
    view.mode = 'around';
    choose(groups[data.start.chosen], { isStill: true });
  }
  new ResizeObserver(() => { shape(); if (!view.chosen) fit(); }).observe(document.getElementById('main'));
  document.addEventListener('keydown', (event) => {
    const isTyping = ['INPUT', 'SELECT', 'TEXTAREA'].includes(event.target.tagName);
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) { event.preventDefault(); document.getElementById('words').focus(); }
    if (event.key === 'Escape' && !isTyping && view.chosen) choose(null);
  });
  printing();
}

start();
