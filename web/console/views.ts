// Draws the views of figures and conversations.

import { plainLabel } from '../src/api';
import { el } from '../src/dom';
import type { ListedConversation, Overview, Report } from './read';
import type { Say, Word } from './words';

const kSvg = 'http://www.w3.org/2000/svg';
const kBar = { width: 28, gap: 10, height: 96 };

// A share as a whole per cent; nothing of nothing is no share.
export const share = (part: number, whole: number): string => (whole > 0 ? `${Math.round((100 * part) / whole)}%` : '–');

function figure(say: Say, word: Word, value: string, beside = ''): HTMLElement {
  return el('div', { class: 'figure', 'data-figure': word }, el('dt', {}, say(word)), el('dd', {}, value, beside === '' ? null : el('span', { class: 'item-meta' }, ` ${beside}`)));
}

// Bars beside the table that says the same: the picture is for those who see it.
function bars(days: Overview['days']): SVGSVGElement {
  const most = Math.max(1, ...days.map((day) => day.messages));
  const root = document.createElementNS(kSvg, 'svg');
  root.setAttribute('viewBox', `0 0 ${days.length * (kBar.width + kBar.gap)} ${kBar.height}`);
  root.setAttribute('preserveAspectRatio', 'xMinYMax');
  root.setAttribute('class', 'bars');
  root.setAttribute('aria-hidden', 'true');
  days.forEach((day, index) => {
    const bar = (className: string, value: number): void => {
      const height = (kBar.height * value) / most;
      const rect = document.createElementNS(kSvg, 'rect');
      const place = { x: index * (kBar.width + kBar.gap), y: kBar.height - height, width: kBar.width, height };
      for (const [name, number] of Object.entries(place)) rect.setAttribute(name, String(number));
      rect.setAttribute('class', className);
      root.append(rect);
    };
    bar('all', day.messages);
    bar('refuse', day.refuse + day.handoff);
    bar('handoff', day.handoff);
  });
  return root;
}

export function drawOverview(into: HTMLElement, overview: Overview, say: Say): void {
  const { decisions, messages } = overview;
  const of = (value: number): [string, string] => [String(value), share(value, messages)];
  const head = (word: Word, className: string): HTMLElement => el('th', { scope: 'col', class: className }, say(word));
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
    el('h2', {}, say('perDay')),
    bars(overview.days),
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, say('day')), head('messages', 'key-all'), head('refused', 'key-refuse'), head('handedOver', 'key-handoff'))),
      el('tbody', {}, ...overview.days.map((day) => el('tr', {}, el('th', { scope: 'row' }, day.day), el('td', {}, String(day.messages)), el('td', {}, String(day.refuse)), el('td', {}, String(day.handoff))))),
    ),
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
