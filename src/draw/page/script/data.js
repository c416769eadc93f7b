// The data of the page, and what follows from it: who is coupled to whom, by which lines, and why.

const data = JSON.parse(document.getElementById('data').textContent);

const STANDINGS = ['deny', 'warn', 'accepted', 'excused', 'free'];
const STANDING_WORDS = [
  'a finding that fails the check',
  'a finding that is only shown',
  'a finding that is accepted',
  'excused by a shared responsibility',
  'allowed',
];
const FREE = 4;
const CALL = data.kinds.findIndex((kind) => kind.word === 'call');
const TEST = data.kinds.findIndex((kind) => kind.word === 'test');

const units = data.units.map(([name, kind, group, at, isApi], id) => ({
  id, name, kind: data.unit_kinds[kind], group, at, isApi: isApi === 1, out: [], in: [],
}));
const couplings = data.couplings.map(([from, to, kind, standing, at, condition], id) => ({
  id, from, to, kind, standing, at, condition: condition ? data.conditions[condition - 1] : '',
}));
const groups = data.groups.map((group, id) => ({
  ...group, id, isFeature: group.role === 'feature', units: [], inner: [], out: new Map(), in: new Map(), findings: [],
}));
const features = groups.filter((group) => group.isFeature);
/** All that couples one group to another: by kind, how many couplings, and the strictest that is said of them. */
const edges = [];

for (const unit of units) groups[unit.group].units.push(unit);
for (const coupling of couplings) {
  units[coupling.from].out.push(coupling);
  units[coupling.to].in.push(coupling);
  const from = groups[units[coupling.from].group];
  const to = groups[units[coupling.to].group];
  if (from === to) {
    from.inner.push(coupling);
    continue;
  }
  let edge = from.out.get(to.id);
  if (!edge) {
    edge = { id: edges.length, from, to, couplings: [], kinds: new Map() };
    edges.push(edge);
    from.out.set(to.id, edge);
    to.in.set(from.id, edge);
  }
  edge.couplings.push(coupling);
  const kind = edge.kinds.get(coupling.kind) || { count: 0, standing: FREE };
  kind.count += 1;
  kind.standing = Math.min(kind.standing, coupling.standing);
  edge.kinds.set(coupling.kind, kind);
}
const findings = data.findings.map((finding, id) => ({ ...finding, id }));
const isOpen = (finding) => finding.level === 'deny' || finding.level === 'warn';
for (const finding of findings) for (const id of finding.features) groups[id].findings.push(finding);

/** Which features each one reaches, and which reach it. */
const reaches = data.reaches.map((list) => new Set(list));
const reachedBy = features.map(() => new Set());
data.reaches.forEach((list, from) => list.forEach((to) => reachedBy[to].add(from)));

/** How many features ship alone in words, for one feature. */
const STANDS = {
  alone: ['✓', 'deploys alone'],
  together: ['✗', 'not alone'],
  nothing: ['–', 'ships nothing of its own'],
};
const stand = (group) => (group.ships ? STANDS[group.ships.standing] : ['', '']);

const counted = (count, one, many) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
const place = (at) => `${data.files[at[0]]}:${at[1]}`;
const kindWords = (edge, isOn = () => true) => {
  const kinds = [...edge.kinds].filter(([kind]) => isOn(kind)).sort((a, b) => a[0] - b[0]);
  return kinds.map(([kind, { count }]) => `${data.kinds[kind].word} ${count}`).join(', ');
};

/** The strictest that is said of an edge, among kinds that are on; null if none of them is there. */
function standingOf(edge, isOn) {
  let strictest = null;
  for (const [kind, { standing }] of edge.kinds) {
    if (isOn(kind) && (strictest === null || standing < strictest)) strictest = standing;
  }
  return strictest;
}

/** Whether a walk goes on through a unit: nobody reaches anything through an assembly or test support. */
const isPassage = (unit) => !['assembly', 'test-support'].includes(groups[unit.group].role);

/** The shortest way by which one feature reaches another: its couplings, or null. Over units, never over features. */
function way(from, to) {
  const came = new Map(from.units.map((unit) => [unit.id, null]));
  const queue = [...came.keys()];
  for (let at = 0; at < queue.length; at += 1) {
    for (const coupling of units[queue[at]].out) {
      const next = units[coupling.to];
      if (!data.kinds[coupling.kind].reaches || came.has(next.id) || !isPassage(next)) continue;
      came.set(next.id, coupling);
      if (next.group === to.id) {
        const steps = [];
        for (let step = coupling; step; step = came.get(step.from)) steps.unshift(step);
        return steps;
      }
      queue.push(next.id);
    }
  }
  return null;
}

/** The groups that lead to or from one, by distance; negative for those that need it. */
function around(group, depth, isOn, isShown) {
  const distances = new Map([[group.id, 0]]);
  for (const direction of [1, -1]) {
    let ring = [group];
    for (let distance = 1; distance <= depth; distance += 1) {
      const next = [];
      for (const one of ring) {
        for (const [id, edge] of direction > 0 ? one.out : one.in) {
          if (distances.has(id) || !isShown(groups[id]) || standingOf(edge, isOn) === null) continue;
          distances.set(id, direction * distance);
          next.push(groups[id]);
        }
      }
      ring = next;
    }
  }
  return distances;
}
