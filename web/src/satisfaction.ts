// How content a visitor was with a whole conversation: five buttons, sent at once; the last one counts. A reason may follow.
//
//   asked   when a person has gone again, or a few questions were answered; never while one is awaited or speaks
//   kept    as a line of the conversation, so that a reload knows it, as the offline form's is

import { call, type Outcome, type Problem, type Way } from './api';
import { el } from './dom';
import { translate, type Lang } from './i18n';
import { isOpen, type Following, type Kept, type Line } from './live';
import { problemText } from './problem';

export const kScores = [1, 2, 3, 4, 5] as const;
const kAnswersLeast = 3; // before, there is not much to judge

export const scoreLine = (score: number): Line => ({ kind: 'score', agent: '', text: String(score), sequence: -1 });

// The last one given to this conversation; 0: none.
export function scoreOf(kept: readonly Kept[], conversation: string): number {
  const lines = kept.filter(({ answer }) => answer.conversation === conversation).flatMap((one) => one.lines);
  const last = lines.filter(({ kind }) => kind === 'score').pop();
  return kScores.find((score) => String(score) === last?.text) ?? 0;
}

export function asksScore(kept: readonly Kept[], now: Following): boolean {
  if (now.conversation === '' || isOpen(now.standing)) return false;
  const own = kept.filter(({ answer }) => answer.conversation === now.conversation);
  const wasWithPerson = own.some(({ lines }) => lines.some(({ kind }) => kind === 'returned' || kind === 'ended'));
  return wasWithPerson || own.length >= kAnswersLeast;
}

export function sendScore(conversation: string, score: number, reason: string, way: Way): Promise<Outcome<boolean>> {
  const path = `/v1/conversations/${encodeURIComponent(conversation)}/rating`;
  return call(path, { score, ...(reason !== '' && { reason }) }, () => true, way);
}

export interface SatisfactionOptions {
  lang: Lang;
  score: number; // given already; 0: none
  send: (score: number, reason: string) => Promise<Problem | null>; // null: it was taken
}

function reasonForm(lang: Lang, done: (reason: string) => Promise<boolean>): HTMLFormElement {
  const input = el('input', { name: 'reason', type: 'text', maxlength: '500', autocomplete: 'off' });
  const form = el('form', { class: 'reason' }, el('label', {}, el('span', {}, translate(lang, 'reason')), input),
    el('div', { class: 'buttons' }, el('button', { type: 'submit', class: 'solid' }, translate(lang, 'send'))));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const reason = input.value.trim();
    if (reason === '' || (await done(reason))) form.remove();
  });
  return form;
}

export function satisfactionBox({ lang, score, send }: SatisfactionOptions): HTMLElement {
  let given = score;
  const note = el('span', { class: 'note', role: 'status' }, given > 0 ? translate(lang, 'thanks') : '');
  const buttons = kScores.map((value) => {
    const name = translate(lang, 'scoreOf', { n: value });
    return el('button', { type: 'button', class: 'chip score', 'data-score': String(value), 'aria-label': name, title: name }, String(value));
  });
  const show = (): void => buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(index + 1 === given)));
  const vote = async (value: number, reason: string): Promise<boolean> => {
    const problem = await send(value, reason);
    if (problem === null) given = value;
    note.textContent = problem === null ? translate(lang, 'thanks') : problemText(lang, problem);
    show();
    return problem === null;
  };
  const row = el('div', { class: 'chips scores', role: 'group', 'aria-label': translate(lang, 'howWasIt') }, ...buttons, note);
  const box = el('div', { class: 'satisfaction' }, el('p', {}, translate(lang, 'howWasIt')), row);
  buttons.forEach((button, index) => button.addEventListener('click', async () => {
    const value = index + 1;
    if (!(await vote(value, ''))) return;
    box.querySelector('form.reason')?.remove();
    row.after(reasonForm(lang, (reason) => vote(value, reason)));
  }));
  show();
  return box;
}
