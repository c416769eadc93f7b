// The matrix: a row needs a column. What is blank is independent, so the blanks are the score.

/** Features so that those who need others come first, and circles stand together. */
const matrix = { order: [], blocks: [], at: new Map(), cursor: [0, 0], cell: 18, head: 150 };

/** Groups of features that all lead to each other, each after those that it leads to. */
function circles() {
  const [index, low, onStack, stack, found] = [new Map(), new Map(), new Set(), [], []];
  const next = new Map(features.map((one) => [one.id, [...reaches[one.id]]]));
  for (const start of features) {
    const work = index.has(start.id) ? [] : [[start.id, 0]];
    while (work.length) {
      const top = work[work.length - 1];
      const [node, at] = top;
      if (at === 0 && !index.has(node)) {
        index.set(node, index.size);
        low.set(node, index.get(node));
        stack.push(node);
        onStack.add(node);
      }
      const others = next.get(node);
      if (at < others.length) {
        top[1] += 1;
        const other = others[at];
        if (!index.has(other)) work.push([other, 0]);
        else if (onStack.has(other)) low.set(node, Math.min(low.get(node), index.get(other)));
        continue;
      }
      work.pop();
      if (work.length) {
        const [above] = work[work.length - 1];
        low.set(above, Math.min(low.get(above), low.get(node)));
      }
      if (low.get(node) === index.get(node)) {
        const circle = stack.splice(stack.indexOf(node));
        circle.forEach((one) => onStack.delete(one));
        found.push(circle.sort((a, b) => a - b));
      }
    }
  }
  return found;
}

/** The order of rows and columns: layer by layer, so that what is needed lies to the right of what needs it. */
function ordered() {
  const blocks = circles().reverse();
  const depth = new Map();
  const of = new Map(blocks.flatMap((block, at) => block.map((one) => [one, at])));
  blocks.forEach((block, at) => {
    const own = depth.get(at) || 0;
    depth.set(at, own);
    for (const one of block) {
      for (const other of reaches[one]) {
        const to = of.get(other);
        if (to !== at) depth.set(to, Math.max(depth.get(to) || 0, own + 1));
      }
    }
  });
  const isLonely = (block) => block.every((one) => !reaches[one].size && !reachedBy[one].size);
  const sorted = blocks.map((block, at) => ({ block, depth: depth.get(at), isLonely: isLonely(block) }));
  // Those with nothing to do with any other stand at the end.
  sorted.sort((a, b) => a.isLonely - b.isLonely || a.depth - b.depth || a.block[0] - b.block[0]);
  matrix.blocks = sorted.map(({ block }) => block);
  matrix.order = matrix.blocks.flat();
  matrix.at = new Map(matrix.order.map((one, at) => [one, at]));
}

/** What a cell says: of direct couplings the strictest, else whether the one reaches the other at all. */
function cellOf(from, to) {
  const edge = groups[from].out.get(to);
  const standing = edge ? standingOf(edge, isKindOn) : null;
  const isReached = reaches[from].has(to);
  if (standing === null) return isReached ? { look: 'reach', edge } : null;
  const isReaching = [...edge.kinds.keys()].some((kind) => isKindOn(kind) && data.kinds[kind].reaches);
  return { look: isReaching || isReached ? STANDINGS[standing] : `${STANDINGS[standing]} weak`, edge, standing };
}

function cellWords(from, to) {
  const [one, other] = [groups[from].name, groups[to].name];
  if (from === to) return one;
  const cell = cellOf(from, to);
  if (!cell) return `${one} does not need ${other}: independent`;
  if (cell.look === 'reach') return `${one} reaches ${other}, through others`;
  return `${one} → ${other}: ${kindWords(cell.edge, isKindOn)}; ${STANDING_WORDS[cell.standing]}`;
}

