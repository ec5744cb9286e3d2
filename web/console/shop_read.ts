// What the server says of the shop itself, read as read.ts reads: what is absent becomes its harmless default.

import { list, number, object, text } from './read';

export interface Figures {
  accuracy: number | null; // null: not measured
  macro_f1: number | null;
  answered_share: number | null;
  answered_precision: number | null;
}
export interface DatasetLine {
  id: string;
  rows: number;
  labels: number;
}
export interface Release {
  id: string;
  created: string;
  live: boolean;
  replaces: string;
  figures: Figures;
  dataset: DatasetLine | null;
  gate: { pass: boolean; reason: string; fallen: string[] };
}
export interface RefusedRun {
  id: string;
  created: string;
  figures: Figures;
  dataset: DatasetLine | null;
  reason: string;
}
export const kOutcomes = ['running', 'interrupted', 'released', 'refused', 'nothing', 'shadow', 'failed', 'passed', 'changed'] as const;
export type Outcome = (typeof kOutcomes)[number];
export interface Round {
  kind: 'improve' | 'tests';
  why: string;
  corrections: number;
  started: string;
  outcome: Outcome;
  reason: string;
}
export interface Verdict {
  decision: string;
  label: string;
  score: number;
}
// A candidate that reads each call beside the live release.
export interface Shadow {
  candidate: string;
  live: string; // what it is compared with
  by: string;
  started: string;
  problem: string; // why it is not read with; '': it is
  refused: string; // why it was not released; '': it is not judged yet
  calls: number;
  changed: number; // of them decided otherwise
  changed_share: number;
  dropped: number;
  failed: number;
  intents: { intent: string; calls: number; changed: number }[];
  changes: { live: string; candidate: string; calls: number }[];
  examples: { trace: string; text: string; read: string; live: Verdict; candidate: Verdict }[];
}
export interface Releases {
  model: string;
  live: string;
  served: string;
  back_to: string; // what a roll-back makes live; '': nothing
  releases: Release[];
  refused: RefusedRun[];
  rounds: Round[];
  shadow: Shadow | null; // null: none reads
  history: { release: string; reason: string; changed: string }[];
}
export interface DrawnAnswer {
  trace: string;
  created: string;
  text: string;
  answer: string;
  intent: string;
  score: number;
}
export interface Review {
  judged: number;
  wrong: number;
  wrong_share: number | null; // null: nothing is judged
  wrong_at_most: number; // of all answers, with 95 % confidence
  drawn: DrawnAnswer[];
}
export interface Document {
  source: string;
  title: string;
  lang: string;
  version: number;
  passages: number;
  dated: string;
  shared: boolean;
}
export interface Documents {
  quotes: boolean; // whether the bot quotes documents at all
  documents: Document[];
}
export interface Quote {
  text: string;
  source: string;
  title: string;
  headings: string[];
  version: number;
  date: string;
  score: number;
}
export interface Found {
  query: string;
  score: number;
  threshold: number;
  quotes: Quote[];
}
export interface ApprovedAnswer {
  title_zh: string;
  title_en: string;
  text_zh: string;
  text_en: string;
  source: string;
  channels: string[];
  valid_from: string;
  valid_until: string;
  holds: 'now' | 'later' | 'over';
}
export interface Intent {
  intent: string;
  rows: number | null; // null: the live release was not taught it
  calls: number;
  hits: number;
  misses: number;
  answers: ApprovedAnswer[];
}
export interface Difference {
  what: string;
  expected: string;
  got: string;
}
export interface TestTurn {
  say: string;
  tap: string;
  expect: [string, string][];
}
export interface TestCase {
  name: string;
  channel: string;
  result: 'passed' | 'failed' | 'unknown';
  turns: TestTurn[];
  failure: { turn: number; where: string; said: string; differences: Difference[] } | null;
}
export interface Tests {
  ran: string;
  by: string;
  release: string;
  passed: number;
  failed: number;
  tests: TestCase[];
}
export const kDecisions = ['answer', 'clarify', 'refuse', 'handoff'] as const;
export type Decision = (typeof kDecisions)[number];
export interface Spent {
  calls: number;
  tokens: number;
  price_ufen: number;
}
export type UsageDay = Spent & Record<Decision, number> & { day: string };
export interface Usage extends Spent {
  answers: number;
  decisions: Record<Decision, number>;
  meters: (Spent & { meter: string; model: string })[];
  days: UsageDay[];
}

