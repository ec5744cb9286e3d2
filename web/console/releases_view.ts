// Draws the releases of the model: which of them answers, what each was worth, and how one is taken back.

import { el } from '../src/dom';
import { shortId } from '../src/format';
import { asking, percentOf, table, when } from './parts';
import { drawShadow } from './shadow_view';
import type { Figures, Outcome, RefusedRun, Release, Releases, Round } from './shop_read';
import type { Say, Word } from './words';

export type Choose = (release: string, insteadOf: string) => void;

const figures = (of: Figures): string[] => [percentOf(of.accuracy), percentOf(of.macro_f1), percentOf(of.answered_share), percentOf(of.answered_precision)];
const dataset = (row: Release | RefusedRun, say: Say): string => (row.dataset === null ? '–' : say('datasetLine', { rows: row.dataset.rows, labels: row.dataset.labels }));
const idCell = (id: string): HTMLElement => el('code', { title: id }, shortId(id));

function gateCell(release: Release, say: Say): HTMLElement {
  const fallen = release.gate.fallen.length > 0 ? ` ${say('gateFallen', { slices: release.gate.fallen.join(', ') })}` : '';
  return el('details', { 'data-gate': release.id }, el('summary', {}, `${release.gate.pass ? say('gatePass') : say('gateFail')}${fallen}`), el('p', { class: 'item-meta', lang: 'en' }, release.gate.reason));
}

function releaseRow(row: Release, all: Releases, say: Say, isManager: boolean, choose: Choose): (Node | string)[] {
  const deed = row.live
    ? el('span', { class: 'badge live', 'data-live': row.id }, say('live'))
    : isManager
      ? asking(say, 'makeLive', say('makeLiveLine', { release: shortId(row.id) }), { 'data-choose': row.id }, () => choose(row.id, all.live))
      : '';
  return [idCell(row.id), when(row.created), ...figures(row.figures), dataset(row, say), gateCell(row, say), deed];
}

const outcomeWords: Record<Outcome, Word> = { running: 'roundRunning', interrupted: 'roundInterrupted', released: 'roundReleased', refused: 'roundRefused', nothing: 'roundNothing', shadow: 'roundShadow', failed: 'roundFailed', passed: 'roundPassed', changed: 'roundChanged' };

function roundRow(row: Round, say: Say): (Node | string)[] {
  const reason = el('details', { 'data-round': row.started }, el('summary', {}, say('reason')), el('p', { class: 'item-meta', lang: 'en' }, row.reason));
  return [when(row.started), say(row.kind === 'tests' ? 'roundTests' : 'roundImprove'), say(outcomeWords[row.outcome]), row.why, row.kind === 'tests' ? '' : String(row.corrections), row.reason === '' ? '' : reason];
}

export function drawReleases(into: HTMLElement, all: Releases, say: Say, isManager: boolean, choose: Choose): void {
  const heads = (['accuracy', 'macroF1', 'answeredShare', 'answeredPrecision', 'dataset'] as const).map((word) => say(word));
  const nodes: HTMLElement[] = [el('h2', {}, `${say('releases')}: ${all.model}`)];
  if (all.releases.length === 0) nodes.push(el('p', { class: 'empty' }, say('noRelease')));
  if (all.served !== all.live && all.served !== '') nodes.push(el('p', { class: 'problem-line', role: 'status' }, say('servedOther', { release: shortId(all.served) })));
  if (!isManager) nodes.push(el('p', { class: 'empty' }, say('managersOnly')));
  if (isManager && all.back_to !== '') nodes.push(el('p', { class: 'deeds' }, asking(say, 'rollBack', say('rollBackLine', { release: shortId(all.back_to) }), { 'data-roll-back': all.back_to }, () => choose(all.back_to, all.live))));
  if (all.releases.length > 0) {
    nodes.push(table(say('releases'), [say('release'), say('created'), ...heads, say('gate'), ''], all.releases.map((row) => releaseRow(row, all, say, isManager, choose)), 'releases'));
    nodes.push(el('p', { class: 'empty' }, say('heldOut')));
  }
  if (all.shadow !== null) nodes.push(drawShadow(all.shadow, say));
  if (all.refused.length > 0) {
    nodes.push(el('h2', {}, say('refusedRuns')));
    nodes.push(table(say('refusedRuns'), [say('release'), say('created'), ...heads, say('reason')], all.refused.map((row) => [idCell(row.id), when(row.created), ...figures(row.figures), dataset(row, say), row.reason || say('noReason')])));
  }
  if (all.rounds.length > 0) {
    nodes.push(el('h2', {}, say('rounds')), el('p', { class: 'empty' }, say('roundsLine')));
    nodes.push(table(say('rounds'), [say('created'), say('roundKind'), say('roundOutcome'), say('roundWhy'), say('corrections'), say('reason')], all.rounds.map((row) => roundRow(row, say)), 'rounds'));
  }
  if (all.history.length > 0) {
    nodes.push(el('h2', {}, say('history')));
    nodes.push(table(say('history'), [say('created'), say('release'), say('reason')], all.history.map((row) => [when(row.changed), idCell(row.release), row.reason]), 'history'));
  }
  into.replaceChildren(...nodes);
}
