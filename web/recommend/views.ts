// Draws what the pages of recommendation show. Text is always text: whatever a shop wrote stays letters.

import { el, svg } from '../src/dom';
import { textLang } from '../src/format';
import { heads, whenOf, wide, type PlaceOf } from '../src/tables';
import type { Did, Experiment, Found, Health, ItemRow, Listed, Metrics, Preview, Rate, Releases, Share, UserRow } from './read';
import { isWord, type Say, type Word } from './words';

export const kDays = [7, 30, 90] as const;

export type Place = PlaceOf<Say>;
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
export const shareText = (share: Share): string => `${percent(share.value)} [${percent(share.low)}, ${percent(share.high)}]`;
const column = (say: Say, ...names: Word[]): HTMLElement => heads(names.map((name) => say(name)));
const named = (say: Say, title: string, id: string): string => title || `${id} ${say('noTitle')}`;

export function searchForm(label: string, say: Say, words: string, take: (words: string) => void): HTMLFormElement {
  const field = el('input', { id: 'words', type: 'search', autocomplete: 'off', maxlength: '256', value: words });
  const form = el('form', { class: 'search', role: 'search' }, el('label', { for: 'words' }, label), field, el('button', { type: 'submit', class: 'outline' }, say('search')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    take(field.value.trim());
  });
  return form;
}

// ---- users

export function drawUsers(into: HTMLElement, found: Found<UserRow>, chosen: string, { say, locale }: Place, pick: (user: string) => void): void {
  const line = (row: UserRow): HTMLElement => {
    const button = el(
      'button',
      { type: 'button', class: 'item', 'data-user': row.id, 'aria-current': row.id === chosen ? 'true' : 'false' },
      el('span', { class: 'item-text' }, row.id),
      el('span', { class: 'item-meta' }, say('events', { n: row.events })),
      el('span', { class: 'item-meta' }, row.last === '' ? '' : say('last', { time: whenOf(row.last, locale) })),
    );
    button.addEventListener('click', () => pick(row.id));
    return el('li', {}, button);
  };
  into.replaceChildren(
    el('p', { class: 'empty' }, found.rows.length === 0 ? say('nothingFound') : say('found', { found: found.found, shown: found.rows.length })),
    el('ul', { class: 'items' }, ...found.rows.map(line)),
  );
}

export function reasonText(item: Listed, say: Say): string {
  const word = `reason_${item.reason}`;
  return isWord(word) ? say(word, { title: item.because }) : '';
}

function listedLine(item: Listed, index: number, say: Say): HTMLElement {
  const title = named(say, item.title, item.id);
  return el(
    'li',
    { 'data-listed': item.id },
    el('span', { class: 'place' }, String(index + 1)),
    el('span', { class: 'name', lang: textLang(title) }, title),
    el('span', {}, item.isPinned ? el('span', { class: 'flag' }, say('flag_pinned')) : null, item.isNew ? el('span', { class: 'flag' }, say('flag_new')) : null),
    el('span', { class: 'why', lang: textLang(reasonText(item, say)) }, reasonText(item, say)),
  );
}

export function userPane(preview: Preview, history: Did[], { say, locale }: Place, again: () => void): HTMLElement[] {
  const button = el('button', { type: 'button', class: 'outline', id: 'again' }, say('refresh'));
  button.addEventListener('click', again);
  const kind = (name: string): string => {
    const word = `kind_${name}`;
    return isWord(word) ? say(word) : name;
  };
  const arm = isWord(preview.arm) ? say('arm', { arm: say(preview.arm) }) : '';
  const did = (row: Did): HTMLElement => el('tr', {}, el('td', {}, whenOf(row.time, locale)), el('td', {}, kind(row.kind)), el('th', { scope: 'row', lang: textLang(row.title) }, named(say, row.title, row.item)));
  return [
    el('h2', {}, preview.user),
    el('h3', {}, say('previewTitle')),
    el('p', { class: 'empty' }, [say('previewSays'), arm, preview.release].filter((part) => part !== '').join(' · ')),
    el('div', {}, button),
    ...(preview.fallback ? [el('p', {}, say('byFallback'))] : []),
    preview.items.length === 0 ? el('p', { class: 'empty' }, say('noList')) : el('ol', { class: 'preview', id: 'preview' }, ...preview.items.map((item, index) => listedLine(item, index, say))),
    el('h3', {}, say('history')),
    history.length === 0 ? el('p', { class: 'empty' }, say('nothingFound')) : wide(say('history'), el('table', { id: 'history' }, column(say, 'time', 'kind', 'item'), el('tbody', {}, ...history.map(did)))),
  ];
}