const texts = (value: unknown): string[] => list(value).map(text).filter((one) => one !== '');
const share = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

function readFigures(json: unknown): Figures {
  const figures = object(json);
  return {
    accuracy: share(figures['test.accuracy']),
    macro_f1: share(figures['test.macro_f1']),
    answered_share: share(figures['test.answered_share']),
    answered_precision: share(figures['test.answered_precision']),
  };
}

function readDataset(json: unknown): DatasetLine | null {
  const dataset = object(json);
  return text(dataset.id) === '' ? null : { id: text(dataset.id), rows: number(dataset.rows), labels: number(dataset.labels) };
}

const readVerdict = (json: unknown): Verdict => ({ decision: text(object(json).decision), label: text(object(json).label), score: number(object(json).score) });

function readShadow(json: unknown): Shadow | null {
  const one = object(json);
  if (text(one.candidate_id) === '') return null;
  return {
    candidate: text(one.candidate_id),
    live: text(one.release_id),
    by: text(one.started_by),
    started: text(one.started),
    problem: text(one.problem),
    refused: text(one.refused),
    calls: number(one.calls),
    changed: number(one.changed),
    changed_share: share(one.changed_share) ?? 0,
    dropped: number(one.dropped),
    failed: number(one.failed),
    intents: list(one.intents).map(object).map((row) => ({ intent: text(row.intent), calls: number(row.calls), changed: number(row.changed) })),
    changes: list(one.changes).map(object).map((row) => ({ live: text(row.live), candidate: text(row.candidate), calls: number(row.calls) })),
    examples: list(one.examples).map(object).map((row) => ({ trace: text(row.trace_id), text: text(row.text), read: text(row.read), live: readVerdict(row.live), candidate: readVerdict(row.candidate) })),
  };
}

export function readReleases(json: unknown): Releases {
  const all = object(json);
  const gate = (value: unknown): Release['gate'] => {
    const one = object(value);
    return { pass: one.pass === true, reason: text(one.reason), fallen: list(one.fallen).map((slice) => text(object(slice).slice)).filter((slice) => slice !== '') };
  };
  return {
    model: text(all.model),
    live: text(all.live),
    served: text(all.served),
    back_to: text(all.back_to),
    releases: list(all.releases)
      .map(object)
      .map((row) => ({ id: text(row.release_id), created: text(row.created), live: row.live === true, replaces: text(row.replaces), figures: readFigures(row.figures), dataset: readDataset(row.dataset), gate: gate(row.gate) }))
      .filter((row) => row.id !== ''),
    refused: list(all.refused)
      .map(object)
      .map((row) => ({ id: text(row.run_id), created: text(row.created), figures: readFigures(row.figures), dataset: readDataset(row.dataset), reason: text(row.reason) }))
      .filter((row) => row.id !== ''),
    rounds: list(all.rounds)
      .map(object)
      .map((row) => ({ kind: row.kind === 'tests' ? ('tests' as const) : ('improve' as const), why: text(row.why), corrections: number(row.corrections), started: text(row.started), outcome: kOutcomes.find((one) => one === row.outcome) ?? 'nothing', reason: text(row.reason) }))
      .filter((row) => row.started !== ''),
    shadow: readShadow(all.shadow),
    history: list(all.history)
      .map(object)
      .map((row) => ({ release: text(row.release_id), reason: text(row.reason), changed: text(row.changed) })),
  };
}

