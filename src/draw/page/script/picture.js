// The graph: what is in the picture, how it is drawn, and how one moves in it.

/** What is shown. `kinds` and `roles` are switches; `mode` is `all`, or `around` what is chosen. */
const view = {
  mode: 'all',
  chosen: null,
  unit: null,
  edge: null,
  depth: data.start.depth,
  isOpened: false,
  onlyFindings: data.start.only_findings,
  kinds: new Set(data.start.kinds || data.kinds.map((_, kind) => kind).filter((kind) => kind !== TEST)),
  roles: new Set(data.start.roles),
};
const isKindOn = (kind) => view.kinds.has(kind);
const isShown = (group) => data.picture.is_shown[group.id] || group.isFeature || group === view.chosen || (!group.is_culprit && view.roles.has(group.role));
const isDrawn = (edge) => {
  const standing = standingOf(edge, isKindOn);
  return standing !== null && (!view.onlyFindings || standing < 2);
};

const ways = new Map(data.picture.ways.map(([from, to, points]) => [`${from} ${to}`, points]));
const stage = { svg: null, world: null, over: null, nodes: new Map(), at: { x: 0, y: 0, k: 1 }, scene: null, hovered: null };

/** Everybody, at the places that the layout gave them. */
function whole() {
  const nodes = groups.filter(isShown).map((group) => {
    const [x, y, w, h] = data.picture.boxes[group.id];
    return { key: `g${group.id}`, group, x, y, w, h };
  });
  const there = new Map(nodes.map((node) => [node.group.id, node]));
  const links = edges.filter((edge) => there.has(edge.from.id) && there.has(edge.to.id) && isDrawn(edge)).map((edge) => ({
    edge,
    from: there.get(edge.from.id),
    to: there.get(edge.to.id),
    points: ways.get(`${edge.from.id} ${edge.to.id}`),
    ...lookOf(edge),
  }));
  const frames = data.picture.frames.map(({ text, at: [x, y, w, h] }) => ({ text, x, y, w, h }));
  return { nodes, links, frames, size: data.picture.size };
}

/** How a line looks: by what is said of it, and by its most binding kind. */
function lookOf(edge) {
  const kind = [...edge.kinds.keys()].filter(isKindOn).sort((a, b) => a - b)[0];
  return { standing: standingOf(edge, isKindOn), kind };
}

/** Points of a way, from side to side where the layout gave none. */
function routed({ from, to, points }) {
  if (points && points.length >= 4) return points;
  const [ax, ay, bx, by] = [from.x + from.w / 2, from.y + from.h / 2, to.x + to.w / 2, to.y + to.h / 2];
  if (Math.abs(bx - ax) > Math.abs(by - ay) || from.x + from.w < to.x || to.x + to.w < from.x) {
    const [start, end] = bx >= ax ? [from.x + from.w, to.x] : [from.x, to.x + to.w];
    const bend = Math.max(24, Math.abs(end - start) / 2) * (bx >= ax ? 1 : -1);
    return { curve: [start, ay, start + bend, ay, end - bend, by, end, by] };
  }
  const [start, end] = by >= ay ? [from.y + from.h, to.y] : [from.y, to.y + to.h];
  const bend = Math.max(20, Math.abs(end - start) / 2) * (by >= ay ? 1 : -1);
  return { curve: [ax, start, ax, start + bend, bx, end - bend, bx, end] };
}

const round = (number) => Math.round(number * 10) / 10;

/** A way as path data, and the head of its arrow. */
function traced(link) {
  const way = routed(link);
  const all = way.curve || way;
  const [ex, ey] = all.slice(-2);
  let [px, py] = all.slice(-4, -2);
  if (px === ex && py === ey) [px, py] = all.slice(-6, -4);
  let line = `M${round(all[0])} ${round(all[1])}`;
  if (way.curve) {
    line += `C${way.curve.slice(2).map(round).join(' ')}`;
  } else {
    // Corners are round, as far as there is room before the next.
    for (let at = 2; at + 2 < all.length; at += 2) {
      const [[bx, by], [x, y], [ax, ay]] = [all.slice(at - 2, at), all.slice(at, at + 2), all.slice(at + 2, at + 4)];
      const [before, after] = [Math.hypot(x - bx, y - by) || 1, Math.hypot(ax - x, ay - y) || 1];
      const radius = Math.min(9, before / 2, after / 2);
      const towards = (px, py, length) => `${round(x + ((px - x) * radius) / length)} ${round(y + ((py - y) * radius) / length)}`;
      line += `L${towards(bx, by, before)}Q${round(x)} ${round(y)} ${towards(ax, ay, after)}`;
    }
    line += `L${round(ex)} ${round(ey)}`;
  }
  const angle = Math.atan2(ey - py, ex - px);
  const size = link.standing === 0 ? 11 : 8;
  const point = (turn, length) => `${round(ex - length * Math.cos(angle + turn))} ${round(ey - length * Math.sin(angle + turn))}`;
  return { line, head: `M${round(ex)} ${round(ey)}L${point(0.38, size)}L${point(-0.38, size)}Z` };
}