// ---- items

export function drawItems(into: HTMLElement, found: Found<ItemRow>, { say }: Place, hide: (row: ItemRow, hidden: boolean) => void): void {
  const line = (row: ItemRow): HTMLElement => {
    const title = named(say, row.title, row.id);
    const button = el('button', { type: 'button', class: 'outline', 'data-hide': row.id, 'aria-label': `${say(row.hidden ? 'unhide' : 'hide')} ${title}` }, say(row.hidden ? 'unhide' : 'hide'));
    button.addEventListener('click', () => hide(row, !row.hidden));
    return el(
      'tr',
      { 'data-item': row.id },
      el('th', { scope: 'row', lang: textLang(title) }, title),
      el('td', {}, row.tags.join(', ')),
      el('td', {}, String(row.users)),
      el('td', {}, row.hidden ? el('span', { class: 'flag hidden-item' }, say('hidden')) : null, ' ', button),
    );
  };
  into.replaceChildren(
    el('p', { class: 'empty' }, found.rows.length === 0 ? say('nothingFound') : say('found', { found: found.found, shown: found.rows.length })),
    ...(found.rows.length === 0 ? [] : [wide(say('items'), el('table', {}, column(say, 'item', 'tags', 'usersOf', 'state'), el('tbody', {}, ...found.rows.map(line))))]),
  );
}

// ---- results

const kBox = { width: 900, height: 180 };

// Where the bars of a day stand, in the box: all lists, and those with a click before them.
export function bars(metrics: Metrics): { x: number; width: number; lists: number; clicked: number }[] {
  const most = Math.max(1, ...metrics.days.map((day) => day.clicked.lists));
  const step = kBox.width / Math.max(1, metrics.days.length);
  return metrics.days.map((day, index) => ({ x: index * step, width: step * 0.8, lists: (kBox.height * day.clicked.lists) / most, clicked: (kBox.height * day.clicked.hits) / most }));
}

function chart(metrics: Metrics): SVGSVGElement {
  const bar = (kind: 'lists' | 'clicked') =>
    bars(metrics).map((one): [string, Record<string, string>] => ['rect', { class: kind, x: one.x.toFixed(2), y: (kBox.height - one[kind]).toFixed(2), width: one.width.toFixed(2), height: one[kind].toFixed(2) }]);
  const drawn = svg(`0 0 ${kBox.width} ${kBox.height}`, 'rates', ...bar('lists'), ...bar('clicked'));
  drawn.setAttribute('preserveAspectRatio', 'none');
  return drawn;
}

function experimentPart(experiment: Experiment, say: Say): HTMLElement[] {
  const line = (name: string, clicked: string, positive: string, lists: string): HTMLElement => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, lists), el('td', {}, clicked), el('td', {}, positive));
  const title = say('experiment', { name: experiment.name });
  return [
    el('h2', {}, title),
    wide(
      title,
      el(
        'table',
        { id: 'experiment' },
        column(say, 'armColumn', 'lists', 'overAll', 'overAllPositive'),
        el(
          'tbody',
          {},
          ...experiment.arms.map((arm) => line(isWord(arm.arm) ? say(arm.arm) : arm.arm, shareText(arm.clicked.share), shareText(arm.positive.share), String(arm.clicked.lists))),
          line(say('difference'), shareText(experiment.clicked), shareText(experiment.positive), ''),
        ),
      ),
    ),
  ];
}

