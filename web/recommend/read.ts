// What /v1/recommend/... sends, read member by member (../console/read.ts says why).

import { list, number, object, text } from '../console/read';

export interface Board {
  person: string;
  isManager: boolean; // may say what stands in lists
  items: number;
  users: number;
  events: number;
  live: string; // the release; '': none
}
export interface ItemRow {
  id: string;
  title: string;
  tags: string[];
  users: number;
  hidden: boolean;
}
export interface UserRow {
  id: string;
  events: number;
  last: string;
}
export interface Found<T> {
  found: number;
  rows: T[];
}
export interface Did {
  item: string;
  title: string;
  kind: string;
  time: string;
}
export interface Listed {
  id: string;
  title: string;
  score: number;
  isNew: boolean;
  isPinned: boolean; // by a rule of the shop
  reason: string;
  because: string; // the title of what it is because of
}
export interface Preview {
  user: string;
  release: string;
  arm: string; // '': no experiment runs
  fallback: boolean;
  items: Listed[];
}
export interface Share {
  value: number;
  low: number;
  high: number;
}
export interface Rate {
  users: number;
  lists: number;
  hits: number;
  share: Share;
}
export interface Day {
  day: string;
  clicks: number;
  clicked: Rate;
  positive: Rate;
}
export interface Experiment {
  name: string;
  arms: { arm: string; clicked: Rate; positive: Rate }[];
  clicked: Share; // challenger minus champion
  positive: Share;
}
export interface Explored {
  position: number;
  lists: number;
  clicks: number;
}
export interface Metrics {
  explored: Explored[]; // places that were drawn
  days: Day[];
  clicked: Rate;
  positive: Rate;
  experiment: Experiment | null;
}
export interface Cost {
  stage: string;
  lists: number;
  p50: number; // ms
  p95: number;
  p99: number;
}
export interface Health {
  funnel: { step: string; lists: number; users: number }[];
  record: Record<string, number>;
  events: Record<string, number>;
  drift: Record<string, number | null>; // null: one side has no event
  cost: Cost[];
  sources: Source[];
}
export interface Source {
  source: string;
  outcomes: { outcome: string; count: number; last: string; detail: string }[];
}
export interface Release {
  id: string;
  made: string;
  passed: boolean;
  why: string;
  learned_until: string;
}
export interface Releases {
  live: string;
  releases: Release[];
  changes: { release: string; reason: string; time: string }[];
}

export function readBoard(json: unknown): Board {
  const all = object(json);
  return { person: text(all.person), isManager: all.manager === true, items: number(all.items), users: number(all.users), events: number(all.events), live: text(all.live) };
}

export function readItems(json: unknown): Found<ItemRow> {
  const all = object(json);
  const rows = list(all.items)
    .map(object)
    .map((row) => ({ id: text(row.id), title: text(row.title), tags: list(row.tags).map(text).filter((tag) => tag !== ''), users: number(row.users), hidden: row.hidden === true }))
    .filter((row) => row.id !== '');
  return { found: number(all.found), rows };
}

export function readUsers(json: unknown): Found<UserRow> {
  const all = object(json);
  const rows = list(all.users)
    .map(object)
    .map((row) => ({ id: text(row.id), events: number(row.events), last: text(row.last) }))
    .filter((row) => row.id !== '');
  return { found: number(all.found), rows };
}

export const readHistory = (json: unknown): Did[] =>
  list(object(json).events).map(object).map((row) => ({ item: text(row.item), title: text(row.title), kind: text(row.kind), time: text(row.time) }));

export function readPreview(json: unknown): Preview {
  const all = object(json);
  return {
    user: text(all.user),
    release: text(all.release),
    arm: text(all.arm),
    fallback: all.fallback === true,
    items: list(all.items).map(object).map((row) => {
      const reason = object(row.reason);
      return { id: text(row.id), title: text(row.title), score: number(row.score), isNew: list(row.flags).includes('new'), isPinned: list(row.flags).includes('pinned'), reason: text(reason.kind), because: text(reason.title) };
    }),
  };
}

const readShare = (json: unknown): Share => ({ value: number(object(json).value), low: number(object(json).low), high: number(object(json).high) });
function readRate(json: unknown): Rate {
  const row = object(json);
  return { users: number(row.users), lists: number(row.lists), hits: number(row.hits), share: readShare(row.share) };
}

export function readMetrics(json: unknown): Metrics {
  const all = object(json);
  const experiment = object(all.experiment);
  const apart = object(experiment.difference);
  return {
    explored: list(all.explored).map(object).map((row) => ({ position: number(row.position), lists: number(row.lists), clicks: number(row.clicks) })),
    days: list(all.days).map(object).map((row) => ({ day: text(row.day), clicks: number(row.clicks), clicked: readRate(row.clicked), positive: readRate(row.positive) })),
    clicked: readRate(all.clicked),
    positive: readRate(all.positive),
    experiment:
      text(experiment.experiment) === ''
        ? null
        : {
            name: text(experiment.experiment),
            arms: list(experiment.arms).map(object).map((row) => ({ arm: text(row.arm), clicked: readRate(row.clicked), positive: readRate(row.positive) })),
            clicked: readShare(apart.clicked),
            positive: readShare(apart.positive),
          },
  };
}

const numbers = (json: unknown): Record<string, number> => Object.fromEntries(Object.entries(object(json)).map(([name, value]) => [name, number(value)]));

export function readHealth(json: unknown): Health {
  const all = object(json);
  return {
    funnel: list(all.funnel).map(object).map((row) => ({ step: text(row.step), lists: number(row.lists), users: number(row.users) })),
    record: numbers(all.record),
    events: numbers(all.events),
    drift: Object.fromEntries(Object.entries(object(all.drift)).map(([name, value]) => [name, value === null ? null : number(value)])),
    cost: list(all.cost).map(object).map((row) => ({ stage: text(row.stage), lists: number(row.lists), p50: number(row.p50_ms), p95: number(row.p95_ms), p99: number(row.p99_ms) })),
    sources: list(all.sources).map(object).map((row) => ({
      source: text(row.source),
      outcomes: list(row.outcomes).map(object).map((one) => ({ outcome: text(one.outcome), count: number(one.count), last: text(one.last), detail: text(one.detail) })),
    })),
  };
}

export function readReleases(json: unknown): Releases {
  const all = object(json);
  return {
    live: text(all.live),
    releases: list(all.releases)
      .map(object)
      .map((row) => ({ id: text(row.id), made: text(row.made), passed: row.passed === true, why: text(row.why), learned_until: text(row.learned_until) }))
      .filter((row) => row.id !== ''),
    changes: list(all.changes).map(object).map((row) => ({ release: text(row.release), reason: text(row.reason), time: text(row.time) })),
  };
}
export const readLive = (json: unknown): string => text(object(json).live);