/** Lines that look the same are one element: thousands of elements would make moving slow. */
function linesOf(links, className) {
  const looks = new Map();
  for (const link of links) {
    const look = `${STANDINGS[link.standing]} ${data.kinds[link.kind].word}`;
    const known = looks.get(look) || { standing: link.standing, line: '', head: '' };
    const { line, head } = traced(link);
    known.line += line;
    known.head += head;
    looks.set(look, known);
  }
  // What is worst lies on top.
  const sorted = [...looks].sort((a, b) => b[1].standing - a[1].standing);
  return sorted.flatMap(([look, { line, head }]) => [
    svg('path', { class: `${className} line ${look}`, d: line }),
    svg('path', { class: `${className} head ${look}`, d: head }),
  ]);
}

/** What stands below a name. */
function below(group) {
  if (group.is_culprit) return `${group.role.replace('-', ' ')} ${group.units[0].kind}`;
  if (!group.isFeature) return counted(group.units.length, 'unit', 'units');
  const [needs, needed] = [reaches[group.id].size, reachedBy[group.id].size];
  if (!group.units.length) return 'nothing yet';
  return needs || needed ? [needs ? `needs ${needs}` : 'needs none', needed ? `needed by ${needed}` : ''].filter(Boolean).join(' · ') : group.ships.standing === 'together' ? 'shipped with others' : 'independent';
}

function nodeOf(node) {
  const { group, unit } = node;
  const own = unit || group;
  const room = Math.max(6, Math.floor((node.w - 16 - (unit ? unit.kind.length * 6 : 0)) / 7.2));
  const far = Math.max(13, Math.min(21, (node.w - 16) / (Math.min(room, [...own.name].length) * 0.6)));
  const open = unit ? [] : group.findings.filter((finding) => finding.level === 'deny');
  const [sign, words] = unit ? ['', ''] : stand(group);
  const label = unit
    ? `${unit.name}, ${unit.kind} of ${group.name}`
    : [group.name, group.isFeature ? 'feature' : '', words, `needs ${group.out.size}`, `needed by ${group.in.size}`,
      open.length ? counted(open.length, 'finding', 'findings') : ''].filter(Boolean).join(', ');
  const element = svg('g', {
    class: `node ${unit ? 'of-unit' : `of-${group.role}`}${group.is_culprit ? ' culprit' : ''}${group.ships ? ` ${group.ships.standing}` : ''}`,
    transform: `translate(${round(node.x)} ${round(node.y)})`,
    role: 'button', tabindex: '-1', 'aria-label': label, 'data-key': node.key,
  },
  svg('title', { text: label }),
  svg('rect', { width: node.w, height: node.h, rx: 7 }),
  svg('text', { class: 'name', x: 12, y: unit ? node.h / 2 + 4 : node.h / 2 - 3, text: short(own.name, room) }));
  element.style.setProperty('--far', `${round(far)}px`);
  if (unit) element.append(svg('text', { class: 'kind', x: node.w - 8, y: node.h / 2 + 4, text: unit.kind }));
  if (!unit) {
    element.append(
      svg('rect', { class: 'strip', width: 5, height: node.h, rx: 2.5 }),
      svg('text', { class: 'below', x: 12, y: node.h / 2 + 13, text: short(`${sign} ${below(group)}`.trim(), Math.floor((node.w - 10) / 5.5)) }),
    );
  }
  if (open.length) {
    element.append(svg('g', { class: 'count', transform: `translate(${node.w - 4} 2)` },
      svg('circle', { r: 10 }), svg('text', { y: 4, text: open.length > 99 ? '99+' : open.length })));
  }
  return element;
}

/** Draws what is shown. `isNew`: another picture than before, to be seen as a whole. */
function draw(isNew = false) {
  const scene = view.mode === 'around' && view.chosen ? surroundings() : whole();
  const { nodes, links } = scene;
  stage.scene = scene;
  stage.nodes = new Map(nodes.map((node) => [node.key, node]));
  stage.over = svg('g', { class: 'over' });
  nodes.forEach((node) => { node.element = nodeOf(node); });
  stage.world.replaceChildren(
    svg('g', { class: 'all' }, (scene.frames || []).map(frameOf), linesOf(links, 'plain')),
    stage.over, svg('g', { class: 'nodes' }, nodes.map((node) => node.element)));
  rove(nodes.find((node) => node.group === view.chosen && !node.unit) || nodes[0]);
  if (isNew) fit();
  else highlight();
  document.getElementById('shown').textContent = view.mode === 'around'
    ? `${counted(nodes.length, 'box', 'boxes')}, ${counted(links.length, 'line', 'lines')} around ${view.chosen.name}`
    : `${counted(nodes.length, 'box', 'boxes')}, ${counted(links.length, 'line', 'lines')}${nodes.length > 120 ? ': search for a name, and look at what is around it' : ''}`;
}

