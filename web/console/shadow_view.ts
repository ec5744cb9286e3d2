// Draws what a candidate beside the live release would decide otherwise of the calls that came in.

import { plainLabel } from '../src/api';
import { el } from '../src/dom';
import { shortId, textLang } from '../src/format';
import { percentOf, table, when } from './parts';
import type { Shadow, Verdict } from './shop_read';
import type { Say, Word } from './words';

const kDecisionWords: Record<string, Word> = { answer: 'answered', clarify: 'clarified', refuse: 'refused' };
const decisionWord = (decision: string, say: Say): string => {
  const word = kDecisionWords[decision];
  return word === undefined ? decision : say(word);
};
const verdictText = (verdict: Verdict, say: Say): string => `${decisionWord(verdict.decision, say)} · ${plainLabel(verdict.label)} · ${percentOf(verdict.score)}`;

export function drawShadow(shadow: Shadow, say: Say): HTMLElement {
  const figures = { calls: shadow.calls, changed: shadow.changed, share: percentOf(shadow.changed_share), dropped: shadow.dropped, failed: shadow.failed };
  const nodes: HTMLElement[] = [
    el('h2', {}, say('shadow')),
    el('p', { class: 'empty' }, say('shadowLine', { candidate: shortId(shadow.candidate), live: shortId(shadow.live), by: shadow.by, date: when(shadow.started) })),
    el('p', { 'data-shadow-calls': String(shadow.calls) }, say('shadowFigures', figures)),
  ];
  if (shadow.problem !== '') nodes.push(el('p', { class: 'problem-line', role: 'status' }, say('shadowProblem', { why: shadow.problem })));
  if (shadow.refused !== '') nodes.push(el('p', { class: 'item-meta', lang: 'en' }, shadow.refused));
  if (shadow.intents.length > 0) {
    const rows = shadow.intents.map((row) => [plainLabel(row.intent) || say('none'), String(row.calls), String(row.changed), percentOf(row.calls > 0 ? row.changed / row.calls : null)]);
    nodes.push(table(say('shadowIntents'), [say('entry'), say('calls'), say('shadowOtherwise'), say('shadowShare')], rows, 'shadow-intents'));
  }
  if (shadow.changes.length > 0) {
    const rows = shadow.changes.map((row) => [decisionWord(row.live, say), row.live === row.candidate ? say('shadowOtherIntent') : decisionWord(row.candidate, say), String(row.calls)]);
    nodes.push(table(say('shadowChanges'), [say('live'), say('shadowCandidate'), say('calls')], rows, 'shadow-changes'));
  }
  if (shadow.examples.length > 0) {
    const rows = shadow.examples.map((row) => [el('span', { lang: textLang(row.text) }, row.text), verdictText(row.live, say), verdictText(row.candidate, say)]);
    nodes.push(table(say('shadowExamples'), [say('shadowQuestion'), say('live'), say('shadowCandidate')], rows, 'shadow-examples'));
  }
  return el('section', { 'data-shadow': shadow.candidate }, ...nodes);
}
