// Draws what the bot can be asked: each intent with its rows, approved answers, hits and misses. To be read only.

import { plainLabel } from '../src/api';
import { el } from '../src/dom';
import type { Lang } from '../src/i18n';
import { when } from './parts';
import type { ApprovedAnswer, Intent } from './shop_read';
import { share } from './views';
import type { Say } from './words';

export function validity(answer: ApprovedAnswer, say: Say): string {
  const parts = [say(`holds_${answer.holds}`)];
  if (answer.valid_from !== '') parts.push(say('from', { date: when(answer.valid_from) }));
  if (answer.valid_until !== '') parts.push(say('until', { date: when(answer.valid_until) }));
  return parts.join(' · ');
}

// Whether what is looked for stands in the name, a title or a text.
export function matches(intent: Intent, wanted: string): boolean {
  const all = [intent.intent, ...intent.answers.flatMap((one) => [one.title_zh, one.title_en, one.text_zh, one.text_en, one.source])];
  return all.some((text) => text.toLowerCase().includes(wanted.trim().toLowerCase()));
}

function answerBlock(answer: ApprovedAnswer, say: Say): HTMLElement {
  const channels = answer.channels.length > 0 ? ` · ${say('channels', { names: answer.channels.join(', ') })}` : '';
  return el(
    'li',
    { class: `approved ${answer.holds}` },
    el('p', { lang: 'zh-CN' }, answer.text_zh),
    el('p', { lang: 'en' }, answer.text_en),
    el('p', { class: 'item-meta' }, `${validity(answer, say)}${channels} · ${answer.source}`),
  );
}

function section(row: Intent, say: Say, lang: Lang): HTMLElement {
  const first = row.answers[0];
  const title = first === undefined ? plainLabel(row.intent) : lang === 'zh' ? first.title_zh : first.title_en;
  const taught = row.rows === null ? el('span', { class: 'warn' }, say('notTaught')) : el('span', {}, say('rowsTaught', { n: row.rows }));
  return el(
    'details',
    { class: 'intent', 'data-intent': row.intent },
    el(
      'summary',
      {},
      el('b', {}, title),
      el('code', {}, row.intent),
      el('span', { class: 'item-meta' }, taught, ` · ${say('hitsLine', { calls: row.calls, hits: row.hits, misses: row.misses })} (${share(row.hits, row.calls)})`),
      ...(row.answers.some((one) => one.holds === 'now') ? [] : [el('span', { class: 'warn' }, say('noAnswer'))]),
    ),
    el('ul', {}, ...row.answers.map((answer) => answerBlock(answer, say))),
  );
}

export function drawIntents(into: HTMLElement, rows: Intent[], say: Say, lang: Lang): void {
  const sections = rows.map((row) => section(row, say, lang));
  const field = el('input', { id: 'intent-filter', type: 'search' });
  field.addEventListener('input', () => rows.forEach((row, index) => void (sections[index]?.toggleAttribute('hidden', !matches(row, field.value)))));
  into.replaceChildren(
    el('h2', {}, say('intentsTab')),
    el('p', { class: 'empty' }, say('intentsLine', { intents: rows.length, answers: rows.reduce((sum, row) => sum + row.answers.length, 0) })),
    el('p', { class: 'search-row' }, el('label', { for: 'intent-filter' }, say('filter')), field),
    ...sections,
  );
}