const frameOf = ({ x, y, w, h, text }) =>
  svg('g', { class: 'frame' }, svg('rect', { x, y, width: w, height: h, rx: 12 }), svg('text', { x: x + 12, y: y + 20, text: short(text, Math.floor((w - 16) / 7)) }));

/** Shows what belongs to what is chosen or pointed at, and lets the rest step back. */
function highlight() {
  if (!stage.scene) return;
  const chosen = stage.hovered || view.chosen;
  const near = new Set(chosen ? [chosen] : []);
  const own = stage.scene.links.filter((link) => {
    const ends = [link.from.group, link.to.group];
    const isOwn = chosen !== null && ends.includes(chosen);
    if (isOwn) ends.forEach((end) => near.add(end));
    return isOwn;
  });
  // Where only a part is shown anyway, all of it belongs to what is chosen.
  const isDim = chosen !== null && view.mode === 'all';
  stage.svg.classList.toggle('dim', isDim);
  for (const node of stage.scene.nodes) {
    node.element.classList.toggle('near', near.has(node.group));
    node.element.classList.toggle('chosen', node.unit ? node.unit === view.unit : node.group === view.chosen);
    node.element.setAttribute('aria-pressed', String(node.group === view.chosen));
  }
  // Of very many lines, each can't be an element of its own.
  const single = own.length > 400 ? [] : own.filter((link) => link.edge);
  stage.over.replaceChildren(...(isDim ? linesOf(own, 'own') : []), ...single.map((link) => svg('path', {
    class: `hit${link.edge === view.edge ? ' chosen' : ''}`,
    d: traced(link).line,
    onclick: () => { view.edge = link.edge; highlight(); tellChosen(); },
  }, svg('title', { text: `${link.edge.from.name} → ${link.edge.to.name}: ${kindWords(link.edge, isKindOn)}` }))));
}

function move(x, y, k) {
  stage.at = { x, y, k: Math.min(4, Math.max(0.02, k)) };
  stage.world.setAttribute('transform', `translate(${round(stage.at.x)} ${round(stage.at.y)}) scale(${stage.at.k.toFixed(4)})`);
  stage.svg.classList.toggle('far', stage.at.k < 0.55);
  stage.svg.classList.toggle('farther', stage.at.k < 0.28);
}

/** Makes it larger around a point of the screen. */
function zoom(factor, x = stage.svg.clientWidth / 2, y = stage.svg.clientHeight / 2) {
  const { at } = stage;
  const k = Math.min(4, Math.max(0.02, at.k * factor));
  move(x - ((x - at.x) * k) / at.k, y - ((y - at.y) * k) / at.k, k);
}

/** How wide the part of the stage is that the panel leaves free. */
function room() {
  const panel = document.getElementById('panel');
  const isBeside = panel && !panel.hidden && getComputedStyle(panel).position === 'absolute';
  return stage.svg.clientWidth - (isBeside && panel.offsetWidth < stage.svg.clientWidth - 300 ? panel.offsetWidth : 0);
}

/** The edges of all that is drawn: left, top, right, bottom. Null if there is nothing. */
function extent() {
  const { frames = [], size } = stage.scene;
  // Lines may go round all boxes.
  const all = [...stage.nodes.values(), ...frames, ...(size ? [{ x: 0, y: 0, w: size[0], h: size[1] }] : [])];
  if (!all.length) return null;
  const edge = (pick, of) => pick(...all.map(of));
  return [edge(Math.min, (one) => one.x), edge(Math.min, (one) => one.y), edge(Math.max, (one) => one.x + one.w), edge(Math.max, (one) => one.y + one.h)];
}

/** Lets everything be seen. */
function fit() {
  highlight();
  const bounds = extent();
  if (!bounds) return;
  const [left, top, right, bottom] = bounds;
  const [width, height] = [room() || 900, stage.svg.clientHeight || 600];
  const k = Math.min(1.25, (width - 48) / (right - left), (height - 48) / (bottom - top));
  move((width - (left + right) * k) / 2, (height - (top + bottom) * k) / 2, k);
}

/** One box alone is reached by the tabulator; arrows lead from it to the others. */
function rove(node) {
  if (!node) return;
  for (const other of stage.nodes.values()) other.element.setAttribute('tabindex', other === node ? '0' : '-1');
}

/** The nearest box in a direction. */
function neighbour(from, [dx, dy]) {
  const middle = (node) => [node.x + node.w / 2, node.y + node.h / 2];
  const [x, y] = middle(from);
  let best = null;
  for (const node of stage.nodes.values()) {
    const [ox, oy] = [middle(node)[0] - x, middle(node)[1] - y];
    const along = ox * dx + oy * dy;
    const across = Math.abs(ox * dy) + Math.abs(oy * dx);
    if (node === from || along <= 0) continue;
    const cost = along + 3 * across;
    if (!best || cost < best.cost) best = { node, cost };
  }
  return best && best.node;
}
