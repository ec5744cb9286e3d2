// How long documents take until they are counted, and notices until they are taken.

import { list, number, object, text } from '../console/read';
import { el } from '../src/dom';
import { wide } from '../src/tables';
import { column, type Place } from './views';
import { isWord } from './words';

export interface Span {
  span: string;
  count: number;
  figures: number[]; // half, 95 %, 99 %, all: at most so many ms; nothing where nothing was measured
}

export const readSpans = (json: unknown): Span[] =>
  list(object(json).spans)
    .map(object)
    .map((row) => {
      const count = number(row.count);
      return { span: text(row.span), count, figures: count === 0 ? [] : [row.p50_ms, row.p95_ms, row.p99_ms, row.most_ms].map(number) };
    })
    .filter((row) => row.span !== '');

// In the largest unit that leaves a number people can read.
export function durationOf(ms: number, locale: string): string {
  const [value, unit]: [number, string] = ms < 120_000 ? [ms / 1000, 'second'] : ms < 7_200_000 ? [ms / 60_000, 'minute'] : ms < 172_800_000 ? [ms / 3_600_000, 'hour'] : [ms / 86_400_000, 'day'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 1 ? 2 : 1 }).format(value);
}

export function spanCells(row: Span, { say, locale }: Place): string[] {
  const word = `span_${row.span}`;
  const figures = row.figures.length === 0 ? ['–', '–', '–', '–'] : row.figures.map((ms) => `≤ ${durationOf(ms, locale)}`);
  return [isWord(word) ? say(word) : row.span, String(row.count), ...figures];
}

export function drawLatency(spans: Span[], place: Place): HTMLElement[] {
  const { say } = place;
  const line = (row: Span): HTMLElement => {
    const [name, ...cells] = spanCells(row, place);
    return el('tr', { 'data-span': row.span }, el('th', { scope: 'row' }, name ?? ''), ...cells.map((cell) => el('td', {}, cell)));
  };
  return [el('h2', {}, say('latency')), el('p', { class: 'empty' }, say('latencySays')), wide(say('latency'), el('table', {}, column(say, 'span', 'measured', 'half', 'p95', 'p99', 'most'), el('tbody', {}, ...spans.map(line))))];
}