// What places draw, where chance put there what stood there.
function exploredPart(metrics: Metrics, say: Say): HTMLElement[] {
  if (metrics.explored.length === 0) return [];
  const row = (one: Metrics['explored'][number]): HTMLElement =>
    el('tr', {}, el('th', { scope: 'row' }, String(one.position)), ...[String(one.lists), String(one.clicks), one.lists === 0 ? '–' : percent(one.clicks / one.lists)].map((value) => el('td', {}, value)));
  return [
    el('h2', {}, say('explored')),
    el('p', { class: 'empty' }, say('exploredSays')),
    wide(say('explored'), el('table', { id: 'explored' }, column(say, 'position', 'lists', 'clicks', 'rate'), el('tbody', {}, ...metrics.explored.map(row)))),
  ];
}

export function metricsPane(metrics: Metrics, days: number, { say }: Place, choose: (days: number) => void): HTMLElement[] {
  const range = el('select', { id: 'range' }, ...kDays.map((one) => el('option', { value: String(one), selected: one === days }, say(`days_${one}`))));
  range.addEventListener('change', () => choose(Number(range.value)));
  const figure = (word: Word, rate: Rate): HTMLElement =>
    el('div', { class: 'figure', 'data-figure': word }, el('dt', {}, say(word)), el('dd', {}, rate.lists === 0 ? '–' : percent(rate.share.value), el('span', { class: 'item-meta' }, rate.lists === 0 ? '' : ` ${shareText(rate.share).replace(/^\S+ /, '')}`)));
  const row = (day: Metrics['days'][number]): HTMLElement =>
    el('tr', {}, el('th', { scope: 'row' }, day.day), ...[String(day.clicked.lists), String(day.clicked.hits), String(day.clicks), String(day.positive.hits), day.clicked.lists === 0 ? '–' : percent(day.clicked.share.value)].map((value) => el('td', {}, value)));
  const shown = metrics.days.filter((day) => day.clicked.lists > 0).reverse();
  return [
    el('div', { class: 'search' }, el('label', { for: 'range' }, say('range')), range),
    el('dl', { class: 'figures' }, figure('overAll', metrics.clicked), figure('overAllPositive', metrics.positive), el('div', { class: 'figure', 'data-figure': 'lists' }, el('dt', {}, say('lists')), el('dd', {}, String(metrics.clicked.lists)))),
    ...(shown.length === 0 ? [el('p', { class: 'empty' }, say('noLists'))] : []),
    ...(metrics.experiment === null ? [] : experimentPart(metrics.experiment, say)),
    ...exploredPart(metrics, say),
    el('h2', {}, say('metrics')),
    el('div', {}, chart(metrics)),
    el('ul', { class: 'legend' }, el('li', { class: 'key lists' }, say('lists')), el('li', { class: 'key clicked' }, say('clicked'))),
    el('p', { class: 'empty' }, say('metricsSay')),
    wide(say('metrics'), el('table', { id: 'days' }, column(say, 'day', 'lists', 'clicked', 'clicks', 'positive', 'rate'), el('tbody', {}, ...shown.map(row)))),
  ];
}

// ---- health

// How much has changed, by the usual reading of a stability index.
export function driftWord(index: number): Word {
  return index < 0.1 ? 'drift_little' : index <= 0.25 ? 'drift_some' : 'drift_much';
}

// What became of a source's messages; a reason is a member's name, or a word of its own.
export function outcomeText(outcome: string, say: Place['say']): string {
  const name = `outcome_${outcome}`;
  if (isWord(name)) return say(name);
  const reason = outcome.replace(/^refused_/, '');
  return reason === outcome ? outcome : say('outcome_refused', { reason });
}

