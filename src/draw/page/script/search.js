// The search over features and units, and what changes for paper.

/** How many are offered. */
const MOST_OFFERED = 12;

const names = [...groups.filter((group) => group.isFeature || group.units.length).map((group) => ({ group, text: group.name.toLocaleLowerCase('en'), shown: group.name, what: group.isFeature ? 'feature' : group.role })),
  ...units.map((unit) => ({ group: groups[unit.group], unit, text: unit.name.toLocaleLowerCase('en'), shown: unit.name, what: `${unit.kind} of ${groups[unit.group].name}` }))];

/** Those whose names begin with the words first, then those that hold them; features before units. */
function offered(words) {
  const sought = words.trim().toLocaleLowerCase('en');
  if (!sought) return [];
  const rank = (one) => (one.text === sought ? 0 : one.text.startsWith(sought) ? 1 : one.text.includes(sought) ? 2 : 9) + (one.unit ? 0.5 : 0);
  return names.map((one) => [rank(one), one]).filter(([value]) => value < 9).sort((a, b) => a[0] - b[0]).slice(0, MOST_OFFERED).map(([, one]) => one);
}

function search() {
  const input = el('input', { type: 'search', id: 'words', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'offers', 'aria-autocomplete': 'list', 'aria-label': 'Search features and units', placeholder: 'Search ( / )', autocomplete: 'off', spellcheck: 'false' });
  const list = el('ul', { id: 'offers', role: 'listbox', 'aria-label': 'Found', hidden: true });
  let [found, at] = [[], 0];
  const mark = () => {
    [...list.children].forEach((item, index) => item.setAttribute('aria-selected', String(index === at)));
    input.setAttribute('aria-activedescendant', found.length ? `offer-${at}` : '');
  };
  const close = () => { list.hidden = true; input.setAttribute('aria-expanded', 'false'); };
  const take = (one) => {
    input.value = '';
    close();
    choose(one.group, { unit: one.unit || null });
  };
  const offer = () => {
    [found, at] = [offered(input.value), 0];
    list.replaceChildren(...found.map((one, index) => el('li', { role: 'option', id: `offer-${index}`, onpointerdown: (event) => { event.preventDefault(); take(one); } }, el('b', { text: one.shown }), el('small', { text: one.what }))));
    list.hidden = !input.value.trim();
    if (!found.length) list.append(el('li', { class: 'none', text: 'Nothing has this name.' }));
    input.setAttribute('aria-expanded', String(!list.hidden));
    mark();
  };
  input.addEventListener('input', offer);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) { at = (at + step + found.length) % found.length; mark(); event.preventDefault(); }
    else if (event.key === 'Enter' && found[at]) { take(found[at]); event.preventDefault(); }
    else if (event.key === 'Escape') { input.value = ''; close(); input.blur(); }
  });
  document.getElementById('search').append(input, list);
}

/** On paper, what is folded is open: all of it where that is a few pages, else what is open already. */
function printing() {
  let opened = [];
  addEventListener('beforeprint', () => {
    const isFew = features.length <= 60;
    opened = [...document.querySelectorAll(isFew ? 'details.feature:not([open]), details.finding:not([open])' : 'details.finding:not([open])')];
    for (const details of opened) {
      details.open = true;
      const group = details.classList.contains('feature') ? groups[Number(details.id.split('-')[1])] : null;
      if (group) makeBody(details, group);
      else details.dispatchEvent(new Event('toggle'));
    }
    // All of the graph, in a frame that is as large as the paper.
    stage.kept = { ...stage.at };
    const bounds = extent();
    if (!bounds) return;
    const [left, top, right, bottom] = bounds;
    stage.world.setAttribute('transform', '');
    stage.svg.setAttribute('viewBox', `${left - 20} ${top - 20} ${right - left + 40} ${bottom - top + 40}`);
  });
  addEventListener('afterprint', () => {
    opened.forEach((details) => { details.open = false; });
    stage.svg.removeAttribute('viewBox');
    if (stage.kept) move(stage.kept.x, stage.kept.y, stage.kept.k);
  });
}
