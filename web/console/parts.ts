// Pieces that the views of the shop share: tables that scroll on a phone, a question before a deed, charts with their
// table beside them, dates and amounts.

import { el } from '../src/dom';
import { keepsOpen } from '../src/redraw';
import type { Say, Word } from './words';

// "2026-11-27 08:00" of the reader's own clocks; '' for what is no date.
export function when(utc: string): string {
  const date = new Date(utc);
  if (utc === '' || Number.isNaN(date.getTime())) return '';
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

// Ufen (10^-8 yuan) exactly, with at least two decimals.
export function yuan(ufen: number): string {
  const whole = BigInt(Math.trunc(ufen));
  const size = whole < 0n ? -whole : whole;
  const decimals = (size % 100_000_000n).toString().padStart(8, '0').replace(/0{1,6}$/, '');
  return `${whole < 0n ? '-' : ''}¥${size / 100_000_000n}.${decimals}`;
}

// 0.9125 -> "91.3%".
export const percentOf = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)}%`);

export function table(label: string, heads: string[], rows: (Node | string)[][], className = ''): HTMLElement {
  const cell = (content: Node | string, index: number): HTMLElement => (index === 0 ? el('th', { scope: 'row' }, content) : el('td', {}, content));
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
    el('table', className === '' ? {} : { class: className }, el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))), el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map(cell))))),
  );
}

// A button that asks before it does what it says: the question stands in its place, the focus on what takes it back. It
// stays open while the view is drawn anew, of the same thing, which the button's data- attributes name.
export function asking(say: Say, word: Word, question: string, attributes: Record<string, string>, deed: () => void): HTMLElement {
  const about = Object.entries(attributes).filter(([name]) => name.startsWith('data-'));
  const place = el('span', { class: 'asking', 'data-asking': [word, ...about.map(([, value]) => value)].join(' ') });
  const button = el('button', { type: 'button', class: 'outline', ...attributes }, say(word));
  const yes = el('button', { type: 'button', class: 'solid', 'data-yes': true }, say(word));
  const no = el('button', { type: 'button', class: 'outline', 'data-no': true }, say('cancel'));
  const asked = el('span', { class: 'asked', role: 'group', 'aria-label': say('sure') }, el('span', {}, `${say('sure')} ${question}`), yes, no);
  const back = (): void => {
    place.replaceChildren(button);
    button.focus();
  };
  button.addEventListener('click', () => {
    place.replaceChildren(asked);
    no.focus();
  });
  yes.addEventListener('click', () => {
    yes.disabled = true;
    deed();
  });
  no.addEventListener('click', back);
  asked.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') back();
  });
  // Answered with yes it is no question any more.
  keepsOpen(place, { isOpen: () => asked.isConnected && !yes.disabled, open: () => place.replaceChildren(asked) });
  place.append(button);
  return place;
}

export interface Stack {
  className: string; // of the bar's part, and of its word in the legend
  name: string;
  value: number;
}
export interface Column {
  label: string;
  parts: Stack[];
}

const kSvg = 'http://www.w3.org/2000/svg';
const kBox = { width: 720, height: 160 };

// Where the parts of each column stand, from the bottom up: pure, for the tests.
export function stacks(columns: Column[]): { x: number; y: number; width: number; height: number; className: string }[] {
  const total = (column: Column): number => column.parts.reduce((sum, part) => sum + part.value, 0);
  const most = Math.max(1, ...columns.map(total));
  const width = kBox.width / Math.max(1, columns.length);
  return columns.flatMap((column, index) => {
    let top = kBox.height;
    return column.parts
      .filter((part) => part.value > 0)
      .map((part) => {
        const height = (kBox.height * part.value) / most;
        top -= height;
        return { x: index * width, y: top, width: width * 0.86, height, className: part.className };
      });
  });
}

// Columns for those who see them; a table with the same figures for everybody, folded away.
export function chart(title: string, columns: Column[], say: Say, show: (value: number) => string = String): HTMLElement {
  const root = document.createElementNS(kSvg, 'svg');
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${kBox.width} ${kBox.height}`, preserveAspectRatio: 'none', class: 'columns', 'aria-hidden': 'true', focusable: 'false' })) root.setAttribute(name, value);
  for (const { className, ...place } of stacks(columns)) {
    const rect = document.createElementNS(kSvg, 'rect');
    for (const [name, value] of Object.entries(place)) rect.setAttribute(name, value.toFixed(2));
    rect.setAttribute('class', className);
    root.append(rect);
  }
  const parts = columns[0]?.parts ?? [];
  const most = Math.max(0, ...columns.map((column) => column.parts.reduce((sum, part) => sum + part.value, 0)));
  const legend = parts.length < 2 ? [] : [el('ul', { class: 'legend' }, ...parts.map((part) => el('li', { class: `key ${part.className}` }, part.name)))];
  return el(
    'figure',
    { class: 'chart-card' },
    el('figcaption', {}, el('b', {}, title), el('span', { class: 'item-meta' }, ` ${say('most', { n: show(most) })}`)),
    ...legend,
    root,
    el('p', { class: 'ends', 'aria-hidden': 'true' }, el('span', {}, columns[0]?.label ?? ''), el('span', {}, columns.at(-1)?.label ?? '')),
    el('details', {}, el('summary', {}, say('asTable')), table(title, [say('day'), ...parts.map((part) => part.name)], columns.map((column) => [column.label, ...column.parts.map((part) => show(part.value))]))),
  );
}

export const problemLine = (text: string): HTMLElement => el('p', { class: 'problem-line', role: 'alert' }, text);
