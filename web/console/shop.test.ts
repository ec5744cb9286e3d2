import { describe, expect, it } from 'vitest';
import { matches, validity } from './intents_view';
import { percentOf, stacks, when, yuan } from './parts';
import { readAgent } from './read';
import { isShopView } from './shop';
import { base64Of } from './shop_api';
import { readDocuments, readFound, readIntents, readReleases, readReview, readTests, readUsage } from './shop_read';
import { shopEn, shopZh } from './shop_words';
import { decisionColumns } from './usage_view';
import { words } from './words';

const answer = { intent: 'hours', title_zh: '营业时间', title_en: 'Opening hours', text_zh: '十点到六点。', text_en: 'Ten to six.', source: 'policy#1', channels: ['web'], valid_from: null, valid_until: '2026-12-31T16:00:00.000Z', holds: 'now' };

describe('reading the shop', () => {
  it('survives anything', () => {
    for (const bad of [null, 7, 'x', [], {}, { releases: [null, {}], refused: 'x', history: [7], documents: [null, {}], quotes: 3, intents: [{}], tests: [null], days: {}, decisions: [] }]) {
      expect(readReleases(bad).releases).toEqual([]);
      expect(readDocuments(bad).documents).toEqual([]);
      expect(readFound(bad).threshold).toBe(0);
      expect(readIntents(bad)).toEqual([]);
      expect(readTests(bad).failed).toBe(0);
      expect(readUsage(bad).decisions.answer).toBe(0);
    }
    expect([readAgent({}).manager, readAgent({ manager: true }).manager, readAgent({ manager: 1 }).manager]).toEqual([false, true, false]);
  });
  it('takes releases as they are; what was not measured is no zero', () => {
    const all = readReleases({
      model: 'shop', live: 'release_b', served: 'release_a', back_to: 'release_a',
      releases: [{ release_id: 'release_b', created: 'c', live: true, replaces: 'release_a', figures: { 'test.accuracy': 0.9 }, dataset: { id: 'd', rows: 5, labels: 2 }, gate: { pass: false, reason: 'r', fallen: [{ slice: 'lang=zh' }, {}] } }],
      refused: [{ run_id: 'run_1', figures: {}, reason: 'worse' }],
      rounds: [{ kind: 'improve', why: '03:00', corrections: 4, started: 's', outcome: 'refused', reason: 'worse' }, { kind: 'tests', started: 't', outcome: 'odd' }, {}],
      history: [{ release_id: 'release_b', reason: 'gate passed', changed: 'x' }],
      shadow: { candidate_id: 'run_2', release_id: 'release_b', calls: 4, changed: 1, changed_share: 0.25, dropped: 2, intents: [{ intent: 'hours', calls: 4, changed: 1 }], examples: [{ trace_id: 't', text: 'open?', live: { decision: 'answer', label: 'hours', score: 0.9 } }] },
    });
    expect(all.shadow?.changed_share).toBe(0.25);
    expect([all.shadow?.dropped, all.shadow?.failed, all.shadow?.problem]).toEqual([2, 0, '']);
    expect(all.shadow?.examples[0]?.live.label).toBe('hours');
    expect(all.shadow?.examples[0]?.candidate).toEqual({ decision: '', label: '', score: 0 });
    expect(readReleases({ shadow: null }).shadow).toBe(null);
    expect(all.rounds).toEqual([
      { kind: 'improve', why: '03:00', corrections: 4, started: 's', outcome: 'refused', reason: 'worse' },
      { kind: 'tests', why: '', corrections: 0, started: 't', outcome: 'nothing', reason: '' },
    ]);
    const [release] = all.releases;
    expect(release?.figures).toEqual({ accuracy: 0.9, macro_f1: null, answered_share: null, answered_precision: null });
    expect(release?.gate).toEqual({ pass: false, reason: 'r', fallen: ['lang=zh'] });
    expect([all.refused[0]?.dataset, all.refused[0]?.reason, all.history.length]).toEqual([null, 'worse', 1]);
  });
  it('takes a review; nothing judged is no share', () => {
    expect(readReview({})).toEqual({ judged: 0, wrong: 0, wrong_share: null, wrong_at_most: 1, drawn: [] });
    const all = readReview({ judged: 80, wrong: 2, wrong_share: 0.025, wrong_at_most: 0.0767, drawn: [{ trace_id: 'tr_1', text: 'q', answer: 'a', intent: 'hours', score: 0.9 }, {}, null] });
    expect(all.drawn.map((one) => [one.trace, one.text, one.answer])).toEqual([['tr_1', 'q', 'a']]);
    expect([all.judged, all.wrong, all.wrong_share, all.wrong_at_most]).toEqual([80, 2, 0.025, 0.0767]);
  });
  it('takes a test with its differences', () => {
    const all = readTests({ ran: 'r', by: 'Wang', failed: 1, tests: [{ name: 'a', result: 'failed', turns: [{ say: 's', expect: { decision: 'answer', n: 7 } }], failure: { turn: 1, where: 'w', differences: [{ what: 'decision', expected: 'answer', got: 'refuse' }] } }, { name: 'b', result: 'odd' }] });
    expect(all.tests[0]?.failure?.differences).toEqual([{ what: 'decision', expected: 'answer', got: 'refuse' }]);
    expect(all.tests[0]?.turns[0]?.expect).toEqual([['decision', 'answer'], ['n', '']]);
    expect([all.tests[1]?.result, all.tests[1]?.failure]).toEqual(['unknown', null]);
  });
});

