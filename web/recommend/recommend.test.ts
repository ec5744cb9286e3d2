import { describe, expect, it } from 'vitest';
import { readHealth, readHistory, readItems, readMetrics, readPreview, readReleases, readUsers } from './read';
import { whenOf } from '../src/tables';
import { bars, driftWord, outcomeText, reasonText, shareText } from './views';
import { isWord, words } from './words';

describe('what the server sends', () => {
  it('is read member by member, whatever it is', () => {
    for (const json of [null, 7, [], { items: 'x', users: {}, days: 3, releases: [null], changes: 'no' }]) {
      expect(readItems(json)).toEqual({ found: 0, rows: [] });
      expect(readUsers(json)).toEqual({ found: 0, rows: [] });
      expect(readHistory(json)).toEqual([]);
      expect(readPreview(json).items).toEqual([]);
      expect(readMetrics(json).experiment).toBeNull();
      expect(readMetrics(json).days).toEqual([]);
      expect(readReleases(json).releases).toEqual([]);
      expect(readHealth(json)).toEqual({ funnel: [], record: {}, events: {}, drift: {}, cost: [], sources: [] });
    }
    const items = readItems({ found: 9, items: [{ id: 'a', title: '<b>A</b>', tags: ['x', 3], users: 2, hidden: true }, { title: 'without an id' }] });
    expect(items).toEqual({ found: 9, rows: [{ id: 'a', title: '<b>A</b>', tags: ['x'], users: 2, hidden: true }] });
  });
  it('tells how the lists fare, with what cannot be compared', () => {
    const health = readHealth({ funnel: [{ step: 'given', lists: 3, users: 2 }], record: { items: 5, odd: 'x' }, drift: { kinds: null, tags: 0.3 }, cost: [{ stage: 'order', lists: 3, p50_ms: 1.5 }], sources: [{ source: 'kafka:clicks', outcomes: [{ outcome: 'refused_kind', count: 2, last: '2026-11-27T08:30:00Z', detail: 'partition 0, offset 7' }] }] });
    expect(health.funnel).toEqual([{ step: 'given', lists: 3, users: 2 }]);
    expect(health.record).toEqual({ items: 5, odd: 0 });
    expect(health.drift).toEqual({ kinds: null, tags: 0.3 });
    expect(health.cost[0]).toEqual({ stage: 'order', lists: 3, p50: 1.5, p95: 0, p99: 0 });
    expect(health.sources).toEqual([{ source: 'kafka:clicks', outcomes: [{ outcome: 'refused_kind', count: 2, last: '2026-11-27T08:30:00Z', detail: 'partition 0, offset 7' }] }]);
    expect(outcomeText('refused_kind', words('en'))).toBe('refused: kind');
    expect(outcomeText('refused_kind', words('zh'))).toBe('被拒绝：kind');
    expect(outcomeText('added', words('en'))).toBe('new');
    expect([0.05, 0.1, 0.25, 0.3].map(driftWord)).toEqual(['drift_little', 'drift_some', 'drift_some', 'drift_much']);
  });
  it('tells an experiment with both arms', () => {
    const rate = { users: 2, lists: 4, hits: 1, share: { value: 0.25, low: 0, high: 0.6 } };
    const metrics = readMetrics({ experiment: { experiment: 'june', arms: [{ arm: 'champion', clicked: rate }], difference: { clicked: { value: -0.1, low: -0.3, high: 0.1 } } } });
    expect(metrics.experiment?.arms[0]?.clicked.hits).toBe(1);
    expect(metrics.experiment?.clicked.low).toBe(-0.3);
    expect(shareText(rate.share)).toBe('25.0% [0.0%, 60.0%]');
  });
});

describe('what is drawn', () => {
  const day = (lists: number, hits: number) => ({ day: '2026-11-27', clicks: hits, clicked: { users: 1, lists, hits, share: {} }, positive: {} });
  it('has bars as high as the lists, those with a click within them', () => {
    const [first, second, none] = bars(readMetrics({ days: [day(10, 5), day(20, 20), day(0, 0)] }));
    expect(first?.lists).toBe(90);
    expect(first?.clicked).toBe(45);
    expect(second?.lists).toBe(second?.clicked);
    expect(none?.lists).toBe(0);
    expect(bars(readMetrics({}))).toEqual([]);
  });
  it('says why an item is there', () => {
    const say = words('en');
    const item = readPreview({ items: [{ id: 'a', title: 'A', reason: { kind: 'because_of', title: 'B {title}' } }, { id: 'b', reason: { kind: 'odd' } }] }).items;
    expect(reasonText(item[0]!, say)).toBe('because of "B {title}"');
    expect(reasonText(item[1]!, say)).toBe('');
    expect(whenOf('never', 'en')).toBe('never');
  });
  it('has every word in both languages', () => {
    for (const kind of ['view', 'click', 'comment', 'share', 'buy']) expect(isWord(`kind_${kind}`)).toBe(true);
    for (const name of ['items', 'without_title', 'without_text', 'without_tags', 'same_title', 'untouched', 'hidden', 'users', 'once', 'busiest_share', 'events', 'late', 'of_a_list']) expect(isWord(`record_${name}`)).toBe(true);
    for (const name of ['recent', 'before', 'kinds', 'tags', 'new_items']) expect(isWord(`drift_${name}`)).toBe(true);
    for (const name of ['read', 'order', 'explore', 'reasons', 'keep']) expect(isWord(`stage_${name}`)).toBe(true);
    for (const kind of ['because_of', 'popular', 'new', 'picked']) expect(isWord(`reason_${kind}`)).toBe(true);
    expect(words('zh')('found', { found: 3, shown: 2 })).toBe('找到 3，显示 2');
  });
});
