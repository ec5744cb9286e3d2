// What was told to whom: each route with a test, and the notices, those that nobody took to be sent again.

import { list, number, object, text } from '../console/read';
import { el } from '../src/dom';
import { textLang } from '../src/format';
import { wide, whenOf } from '../src/tables';
import { column, type Place } from './views';
import { isWord, type Say } from './words';

export interface NoticeRow {
  id: string;
  route: string;
  recipient: string; // '': of no mail
  state: 'waiting' | 'sent' | 'dead';
  attempts: number;
  created: string;
  last_error: string;
  status: string;
  topics: string[];
}
export interface RouteRow {
  name: string;
  kind: string;
  topics: string[]; // none: all
}
export interface Notices {
  notices: NoticeRow[];
  routes: RouteRow[];
}

const kStates: readonly NoticeRow['state'][] = ['waiting', 'sent', 'dead'];

export function readNotices(json: unknown): Notices {
  const all = object(json);
  const texts = (value: unknown): string[] => list(value).map(text).filter((one) => one !== '');
  return {
    notices: list(all.notices)
      .map(object)
      .map((row) => ({
        id: text(row.id),
        route: text(row.route),
        recipient: text(row.recipient),
        state: kStates.find((one) => one === row.state) ?? 'waiting',
        attempts: number(row.attempts),
        created: text(row.created),
        last_error: text(row.last_error),
        status: text(row.status),
        topics: texts(row.topics),
      }))
      .filter((row) => row.id !== ''),
    routes: list(all.routes)
      .map(object)
      .map((row) => ({ name: text(row.name), kind: text(row.kind), topics: texts(row.topics) }))
      .filter((row) => row.name !== ''),
  };
}

export function noticeCells(row: NoticeRow, { say, locale }: Place): string[] {
  const word = `told_${row.status}`;
  const told = [isWord(word) ? say(word) : row.status, row.topics.join(', ')].filter((part) => part !== '').join(': ');
  return [whenOf(row.created, locale), [row.route, row.recipient].filter((part) => part !== '').join(' · '), told, say(`notice_${row.state}`), String(row.attempts), row.last_error];
}

export interface NoticeActions {
  test: (route: string) => void;
  resend: (id: string) => void;
}

export function drawNotices(into: HTMLElement, { notices, routes }: Notices, place: Place, actions: NoticeActions): void {
  const { say } = place;
  const button = (word: 'sendTest' | 'resend', about: string, act: () => void, data: Record<string, string>): HTMLElement => {
    const made = el('button', { type: 'button', class: 'outline', 'aria-label': `${say(word)}: ${about}`, ...data }, say(word));
    made.addEventListener('click', act);
    return made;
  };
  const route = (row: RouteRow): HTMLElement =>
    el(
      'li',
      { class: 'waiting' },
      el('div', {}, el('span', {}, row.name), el('span', { class: 'item-meta' }, `${row.kind} · ${row.topics.length === 0 ? say('allTopics') : row.topics.join(', ')}`)),
      button('sendTest', row.name, () => actions.test(row.name), { 'data-test-route': row.name }),
    );
  const line = (row: NoticeRow): HTMLElement =>
    el(
      'tr',
      { 'data-notice': row.id },
      ...noticeCells(row, place).map((cell) => el('td', { lang: textLang(cell) }, cell)),
      el('td', {}, row.state === 'dead' ? button('resend', row.id, () => actions.resend(row.id), { 'data-resend': row.id }) : ''),
    );
  const heads = (words: Say): HTMLElement => column(words, 'time', 'route', 'told', 'state', 'attempts', 'lastError', 'resend');
  into.replaceChildren(
    el('h2', {}, say('routes')),
    routes.length === 0 ? el('p', { class: 'empty' }, say('noRoutes')) : el('ul', { class: 'items' }, ...routes.map(route)),
    el('h2', {}, say('notices')),
    el('p', { class: 'empty' }, say('noticesSay')),
    notices.length === 0 ? el('p', { class: 'empty' }, say('noNotices')) : wide(say('notices'), el('table', {}, heads(say), el('tbody', {}, ...notices.map(line)))),
  );
}
