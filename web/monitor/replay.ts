// A replay of past days with another rule: what the server sends and is asked, and which of the alarms that were raised
// and of those that would be are the same one. Nothing here draws (replay_view.ts).

import { list, number, object, text } from '../console/read';

export const kRuleKeys = ['false_alarms_per_week', 'publishers_min', 'hold_minutes', 'keep_firing_minutes', 'reopen_minutes', 'absolute_limit'] as const;
export type RuleKey = (typeof kRuleKeys)[number];
// What the server takes; all but the first are whole.
export const kRanges: Record<RuleKey, [number, number]> = {
  false_alarms_per_week: [0.001, 100],
  publishers_min: [0, 1000],
  hold_minutes: [0, 1440],
  keep_firing_minutes: [0, 1440],
  reopen_minutes: [0, 1440],
  absolute_limit: [1, 1_000_000_000],
};

export type Rule = Record<RuleKey, string>; // as it is written; absolute_limit '': none
export const emptyRule = (): Rule => Object.fromEntries(kRuleKeys.map((key) => [key, ''])) as Rule;
export interface Rules {
  isManager: boolean;
  topics: { topic: string; rule: Rule }[];
}
export interface ReplayForm {
  topic: string;
  days: number;
  rule: Rule;
}
export interface Raised {
  alarm: string;
  fired: string;
  resolved: string; // '': it fires on
  justified: boolean | null; // null: nobody has judged it
}
export interface Would extends Omit<Raised, 'justified'> {
  isLimit: boolean; // the user's own limit, not a surge
  minutes: number;
  total: number;
  negative: number;
  publishers: number;
}
export interface Replayed {
  from: string;
  to: string;
  learnsFrom: string; // where what is replayed begins
  documents: number;
  raised: Raised[];
  would: Would[];
}

export function readRules(json: unknown): Rules {
  const all = object(json);
  const rule = (of: Record<string, unknown>): Rule => Object.fromEntries(kRuleKeys.map((key) => [key, typeof of[key] === 'number' ? String(of[key]) : ''])) as Rule;
  const topics = list(all.topics).map(object).map((row) => ({ topic: text(row.topic), rule: rule(object(row.rule)) }));
  return { isManager: all.manager === true, topics: topics.filter((row) => row.topic !== '') };
}

export function readReplayed(json: unknown): Replayed {
  const all = object(json);
  const row = (one: Record<string, unknown>): { alarm: string; fired: string; resolved: string } => ({ alarm: text(one.alarm), fired: text(one.fired), resolved: text(one.resolved) });
  return {
    from: text(all.from),
    to: text(all.to),
    learnsFrom: text(all.learns_from),
    documents: number(all.documents),
    raised: list(all.raised).map(object).map((one) => ({ ...row(one), justified: typeof one.justified === 'boolean' ? one.justified : null })),
    would: list(all.would_raise)
      .map(object)
      .map((one) => ({ ...row(one), isLimit: one.cause === 'absolute_limit', minutes: number(one.minutes), total: number(one.total), negative: number(one.negative), publishers: number(one.publishers) })),
  };
}

// A number where it is one, nothing where it may be missing; else what was written, which the server refuses.
function valueOf(key: RuleKey, written: string): number | string | null {
  const trimmed = written.trim();
  if (trimmed === '') return key === 'absolute_limit' ? null : '';
  const value = Number(trimmed.replace(',', '.'));
  return Number.isNaN(value) ? trimmed : value;
}

// What is asked: of the rule, what differs from the topic's own.
export function bodyOf(form: ReplayForm, own: Rule): Record<string, unknown> {
  const changed = kRuleKeys.map((key) => [key, valueOf(key, form.rule[key])] as const).filter(([key, value]) => value !== valueOf(key, own[key]));
  return { topic: form.topic, days: form.days, rule: Object.fromEntries(changed) };
}

// The field that a refusal is about.
export const keyOf = (field: string): RuleKey | null => kRuleKeys.find((key) => field === `rule.${key}`) ?? null;

export interface Pair {
  was: Raised | null;
  would: Would | null;
}

// The two are one alarm where they fired at one time. Those that fired first stand first.
export function pairs({ raised, would }: Pick<Replayed, 'raised' | 'would'>): Pair[] {
  const end = (one: { resolved: string }): number => (one.resolved === '' ? Infinity : Date.parse(one.resolved));
  const isOne = (a: Raised, b: Would): boolean => Date.parse(a.fired) <= end(b) && Date.parse(b.fired) <= end(a);
  const left = [...would];
  const found: Pair[] = raised.map((was) => {
    const same = left.findIndex((one) => one.alarm === was.alarm);
    const at = same >= 0 ? same : left.findIndex((one) => isOne(was, one));
    return { was, would: at < 0 ? null : (left.splice(at, 1)[0] ?? null) };
  });
  const begins = ({ was, would: other }: Pair): number => Math.min(...[was, other].flatMap((one) => (one === null ? [] : [Date.parse(one.fired)])));
  return [...found, ...left.map((one) => ({ was: null, would: one }))].sort((a, b) => begins(a) - begins(b));
}

// How many minutes later the changed rule would have raised it; below 0: earlier.
export const delayOf = ({ was, would }: Pair): number | null => (was === null || would === null ? null : Math.round((Date.parse(would.fired) - Date.parse(was.fired)) / 60_000));
