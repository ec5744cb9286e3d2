// The model's page: its scores week by week, and what it is unsure of, to be judged.

import { list, number, object, text } from '../console/read';
import { el } from '../src/dom';
import { textLang } from '../src/format';
import { readDocuments, type Doc, type Sentiment } from './read';
import { wide } from '../src/tables';
import { column, documentLine, type Place } from './views';

export type Verdict = 'reference' | 'too_few' | 'steady' | 'moved' | 'drifted';
const kVerdicts: readonly Verdict[] = ['reference', 'too_few', 'steady', 'moved', 'drifted'];

export interface Week {
  release: string;
  week: string; // its Monday
  verdict: Verdict;
  stories: number;
  unsure: number;
  judged: number;
  confirmed: number;
  psi: number | null; // null: not compared
  ks: number | null;
  reference: string; // '': none
}
export interface Unsure extends Doc {
  topic: string;
}

const maybe = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

export const readWeeks = (json: unknown): Week[] =>
  list(object(json).weeks)
    .map(object)
    .map((row) => ({
      release: text(row.release),
      week: text(row.week),
      verdict: kVerdicts.find((one) => one === row.verdict) ?? 'too_few',
      stories: number(row.stories),
      unsure: number(row.unsure),
      judged: number(row.judged),
      confirmed: number(row.confirmed),
      psi: maybe(row.psi),
      ks: maybe(row.ks),
      reference: text(row.reference),
    }));

export function readUnsure(json: unknown): Unsure[] {
  const rows = list(object(json).documents).map(object);
  return readDocuments(json).map((doc, index) => ({ ...doc, topic: text(rows[index]?.topic) }));
}

const shareOf = (part: number, whole: number): string => (whole > 0 ? `${((100 * part) / whole).toFixed(1)}%` : '–');
const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

export function weekCells(row: Week, { say }: Place): string[] {
  const judged = row.judged === 0 ? '–' : `${row.confirmed} / ${row.judged}`;
  return [say(`verdict_${row.verdict}`), figure(row.psi), figure(row.ks), row.reference === '' ? '–' : row.reference, String(row.stories), shareOf(row.unsure, row.stories), judged, row.release];
}

export function drawDrift(into: HTMLElement, weeks: Week[], unsure: Unsure[], place: Place, judge: (id: number, topic: string, sentiment: Sentiment) => void): void {
  const { say } = place;
  const line = (row: Week): HTMLElement => el('tr', { 'data-week': row.week }, el('th', { scope: 'row' }, row.week), ...weekCells(row, place).map((cell) => el('td', {}, cell)));
  const ask = (doc: Unsure): HTMLElement => {
    const item = documentLine(doc, place, (one, sentiment) => judge(one.id, doc.topic, sentiment));
    item.prepend(el('p', { class: 'item-meta', lang: textLang(doc.topic) }, doc.topic));
    return item;
  };
  into.replaceChildren(
    el('h2', {}, say('drift')),
    el('p', { class: 'empty' }, say('driftSays')),
    weeks.length === 0 ? el('p', { class: 'empty' }, say('noWeeks')) : wide(say('drift'), el('table', {}, column(say, 'week', 'verdict', 'psi', 'ks', 'reference', 'stories', 'unsure', 'confirmed', 'model'), el('tbody', {}, ...weeks.map(line)))),
    el('h2', {}, say('unsureTitle')),
    el('p', { class: 'empty' }, say('unsureSays')),
    unsure.length === 0 ? el('p', { class: 'empty' }, say('noUnsure')) : el('ol', { class: 'documents' }, ...unsure.map(ask)),
  );
}