export function readReview(json: unknown): Review {
  const all = object(json);
  return {
    judged: number(all.judged),
    wrong: number(all.wrong),
    wrong_share: share(all.wrong_share),
    wrong_at_most: share(all.wrong_at_most) ?? 1,
    drawn: list(all.drawn)
      .map(object)
      .map((row) => ({ trace: text(row.trace_id), created: text(row.created), text: text(row.text), answer: text(row.answer), intent: text(row.intent), score: number(row.score) }))
      .filter((row) => row.trace !== ''),
  };
}

export function readDocuments(json: unknown): Documents {
  const all = object(json);
  return {
    quotes: all.quotes === true,
    documents: list(all.documents)
      .map(object)
      .map((row) => ({ source: text(row.source), title: text(row.title), lang: text(row.lang), version: number(row.version), passages: number(row.passages), dated: text(row.dated), shared: row.shared === true }))
      .filter((row) => row.source !== ''),
  };
}

export function readFound(json: unknown): Found {
  const all = object(json);
  return {
    query: text(all.query),
    score: number(all.score),
    threshold: number(all.threshold),
    quotes: list(all.quotes)
      .map(object)
      .map((row) => ({ text: text(row.text), source: text(row.source), title: text(row.title), headings: texts(row.headings), version: number(row.version), date: text(row.dated), score: number(row.score) })),
  };
}

export function readIntents(json: unknown): Intent[] {
  const answer = (row: Record<string, unknown>): ApprovedAnswer => ({
    title_zh: text(row.title_zh), title_en: text(row.title_en), text_zh: text(row.text_zh), text_en: text(row.text_en), source: text(row.source),
    channels: texts(row.channels), valid_from: text(row.valid_from), valid_until: text(row.valid_until),
    holds: row.holds === 'later' || row.holds === 'over' ? row.holds : 'now',
  });
  return list(object(json).intents)
    .map(object)
    .map((row) => ({ intent: text(row.intent), rows: share(row.rows), calls: number(row.calls), hits: number(row.hits), misses: number(row.misses), answers: list(row.answers).map(object).map(answer) }))
    .filter((row) => row.intent !== '');
}

export function readTests(json: unknown): Tests {
  const all = object(json);
  const failure = (value: unknown): TestCase['failure'] => {
    const one = object(value);
    if (list(one.differences).length === 0) return null;
    return { turn: number(one.turn), where: text(one.where), said: text(one.said), differences: list(one.differences).map(object).map((row) => ({ what: text(row.what), expected: text(row.expected), got: text(row.got) })) };
  };
  return {
    ran: text(all.ran),
    by: text(all.by),
    release: text(all.release_id),
    passed: number(all.passed),
    failed: number(all.failed),
    tests: list(all.tests)
      .map(object)
      .map((row) => ({
        name: text(row.name),
        channel: text(row.channel),
        result: row.result === 'passed' || row.result === 'failed' ? row.result : 'unknown',
        turns: list(row.turns).map(object).map((turn) => ({ say: text(turn.say), tap: text(turn.tap), expect: Object.entries(object(turn.expect)).map(([what, value]): [string, string] => [what, text(value)]) })),
        failure: failure(row.failure),
      })),
  };
}

const spent = (row: Record<string, unknown>): Spent => ({ calls: number(row.calls), tokens: number(row.tokens), price_ufen: number(row.price_ufen) });
const decided = (row: Record<string, unknown>): Record<Decision, number> => ({ answer: number(row.answer), clarify: number(row.clarify), refuse: number(row.refuse), handoff: number(row.handoff) });

export function readUsage(json: unknown): Usage {
  const all = object(json);
  return {
    ...spent(all),
    answers: number(all.answers),
    decisions: decided(object(all.decisions)),
    meters: list(all.meters).map(object).map((row) => ({ meter: text(row.meter), model: text(row.model), ...spent(row) })),
    days: list(all.days).map(object).map((row) => ({ day: text(row.day), ...spent(row), ...decided(row) })),
  };
}
