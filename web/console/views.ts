// Draws the views of figures and conversations.

import { plainLabel } from '../src/api';
import { el } from '../src/dom';
import { chart, type Column } from './parts';
import type { ListedConversation, Overview, Report } from './read';
import type { Say, Word } from './words';

// A share as a whole per cent; nothing of nothing is no share.
export const share = (part: number, whole: number): string => (whole > 0 ? `${Math.round((100 * part) / whole)}%` : '–');

function figure(say: Say, word: Word, value: string, beside = ''): HTMLElement {
  return el('div', { class: 'figure', 'data-figure': word }, el('dt', {}, say(word)), el('dd', {}, value, beside === '' ? null : el('span', { class: 'item-meta' }, ` ${beside}`)));
}

const dayColumns = (days: Overview['days'], say: Say): Column[] =>
  days.map(({ day, messages, refuse, handoff }) => ({
    label: day,
    parts: [
      { className: 'answer', name: say('answeredOrAsked'), value: messages - refuse - handoff },
      { className: 'refuse', name: say('refused'), value: refuse },
      { className: 'handoff', name: say('handedOver'), value: handoff },
    ],
  }));

export function drawOverview(into: HTMLElement, overview: Overview, say: Say): void {
  const { decisions, messages } = overview;
  const of = (value: number): [string, string] => [String(value), share(value, messages)];
  into.replaceChildren(
    el('h2', {}, say('days', { n: overview.days.length })),
    el(
      'dl',
      { class: 'figures' },
      figure(say, 'allConversations', String(overview.conversations)),
      figure(say, 'resolved', String(overview.resolved), share(overview.resolved, overview.conversations)),
      figure(say, 'handedOver', String(overview.handed_over), share(overview.handed_over, overview.conversations)),
      figure(say, 'messages', String(messages)),
      figure(say, 'answered', ...of(decisions.answer)),
      figure(say, 'clarified', ...of(decisions.clarify)),
      figure(say, 'refused', ...of(decisions.refuse)),
      figure(say, 'waitingNow', String(overview.waiting)),
      figure(say, 'withPeople', String(overview.with_people)),
      figure(say, 'tickets', String(overview.tickets)),
      figure(say, 'votes', `${overview.up} / ${overview.down}`),
    ),
    el('div', { class: 'charts' }, chart(say('perDay'), dayColumns(overview.days, say), say)),
  );
}

// Below the overview: what the bot answered of every entry.
export function drawReport(into: HTMLElement, report: Report, say: Say): void {
  const head = (word: Word): HTMLElement => el('th', { scope: 'col' }, say(word));
  const line = (entry: Report['entries'][number]): HTMLElement =>
    el('tr', {}, el('th', { scope: 'row' }, plainLabel(entry.intent) || say('none')), el('td', {}, String(entry.calls)), el('td', {}, String(entry.hits)), el('td', {}, String(entry.misses)));
  into.append(
    el('h2', {}, say('perEntry')),
    el('p', { class: 'empty', 'data-wrong': true }, say('wrongLine', { wrong: report.wrong, reviewed: report.reviewed, share: share(report.wrong, report.reviewed) })),
    el('table', { class: 'entries' }, el('thead', {}, el('tr', {}, head('entry'), head('messages'), head('hits'), head('missesOf'))), el('tbody', {}, ...report.entries.map(line))),
  );
}

export function drawConversations(into: HTMLElement, rows: ListedConversation[], say: Say, said: string, search: (said: string) => void, open: (id: string) => void): void {
  const status = (name: string): string => (name === 'bot' || name === 'waiting' || name === 'closed' ? say(`status_${name}`) : name);
  const line = (row: ListedConversation): HTMLElement => {
    const button = el('button', { type: 'button', class: 'quiet', 'data-open': row.id }, say('open'));
    button.addEventListener('click', () => open(row.id));
    return el('tr', {}, el('td', {}, new Date(row.active).toLocaleString()), el('td', {}, status(row.status)), el('td', {}, row.triggers.join(', ')), el('td', {}, button));
  };
  const field = el('input', { id: 'said', type: 'search', maxlength: '200', value: said });
  const form = el('form', { class: 'search-row', role: 'search' }, el('label', { for: 'said' }, say('searchSaid')), el('span', { class: 'search-box' }, field, el('button', { type: 'submit', class: 'solid' }, say('search'))));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search(field.value.trim());
  });
  into.replaceChildren(
    el('h2', {}, say('conversations')),
    form,
    rows.length === 0
      ? el('p', { class: 'empty' }, say('noConversations'))
      : el(
          'table',
          {},
          el('thead', {}, el('tr', {}, ...(['lastActive', 'status', 'triggers', 'open'] as const).map((word) => el('th', { scope: 'col' }, say(word))))),
          el('tbody', {}, ...rows.map(line)),
        ),
    el('div', { id: 'opened' }),
  );
}
