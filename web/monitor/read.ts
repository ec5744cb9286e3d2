// What /v1/monitor/... sends, read member by member (../console/read.ts says why).

import { list, number, object, text } from '../console/read';

export type Sentiment = 'negative' | 'neutral' | 'positive';
export const kSentiments: readonly Sentiment[] = ['negative', 'neutral', 'positive'];
export type State = 'quiet' | 'learning' | 'pending' | 'firing' | 'resolved';
const kStates: readonly State[] = ['quiet', 'learning', 'pending', 'firing', 'resolved'];

export interface TopicRow {
  topic: string;
  state: State;
  total: number;
  negative: number;
  positive: number;
  publishers: number;
  silenced: boolean;
}
export interface Silence {
  id: string;
  topic: string; // '': every topic
  ends: string;
  created_by: string;
  note: string;
}
export interface Overview {
  monitor: string;
  person: string;
  hours: number;
  topics: TopicRow[];
  silences: Silence[];
  release: string; // whose scores count; '': documents bring their own
}
export interface Point {
  begins: string;
  total: number;
  negative: number;
  positive: number;
  low: number | null; // of the negatives to be expected; null: not known yet
  high: number | null;
}
export interface Mark {
  alarm: string;
  from: string;
  to: string; // '': it still fires
}
export interface Gap {
  from: string;
  to: string; // '': it is not over
}
export interface Series {
  topic: string;
  step_minutes: number;
  points: Point[];
  alarms: Mark[];
  models: { time: string; detail: string }[];
  gaps: Gap[];
}
export interface Score {
  release: string;
  negative: number;
  neutral: number;
  positive: number;
}
export interface Doc {
  id: number;
  title: string;
  text: string;
  url: string; // '' unless it is a web address
  publisher: string;
  published: string;
  sentiment: Sentiment;
  in_story: number;
  story_publishers: number;
  counted: boolean;
  score: Score | null; // null: the document said it itself
  judged: { sentiment: Sentiment; by: string } | null; // what somebody said it is
}
export interface AlarmRow {
  alarm: string;
  topic: string;
  state: 'firing' | 'acknowledged' | 'resolved';
  fired: string;
  fired_count: number;
  changed: string;
  acknowledged_by: string;
  note: string;
  judged: { justified: boolean; by: string } | null;
}
export interface Alarms {
  rows: AlarmRow[];
  precision: { judged: number; justified: number };
}
export interface BandPoint {
  time_ms: number;
  negative: number;
  low: number;
  high: number;
}
export interface Evidence {
  row: AlarmRow;
  cause: string;
  negative: number;
  total: number;
  minutes: number;
  publishers: number;
  count_tail: number | null; // log10 of the probability; null: there was no baseline
  share_tail: number | null;
  score: number | null;
  threshold: number | null;
  limit: number | null;
  series: BandPoint[];
  documents: Doc[];
  terms: { term: string; documents: number; before: number }[]; // that the week before did not have, or less
  before: number; // documents of the week before
}
export interface SourceRow {
  source: string;
  outcome: string;
  count: number;
  last: string;
  detail: string;
}
export interface LogRow {
  time: string;
  topic: string;
  alarm: string;
  event: string;
  who: string;
  detail: string;
}