export function healthPane(health: Health, days: number, { say, locale }: Place, choose: (days: number) => void): HTMLElement[] {
  const range = el('select', { id: 'range' }, ...kDays.map((one) => el('option', { value: String(one), selected: one === days }, say(`days_${one}`))));
  range.addEventListener('change', () => choose(Number(range.value)));
  const told = (word: string): string => (isWord(word) ? say(word) : word);
  const row = (name: string, ...values: string[]): HTMLElement => el('tr', {}, el('th', { scope: 'row' }, name), ...values.map((value) => el('td', {}, value)));
  const given = health.funnel[0]?.lists ?? 0;
  const step = (one: Health['funnel'][number]): HTMLElement =>
    row(told(one.step === 'given' ? 'lists' : `kind_${one.step}`), String(one.lists), String(one.users), given === 0 ? '–' : percent(one.lists / given));
  const count = (name: string, value: number): HTMLElement => row(told(`record_${name}`), name.endsWith('_share') ? percent(value) : String(value));
  const drift = (name: string, value: number | null): HTMLElement => {
    const isIndex = name === 'kinds' || name === 'tags';
    const shown = value === null ? '–' : isIndex ? value.toFixed(3) : name === 'new_items' ? percent(value) : value.toFixed(1);
    return row(told(`drift_${name}`), value !== null && isIndex ? `${shown} · ${say(driftWord(value))}` : shown);
  };
  const body = (...rows: HTMLElement[]): HTMLElement => el('tbody', {}, ...rows);
  const part = (title: Word, id: string, says: Word, head: HTMLElement | null, rows: HTMLElement[]): HTMLElement[] => [
    el('h2', {}, say(title)),
    el('p', { class: 'empty' }, say(says)),
    wide(say(title), el('table', { id }, head, body(...rows))),
  ];
  const sources = health.sources.flatMap(({ source, outcomes }) =>
    outcomes.map((one) => row(source, outcomeText(one.outcome, say), String(one.count), whenOf(one.last, locale), one.detail)));
  const recorded = [...Object.entries(health.record), ...Object.entries(health.events)].map(([name, value]) => count(name, value));
  return [
    el('div', { class: 'search' }, el('label', { for: 'range' }, say('range')), range),
    ...part('funnel', 'funnel', 'funnelSays', column(say, 'kind', 'lists', 'users', 'share'), health.funnel.map(step)),
    ...part('record', 'record', 'recordSays', null, recorded),
    ...(sources.length === 0 ? [] : part('sources', 'sources', 'sourcesSays', column(say, 'source', 'outcome', 'count', 'time', 'why'), sources)),
    ...part('drift', 'drift', 'driftSays', null, Object.entries(health.drift).map(([name, value]) => drift(name, value))),
    ...(health.cost.length === 0
      ? [el('h2', {}, say('cost')), el('p', { class: 'empty' }, say('noCost'))]
      : part('cost', 'cost', 'costSays', column(say, 'stage', 'lists', 'p50', 'p95', 'p99'), health.cost.map((one) => row(told(`stage_${one.stage}`), String(one.lists), one.p50.toFixed(2), one.p95.toFixed(2), one.p99.toFixed(2))))),
  ];
}

// ---- releases

export function releasesPane(releases: Releases, { say, locale }: Place, rollBack: () => void): HTMLElement[] {
  const button = el('button', { type: 'button', class: 'solid', id: 'roll-back', disabled: new Set(releases.changes.map((change) => change.release)).size < 2 }, say('rollBack'));
  button.addEventListener('click', rollBack);
  const line = (release: Releases['releases'][number]): HTMLElement =>
    el(
      'li',
      { class: 'release', 'data-release': release.id },
      el(
        'p',
        { class: 'release-top' },
        el('code', {}, release.id),
        el('span', { class: `flag ${release.passed ? 'passed' : 'refused'}` }, say(release.passed ? 'passed' : 'refused')),
        release.id === releases.live ? el('span', { class: 'flag live' }, say('live')) : null,
      ),
      el('p', { class: 'item-meta' }, say('made', { time: whenOf(release.made, locale), until: whenOf(release.learned_until, locale) })),
      el('p', { lang: 'en' }, release.why),
    );
  const change = (row: Releases['changes'][number]): HTMLElement => el('tr', {}, el('td', {}, whenOf(row.time, locale)), el('th', { scope: 'row' }, row.release), el('td', { lang: textLang(row.reason) }, row.reason));
  return [
    el('h2', {}, say('releases')),
    ...(releases.releases.length === 0 ? [el('p', { class: 'empty' }, say('noReleases'))] : [el('div', {}, button), el('ul', { class: 'releases' }, ...releases.releases.map(line))]),
    ...(releases.changes.length === 0 ? [] : [el('h2', {}, say('changes')), wide(say('changes'), el('table', { id: 'changes' }, column(say, 'time', 'change', 'why'), el('tbody', {}, ...releases.changes.map(change))))]),
  ];
}