describe('intents', () => {
  const [intent] = readIntents({ intents: [{ intent: 'hours', rows: null, calls: 2, hits: 1, misses: 1, answers: [answer, { holds: 'over' }] }] });
  if (intent === undefined) throw new Error('not read');
  it('are found by their names, titles and texts', () => {
    expect(['HOURS', '营业', 'ten to', 'policy#1', ''].map((wanted) => matches(intent, wanted))).toEqual([true, true, true, true, true]);
    expect(matches(intent, 'parking')).toBe(false);
  });
  it('say what holds', () => {
    const [first, second] = intent.answers;
    if (first === undefined || second === undefined) throw new Error('not read');
    expect(validity(first, words('en'))).toBe(`valid · until ${when('2026-12-31T16:00:00.000Z')}`);
    expect(validity(second, words('zh'))).toBe('已过期');
    expect(intent.rows).toBeNull();
  });
});

describe('figures', () => {
  it('are amounts to the last ufen', () => {
    expect([0, 1, 150_000_000, 123_456_789, 30_000_000, -50_000_000].map(yuan)).toEqual(['¥0.00', '¥0.00000001', '¥1.50', '¥1.23456789', '¥0.30', '-¥0.50']);
  });
  it('are shares with one decimal, or none', () => expect([percentOf(0.9125), percentOf(1), percentOf(null)]).toEqual(['91.3%', '100.0%', '–']));
  it('are dates, or nothing', () => {
    expect(when('2026-11-27T00:30:00.000Z')).toMatch(/^2026-11-2[67] \d\d:30$/);
    expect([when(''), when('soon')]).toEqual(['', '']);
  });
  it('stand as columns, from the bottom up, as high as they are many', () => {
    const part = (className: string, value: number) => ({ className, name: className, value });
    const bars = stacks([{ label: 'a', parts: [part('x', 3), part('y', 1)] }, { label: 'b', parts: [part('x', 0), part('y', 2)] }]);
    expect(bars.map((bar) => [bar.className, bar.y, bar.height])).toEqual([['x', 40, 120], ['y', 0, 40], ['y', 80, 80]]);
    expect(stacks([])).toEqual([]);
    expect(stacks([{ label: 'a', parts: [part('x', 0)] }])).toEqual([]);
  });
  it('have a column a day with all four decisions', () => {
    const usage = readUsage({ answers: 3, days: [{ day: '2026-11-27', answer: 2, refuse: 1, tokens: 9 }] });
    expect(decisionColumns(usage, words('en'))).toEqual([{ label: '2026-11-27', parts: [
      { className: 'answer', name: 'Answered', value: 2 }, { className: 'clarify', name: 'Asked back', value: 0 },
      { className: 'refuse', name: 'Refused', value: 1 }, { className: 'handoff', name: 'To a person', value: 0 }] }]);
  });
});

describe('what is sent and said', () => {
  it('is bytes, however many', () => {
    expect(base64Of(new Uint8Array([0, 255, 128]))).toBe('AP+A');
    expect(base64Of(new Uint8Array(100_000)).length).toBe(Math.ceil(100_000 / 3) * 4);
  });
  it('has the same blanks in both languages', () => {
    for (const [key, text] of Object.entries(shopZh)) {
      const blanks = (said: string): string[] => (said.match(/\{\w+\}/g) ?? []).sort();
      expect(blanks(shopEn[key as keyof typeof shopZh]), key).toEqual(blanks(text));
    }
  });
  it('knows its views', () => expect([isShopView('releases'), isShopView('inbox')]).toEqual([true, false]));
});
