// What is around one feature: who needs it on the left, what it needs on the right; and what is inside of it.

const BOX = { w: 190, h: 44, gapX: 100, gapY: 14 };
/** How many units are drawn; the rest is listed below. */
const MOST_UNITS = 120;

/** Boxes in columns, centred, with names in order. */
function column(nodes, x, middle) {
  const height = nodes.reduce((sum, node) => sum + node.h + BOX.gapY, -BOX.gapY);
  let y = middle - height / 2;
  for (const node of nodes) {
    [node.x, node.y] = [x, y];
    y += node.h + BOX.gapY;
  }
}

/** The average place of what a box is linked to, so that lines cross less. */
function settle(columns, links) {
  for (let round = 0; round < 4; round += 1) {
    for (const nodes of columns) {
      const wanted = new Map(nodes.map((node) => {
        const others = links.filter((link) => link.from === node || link.to === node)
          .map((link) => (link.from === node ? link.to : link.from)).filter((other) => !nodes.includes(other));
        return [node, others.length ? others.reduce((sum, other) => sum + other.y, 0) / others.length : node.y];
      }));
      nodes.sort((a, b) => wanted.get(a) - wanted.get(b) || (a.key < b.key ? -1 : 1));
      column(nodes, nodes[0].x, 0);
    }
  }
}

/** The scene around what is chosen, by distance; opened, with its units in the middle. */
function surroundings() {
  const distances = around(view.chosen, view.depth, isKindOn, isShown);
  const byDistance = new Map();
  const nodes = [];
  for (const [id, distance] of distances) {
    if (view.isOpened && distance === 0) continue;
    const node = { key: `g${id}`, group: groups[id], w: BOX.w, h: BOX.h, x: 0, y: 0 };
    nodes.push(node);
    byDistance.set(distance, [...(byDistance.get(distance) || []), node]);
  }
  const inside = view.isOpened ? insides(view.chosen) : null;
  const middle = inside ? inside.columns : [byDistance.get(0)];
  byDistance.delete(0);
  const step = BOX.w + 30 + BOX.gapX;
  const left = [...byDistance.keys()].filter((distance) => distance < 0);
  const right = [...byDistance.keys()].filter((distance) => distance > 0);
  middle.forEach((column_, at) => column(column_, at * step, 0));
  left.forEach((distance) => column(byDistance.get(distance), distance * step, 0));
  right.forEach((distance) => column(byDistance.get(distance), (middle.length - 1 + distance) * step, 0));
  const all = inside ? [...nodes, ...inside.nodes] : nodes;
  const links = linksAmong(nodes, inside);
  const columns = [...left.map((one) => byDistance.get(one)), ...middle, ...right.map((one) => byDistance.get(one))];
  // Each round looks at all links of each box.
  if (all.length * links.length < 400000) settle(columns, links);
  return { nodes: all, links, frames: inside ? [frameAround(inside)] : [] };
}

function linksAmong(nodes, inside) {
  const there = new Map(nodes.map((node) => [node.group.id, node]));
  const links = edges.filter((edge) => there.has(edge.from.id) && there.has(edge.to.id) && isDrawn(edge))
    .map((edge) => ({ edge, from: there.get(edge.from.id), to: there.get(edge.to.id), ...lookOf(edge) }));
  if (!inside) return links;
  const ofUnit = new Map(inside.nodes.map((node) => [node.unit.id, node]));
  const known = new Set();
  const end = (id) => ofUnit.get(id) || (units[id].group === view.chosen.id ? null : there.get(units[id].group));
  for (const unit of view.chosen.units) {
    for (const coupling of [...unit.out, ...unit.in]) {
      const [from, to] = [end(coupling.from), end(coupling.to)];
      const key = from && to && `${from.key} ${to.key} ${coupling.kind} ${coupling.standing}`;
      if (!key || known.has(key) || !isKindOn(coupling.kind) || (view.onlyFindings && coupling.standing > 1)) continue;
      known.add(key);
      links.push({ from, to, standing: coupling.standing, kind: coupling.kind });
    }
  }
  return links;
}

/** The units of a group in layers: what is needed stands to the right of what needs it. */
function insides(group) {
  const outward = (unit) => [...unit.out, ...unit.in].filter((one) => units[one.from].group !== units[one.to].group).length;
  const shown = [...group.units].sort((a, b) => outward(b) - outward(a) || a.id - b.id).slice(0, MOST_UNITS);
  const nodes = shown.map((unit) => ({ key: `u${unit.id}`, group, unit, w: BOX.w + 30, h: 30, x: 0, y: 0 }));
  const byId = new Map(nodes.map((node) => [node.unit.id, node]));
  const depth = layers(nodes, (node) => node.unit.out.map((one) => byId.get(one.to)).filter(Boolean));
  const columns = [];
  for (const node of nodes.sort((a, b) => a.unit.id - b.unit.id)) {
    const at = depth.get(node);
    (columns[at] = columns[at] || []).push(node);
  }
  return { nodes, columns: columns.filter(Boolean), left: group.units.length - shown.length };
}

/** The length of the longest way to each node, leaving out what would close a circle. */
function layers(nodes, next) {
  const [depth, state, order] = [new Map(nodes.map((node) => [node, 0])), new Map(), []];
  const forward = new Map(nodes.map((node) => [node, []]));
  for (const start of nodes) {
    const stack = state.has(start) ? [] : [[start, next(start), 0]];
    if (stack.length) state.set(start, 'open');
    while (stack.length) {
      const top = stack[stack.length - 1];
      const [node, others] = top;
      if (top[2] === others.length) {
        state.set(node, 'done');
        order.unshift(node);
        stack.pop();
        continue;
      }
      const other = others[top[2]];
      top[2] += 1;
      if (state.get(other) === 'open') continue;
      forward.get(node).push(other);
      if (!state.has(other)) {
        state.set(other, 'open');
        stack.push([other, next(other), 0]);
      }
    }
  }
  for (const node of order) {
    for (const other of forward.get(node)) depth.set(other, Math.max(depth.get(other), depth.get(node) + 1));
  }
  return depth;
}

function frameAround({ nodes, left }) {
  const more = left > 0 ? ` (and ${left} more, listed below)` : '';
  const frame = { text: short(`${view.chosen.name}: ${counted(view.chosen.units.length, 'unit', 'units')}${more}`, 60) };
  // Where the units end up is known only when all is settled.
  const edge = (pick, of) => pick(...nodes.map(of));
  Object.defineProperties(frame, {
    x: { get: () => edge(Math.min, (node) => node.x) - 16 },
    y: { get: () => edge(Math.min, (node) => node.y) - 34 },
    w: { get: () => edge(Math.max, (node) => node.x + node.w) - edge(Math.min, (node) => node.x) + 32 },
    h: { get: () => edge(Math.max, (node) => node.y + node.h) - edge(Math.min, (node) => node.y) + 50 },
  });
  return frame;
}
