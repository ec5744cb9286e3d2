// Draws a replay: the rule of a topic in fields, and below them what it would have raised beside what was raised.

import { el } from '../src/dom';
import { textLang } from '../src/format';
import { whenOf, wide } from '../src/tables';
import { delayOf, kRanges, kRuleKeys, pairs, type Pair, type Raised, type Replayed, type ReplayForm, type Rule, type RuleKey, type Rules, type Would } from './replay';
import { column, type Place } from './views';
import type { Say } from './words';

const kDays = [7, 14, 30] as const;

export interface ReplayShown {
  rules: Rules;
  form: ReplayForm;
  own: Rule; // of the topic, as it is
  wrong: RuleKey | null;
  problem: string; // what stands in the way of the whole; '': nothing
  isRunning: boolean;
  result: Replayed | null;
}
export interface ReplayActions {
  topic: (topic: string) => void;
  days: (days: number) => void;
  run: () => void;
}

export function wrongText(key: RuleKey, say: Say): string {
  const [from, to] = kRanges[key];
  return say(key === 'false_alarms_per_week' ? 'wrongNumber' : 'wrongWhole', { from, to });
}

function ruleField(key: RuleKey, shown: ReplayShown, say: Say): HTMLElement {
  const id = `replay-${key}`;
  const isWrong = shown.wrong === key;
  const own = shown.own[key] === '' ? say('noLimit') : shown.own[key];
  const says = isWrong ? `${id}-wrong ${id}-own` : `${id}-own`;
  const input = el('input', { id, type: 'text', inputmode: 'decimal', autocomplete: 'off', 'data-drawn': true, 'aria-describedby': says, disabled: !shown.rules.isManager, ...(isWrong && { 'aria-invalid': 'true' }) });
  input.value = shown.form.rule[key];
  input.addEventListener('input', () => (shown.form.rule[key] = input.value));
  return el(
    'div',
    { class: 'replay-field' },
    el('label', { for: id }, say(`rule_${key}`)),
    input,
    isWrong ? el('span', { class: 'problem-line', id: `${id}-wrong` }, wrongText(key, say)) : null,
    el('span', { class: 'item-meta', id: `${id}-own` }, say('ownRule', { value: own })),
  );
}

function replayForm(shown: ReplayShown, say: Say, actions: ReplayActions): HTMLElement {
  const disabled = !shown.rules.isManager;
  const topic = el('select', { id: 'replay-topic', disabled, 'data-drawn': true }, ...shown.rules.topics.map((row) => el('option', { value: row.topic, selected: row.topic === shown.form.topic }, row.topic)));
  topic.addEventListener('change', () => actions.topic(topic.value));
  const days = el('select', { id: 'replay-days', disabled, 'data-drawn': true }, ...kDays.map((one) => el('option', { value: String(one), selected: one === shown.form.days }, say('daysBack', { n: one }))));
  days.addEventListener('change', () => actions.days(Number(days.value)));
  const run = el('button', { type: 'submit', class: 'solid', id: 'replay-run', disabled: disabled || shown.isRunning }, say(shown.isRunning ? 'replaying' : 'replayRun'));
  const form = el(
    'form',
    { class: 'replay-form', novalidate: true, 'aria-label': say('replay') },
    el('div', { class: 'replay-field' }, el('label', { for: 'replay-topic' }, say('topic')), topic),
    el('div', { class: 'replay-field' }, el('label', { for: 'replay-days' }, say('range')), days),
    ...kRuleKeys.map((key) => ruleField(key, shown, say)),
    el('div', { class: 'replay-deeds' }, run, shown.problem === '' ? null : el('p', { class: 'problem-line', role: 'alert' }, shown.problem)),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    actions.run();
  });
  return form;
}

const spanText = ({ fired, resolved }: Raised | Would, { say, locale }: Place): string => `${whenOf(fired, locale)} – ${resolved === '' ? say('state_firing') : whenOf(resolved, locale)}`;

export function differenceText(pair: Pair, say: Say): string {
  const delay = delayOf(pair);
  if (delay === null) return say(pair.would === null ? 'onlyWas' : 'onlyWould');
  return delay === 0 ? say('sameTime') : say(delay > 0 ? 'laterBy' : 'earlierBy', { n: Math.abs(delay) });
}

function pairRow(pair: Pair, place: Place): HTMLElement {
  const { say } = place;
  const { was, would } = pair;
  const judged = was === null || was.justified === null ? null : el('span', { class: 'item-meta' }, ` ${say(was.justified ? 'alarmTrue' : 'alarmFalse')}`);
  const why = would === null ? null : el('span', { class: 'item-meta' }, ` ${say(would.isLimit ? 'cause_absolute_limit' : 'cause_surge')} · ${say('inWindow', { minutes: would.minutes, total: would.total, negative: would.negative, publishers: would.publishers })}`);
  return el(
    'tr',
    { 'data-pair': was === null ? 'would' : would === null ? 'was' : 'both' },
    el('td', {}, was === null ? '–' : spanText(was, place), judged),
    el('td', {}, would === null ? '–' : spanText(would, place), why),
    el('th', { scope: 'row' }, differenceText(pair, say)),
  );
}

function resultPart(form: ReplayForm, result: Replayed, place: Place): HTMLElement[] {
  const { say, locale } = place;
  const rows = pairs(result);
  const both = rows.filter((pair) => pair.was !== null && pair.would !== null).length;
  return [
    el('h2', { lang: textLang(form.topic) }, form.topic),
    el('p', { id: 'replay-sum' }, say('replaySum', { was: result.raised.length, would: result.would.length, both })),
    el('p', { class: 'empty' }, say('replayOf', { from: whenOf(result.from, locale), to: whenOf(result.to, locale), n: result.documents, begins: whenOf(result.learnsFrom, locale) })),
    rows.length === 0 ? el('p', { class: 'empty' }, say('noAlarms')) : wide(say('replay'), el('table', { id: 'replay-table' }, column(say, 'wasRaised', 'wouldRaise', 'difference'), el('tbody', {}, ...rows.map((pair) => pairRow(pair, place))))),
  ];
}

export function drawReplay(into: HTMLElement, shown: ReplayShown, place: Place, actions: ReplayActions): void {
  const { say } = place;
  into.replaceChildren(
    el('h2', {}, say('replay')),
    el('p', { class: 'empty' }, say('replaySays')),
    ...(shown.rules.isManager ? [] : [el('p', { class: 'empty' }, say('replayOfManagers'))]),
    shown.rules.topics.length === 0 ? el('p', { class: 'empty' }, say('noTopics')) : replayForm(shown, say, actions),
    el('div', { id: 'replay-result', 'aria-live': 'polite' }, ...(shown.result === null ? [] : resultPart(shown.form, shown.result, place))),
  );
}
