// Draws what the calls of these days came to: tokens and money from the ledger, decisions from the log.

import { el } from '../src/dom';
import { chart, table, yuan, type Column } from './parts';
import { kDecisions, type Decision, type Usage } from './shop_read';
import type { Say, Word } from './words';

const kPeriods = [7, 30, 90] as const;
const kWords: Record<Decision, Word> = { answer: 'answered', clarify: 'clarified', refuse: 'refused', handoff: 'handedOver' };

export interface UsageActions {
  period: (days: number) => void;
  exportCalls: (days: number) => void;
}

export const decisionColumns = (usage: Usage, say: Say): Column[] =>
  usage.days.map((day) => ({ label: day.day, parts: kDecisions.map((decision) => ({ className: decision, name: say(kWords[decision]), value: day[decision] })) }));

const oneColumn = (usage: Usage, say: Say, word: 'tokens' | 'money', value: (day: Usage['days'][number]) => number): Column[] =>
  usage.days.map((day) => ({ label: day.day, parts: [{ className: word, name: say(word), value: value(day) }] }));

function figure(say: Say, word: Word, value: string): HTMLElement {
  return el('div', { class: 'figure', 'data-figure': word }, el('dt', {}, say(word)), el('dd', {}, value));
}

export function drawUsage(into: HTMLElement, usage: Usage, say: Say, actions: UsageActions): void {
  const days = usage.days.length;
  const periods = kPeriods.map((n) => {
    const button = el('button', { type: 'button', class: 'outline', 'aria-pressed': String(n === days), 'data-period': String(n) }, say('period', { n }));
    button.addEventListener('click', () => actions.period(n));
    return button;
  });
  const download = el('button', { type: 'button', class: 'outline', id: 'export-calls' }, say('exportCsv'));
  download.addEventListener('click', () => actions.exportCalls(days));
  into.replaceChildren(
    el('h2', {}, say('usage')),
    el('div', { class: 'deeds', role: 'group', 'aria-label': say('usage') }, ...periods),
    el('dl', { class: 'figures' }, figure(say, 'answersGiven', String(usage.answers)), figure(say, 'calls', String(usage.calls)), figure(say, 'tokens', String(usage.tokens)), figure(say, 'money', yuan(usage.price_ufen))),
    el(
      'div',
      { class: 'charts' },
      chart(say('decisionsPerDay'), decisionColumns(usage, say), say),
      chart(say('tokensPerDay'), oneColumn(usage, say, 'tokens', (day) => day.tokens), say),
      chart(say('moneyPerDay'), oneColumn(usage, say, 'money', (day) => day.price_ufen), say, yuan),
    ),
    ...(usage.meters.length === 0
      ? []
      : [table(say('meter'), [say('meter'), say('model'), say('calls'), say('tokens'), say('money')], usage.meters.map((row) => [row.meter, row.model, String(row.calls), String(row.tokens), yuan(row.price_ufen)]), 'meters')]),
    el('p', { class: 'deeds' }, download, el('span', { class: 'item-meta' }, ` ${say('exportLine')}`)),
  );
}