function drawMatrix() {
  const count = matrix.order.length;
  const box = document.getElementById('cells');
  if (count < 2) {
    box.replaceChildren(el('p', { text: 'A matrix needs two features.' }));
    return;
  }
  const hasNames = count <= 150;
  const cell = count <= 12 ? 34 : count <= 40 ? 24 : count <= 80 ? 15 : count <= 150 ? 11 : Math.max(2, Math.min(5, (box.clientWidth - 60) / count));
  const longest = Math.max(...features.map((one) => [...one.name].length));
  const head = hasNames ? Math.min(200, 16 + longest * (cell < 15 ? 6.2 : 7.3)) : 10;
  Object.assign(matrix, { cell, head });
  const size = head + count * cell + 2;
  const looks = new Map();
  const marks = [];
  matrix.order.forEach((from, row) => {
    // Of thousands of cells, only those that say something are looked at.
    const others = new Set([...groups[from].out.keys(), ...reaches[from]]);
    for (const to of others) {
      const column = matrix.at.get(to);
      const found = column === undefined ? null : cellOf(from, to);
      if (!found) continue;
      const [x, y] = [head + column * cell, head + row * cell];
      const inset = cell > 8 ? 1.5 : 0.25;
      const side = round(cell - 2 * inset);
      looks.set(found.look, `${looks.get(found.look) || ''}M${round(x + inset)} ${round(y + inset)}h${side}v${side}h-${side}z`);
      if (found.edge && cell >= 24 && found.look !== 'reach') {
        const total = [...found.edge.kinds].filter(([kind]) => isKindOn(kind)).reduce((sum, [, one]) => sum + one.count, 0);
        marks.push(svg('text', { class: `mark ${found.look}`, x: x + cell / 2, y: y + cell / 2 + 4, text: total > 99 ? '99+' : total }));
      }
    }
  });
  const end = head + count * cell;
  const names = hasNames ? matrix.order.flatMap((id, at) => {
    const middle = head + at * cell + cell / 2;
    const text = short(groups[id].name, Math.floor((head - 8) / (cell < 15 ? 6 : 7.1)));
    const small = cell < 15 ? ' small' : '';
    return [
      svg('text', { class: `row${small}`, x: head - 6, y: middle + 4, text, 'data-id': id }),
      svg('text', { class: `column${small}`, transform: `translate(${middle + 4} ${head - 6}) rotate(-90)`, text, 'data-id': id }),
    ];
  }) : [];
  let at = 0;
  const frames = matrix.blocks.map((block) => {
    const start = at;
    at += block.length;
    return block.length > 1
      ? svg('rect', { class: 'circle', x: head + start * cell, y: head + start * cell, width: block.length * cell, height: block.length * cell })
      : null;
  });
  const diagonal = matrix.order.map((_, one) => `M${head + one * cell} ${head + one * cell}h${cell}v${cell}h-${cell}z`).join('');
  const grid = cell >= 11 ? matrix.order.map((_, one) => `M${head} ${head + one * cell}H${end}M${head + one * cell} ${head}V${end}`).join('') : '';
  const chart = svg('svg', {
    viewBox: `0 0 ${size} ${size}`, width: size, height: size, tabindex: '0', role: 'application',
    'aria-roledescription': 'matrix', class: cell < 11 ? 'fine' : '', 'aria-label': `Matrix of ${count} features: arrows move, enter opens`,
  },
  svg('rect', { class: 'ground', x: head, y: head, width: count * cell, height: count * cell }),
  svg('path', { class: 'grid', d: grid }), svg('path', { class: 'diagonal', d: diagonal }),
  svg('g', { id: 'bands' }), [...looks].map(([look, d]) => svg('path', { class: `cell ${look}`, d })), marks, frames, names,
  svg('rect', { id: 'cursor', width: cell, height: cell, visibility: 'hidden' }));
  chart.addEventListener('pointermove', (event) => pointAt(event, false));
  chart.addEventListener('click', (event) => pointAt(event, true));
  chart.addEventListener('keydown', matrixKey);
  chart.addEventListener('focus', () => moveCursor(...matrix.cursor));
  box.replaceChildren(chart);
  bands();
}

/** Which cell is meant; on a name, which feature. */
function pointAt(event, isChosen) {
  const name = event.target.dataset && event.target.dataset.id;
  if (name !== undefined) {
    if (isChosen) choose(groups[Number(name)]);
    return;
  }
  const frame = event.currentTarget.getBoundingClientRect();
  const scale = event.currentTarget.viewBox.baseVal.width / frame.width;
  const at = (offset) => Math.floor((offset * scale - matrix.head) / matrix.cell);
  const [row, column] = [at(event.clientY - frame.top), at(event.clientX - frame.left)];
  const isInside = [row, column].every((one) => one >= 0 && one < matrix.order.length);
  if (!isInside) return;
  moveCursor(row, column);
  if (isChosen) openCell();
}

function moveCursor(row, column) {
  matrix.cursor = [row, column];
  const cursor = document.getElementById('cursor');
  cursor.setAttribute('x', matrix.head + column * matrix.cell);
  cursor.setAttribute('y', matrix.head + row * matrix.cell);
  cursor.setAttribute('visibility', 'visible');
  const words = cellWords(matrix.order[row], matrix.order[column]);
  document.getElementById('cell-words').textContent = words;
}

function openCell() {
  const [from, to] = matrix.cursor.map((at) => groups[matrix.order[at]]);
  view.edge = from === to ? null : from.out.get(to.id) || null;
  choose(from, { edge: view.edge, to: from === to ? null : to, isStill: true });
}

function matrixKey(event) {
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const step = steps[event.key];
  if (event.key === 'Enter' || event.key === ' ') openCell();
  else if (step) {
    const last = matrix.order.length - 1;
    moveCursor(...matrix.cursor.map((at, side) => Math.min(last, Math.max(0, at + step[side]))));
    say(document.getElementById('cell-words').textContent);
  } else return;
  event.preventDefault();
}

/** The row and the column of what is chosen. */
function bands() {
  const own = document.getElementById('bands');
  if (!own) return;
  const at = view.chosen ? matrix.at.get(view.chosen.id) : undefined;
  const { head, cell } = matrix;
  const length = matrix.order.length * cell;
  own.replaceChildren(...(at === undefined ? [] : [
    svg('rect', { x: 0, y: head + at * cell, width: head + length, height: cell }),
    svg('rect', { x: head + at * cell, y: 0, width: cell, height: head + length }),
  ]));
}