// Only addresses of the web become links: what a source calls an address may be anything.
export const webAddress = (address: string): string => (/^https?:\/\//i.test(address) ? address : '');

const state = (value: unknown): State => kStates.find((one) => one === value) ?? 'learning';
const sentiment = (value: unknown): Sentiment => kSentiments.find((one) => one === value) ?? 'neutral';
const maybe = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

export function readOverview(json: unknown): Overview {
  const all = object(json);
  return {
    monitor: text(all.monitor),
    person: text(all.person),
    hours: number(all.hours),
    topics: list(all.topics)
      .map(object)
      .map((row) => ({ topic: text(row.topic), state: state(row.state), total: number(row.total), negative: number(row.negative), positive: number(row.positive), publishers: number(row.publishers), silenced: row.silenced === true }))
      .filter((row) => row.topic !== ''),
    silences: list(all.silences)
      .map(object)
      .map((row) => ({ id: text(row.id), topic: text(row.topic), ends: text(row.ends), created_by: text(row.created_by), note: text(row.note) })),
    release: text(object(all.model).release),
  };
}

export function readSeries(json: unknown): Series {
  const all = object(json);
  return {
    topic: text(all.topic),
    step_minutes: Math.max(1, number(all.step_minutes)),
    points: list(all.points).map(object).map((row) => ({ begins: text(row.begins), total: number(row.total), negative: number(row.negative), positive: number(row.positive), low: maybe(row.low), high: maybe(row.high) })),
    alarms: list(all.alarms).map(object).map((row) => ({ alarm: text(row.alarm), from: text(row.fired), to: text(row.resolved) })),
    models: list(all.models).map(object).map((row) => ({ time: text(row.time), detail: text(row.detail) })),
    gaps: list(all.gaps).map(object).map((row) => ({ from: text(row.from), to: text(row.to) })),
  };
}

function readDoc(json: unknown): Doc {
  const row = object(json);
  const score = object(row.score);
  const judged = object(row.judged);
  return {
    id: number(row.id),
    title: text(row.title),
    text: text(row.text),
    url: webAddress(text(row.url)),
    publisher: text(row.publisher),
    published: text(row.published),
    sentiment: sentiment(row.sentiment),
    in_story: number(row.in_story),
    story_publishers: number(row.story_publishers),
    counted: row.counted === true,
    judged: text(judged.sentiment) === '' ? null : { sentiment: sentiment(judged.sentiment), by: text(judged.by) },
    score: text(score.release) === '' ? null : { release: text(score.release), negative: number(score.negative), neutral: number(score.neutral), positive: number(score.positive) },
  };
}
export const readDocuments = (json: unknown): Doc[] => list(object(json).documents).map(readDoc);

function readAlarm(json: unknown): AlarmRow {
  const row = object(json);
  const judged = object(row.judged);
  const told = text(row.state);
  return {
    alarm: text(row.alarm),
    topic: text(row.topic),
    state: told === 'firing' || told === 'acknowledged' ? told : 'resolved',
    fired: text(row.fired),
    fired_count: number(row.fired_count),
    changed: text(row.changed),
    acknowledged_by: text(row.acknowledged_by),
    note: text(row.note),
    judged: typeof judged.justified === 'boolean' ? { justified: judged.justified, by: text(judged.judged_by) } : null,
  };
}
export function readAlarms(json: unknown): Alarms {
  const all = object(json);
  const precision = object(all.precision);
  return { rows: list(all.alarms).map(readAlarm).filter((row) => row.alarm !== ''), precision: { judged: number(precision.judged), justified: number(precision.justified) } };
}

const kNsPerMs = 1e6;

export function readEvidence(json: unknown): Evidence {
  const all = object(json);
  const why = object(all.explanation);
  const test = object(why.test);
  return {
    row: readAlarm(json),
    cause: text(why.cause),
    negative: number(why.negative),
    total: number(why.total),
    minutes: number(why.window_ns) / kNsPerMs / 60_000,
    publishers: list(why.publishers).length,
    count_tail: maybe(test.log10_count_tail),
    share_tail: maybe(test.log10_share_tail),
    score: maybe(test.score_micro) === null ? null : number(test.score_micro) / 1e6,
    threshold: number(why.threshold_micro) > 0 ? number(why.threshold_micro) / 1e6 : null,
    limit: maybe(why.limit),
    series: list(why.series).map(object).map((row) => ({ time_ms: number(row.time_ns) / kNsPerMs, negative: number(row.negative), low: number(row.low), high: number(row.high) })),
    documents: list(all.documents).map(readDoc),
    terms: list(object(all.terms).terms).map(object).map((one) => ({ term: text(one.term), documents: number(one.documents), before: number(one.before) })).filter((one) => one.term !== ''),
    before: number(object(all.terms).before),
  };
}

export const readSources = (json: unknown): SourceRow[] =>
  list(object(json).sources).map(object).map((row) => ({ source: text(row.source), outcome: text(row.outcome), count: number(row.count), last: text(row.last), detail: text(row.detail) }));

export const readLog = (json: unknown): LogRow[] =>
  list(object(json).audit).map(object).map((row) => ({ time: text(row.time), topic: text(row.topic), alarm: text(row.alarm), event: text(row.event), who: text(row.who), detail: text(row.detail) }));
