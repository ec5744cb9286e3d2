import { describe, expect, it } from 'vitest';
import { messageBody, plainLabel, readAnswer, readBots, readProblem, retryAfterSeconds } from './api';
import { level, percent, shortId, textLang } from './format';
import { conversationWith, kExchangesMax, parse, serialise, type Exchange } from './history';
import { preferredLang, translate } from './i18n';
import { canRetry, kRetryDefault_s, problemText, waitSeconds } from './problem';

const whole = {
  decision: 'answer', text: '两天到', score: 0.93, intent: 'shipping_time', lang: 'zh', sources: ['policy/shipping#2'], options: [], trace_id: 'tr_1', release_id: 'rel_1', conversation: 'cv_1', handover: null,
};

describe('readAnswer', () => {
  it('takes a whole answer as it is', () => expect(readAnswer(whole)).toEqual(whole));
  it('refuses what is no answer', () => {
    for (const bad of [null, 'x', [], {}, { ...whole, decision: 'maybe' }, { ...whole, text: 7 }]) expect(readAnswer(bad)).toBeNull();
  });
  it('gives absent and wrong members a harmless default', () => {
    expect(readAnswer({ decision: 'refuse', text: '', score: 'high', sources: 'x', options: [1, { intent: '' }] })).toEqual({
      decision: 'refuse', text: '', score: null, intent: '', lang: '', sources: [], options: [], trace_id: '', release_id: '', conversation: '', handover: null,
    });
  });
  it('keeps a score inside 0..1 and names an option without a title', () => {
    const answer = readAnswer({ ...whole, score: 1.7, options: [{ intent: 'order_status' }] });
    expect(answer?.score).toBe(1);
    expect(answer?.options).toEqual([{ intent: 'order_status', title: 'order status' }]);
  });
  it('reads how the conversation stands', () => {
    expect(readAnswer({ ...whole, handover: { state: 'waiting', place: 2 } })?.handover).toEqual({ state: 'waiting', agent: '', place: 2 });
    expect(readAnswer({ ...whole, handover: { state: 'with', agent: 'Mei', place: 'x' } })?.handover).toEqual({ state: 'with', agent: 'Mei', place: 0 });
    expect(readAnswer({ ...whole, handover: { state: 'asleep' } })?.handover).toBeNull();
  });
  it('names a document that is quoted once, and does not pass the guess for its text', () => {
    const quotes = [{ document: 'a.md', title: 'Returns' }, { document: 'a.md', title: 'Returns' }, { document: 'b.md', title: '' }];
    expect(readAnswer({ ...whole, sources: quotes })).toMatchObject({ sources: ['Returns', 'b.md'], intent: '', score: null });
  });
  it('reads sources that are objects', () => {
    expect(readAnswer({ ...whole, sources: [{ id: 'a#1' }, { title: 'B' }, {}, 3] })?.sources).toEqual(['a#1', 'B']);
  });
});

describe('a message', () => {
  it('names conversation and option only where there are some', () => {
    expect(messageBody({ bot: 'shop', text: 'q', conversation: '', option: '' })).toEqual({ bot: 'shop', text: 'q' });
    expect(messageBody({ bot: 'shop', text: 'q', conversation: 'cv_1', option: 'refund' })).toEqual({ bot: 'shop', text: 'q', conversation: 'cv_1', option: 'refund' });
  });
});

describe('readBots', () => {
  it('keeps bots only and survives absent members', () => {
    const bots = readBots({ data: [{ id: 'c', kind: 'classifier' }, { id: 'shop', kind: 'bot', labels: ['a', 1], titles: { a: { zh: '甲' }, b: 3 } }, 5] });
    expect(bots).toEqual([{ id: 'shop', labels: ['a'], release_id: '', titles: { a: { zh: '甲' } }, examples: [] }]);
    expect(readBots(undefined)).toEqual([]);
  });
});

describe('problems', () => {
  it('reads Retry-After in both its forms', () => {
    expect(retryAfterSeconds('12', 0)).toBe(12);
    expect(retryAfterSeconds('Thu, 01 Jan 1970 00:00:10 GMT', 2500)).toBe(8);
    expect(retryAfterSeconds('soon', 0)).toBeNull();
    expect(retryAfterSeconds(null, 0)).toBeNull();
    expect(retryAfterSeconds('999999', 0)).toBe(3600);
  });
  it('says how long to wait on 429', () => {
    expect(problemText('en', readProblem(429, {}, '7', 0))).toContain('in 7 seconds');
    expect(problemText('zh', readProblem(429, null, null, 0))).toContain(`${kRetryDefault_s} 秒`);
    expect(waitSeconds(readProblem(500, {}, '7', 0))).toBe(0);
  });
  it('has a sentence for every status and retries only what may work', () => {
    for (const status of [0, 400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503]) {
      for (const lang of ['zh', 'en'] as const) expect(problemText(lang, readProblem(status, { detail: 'd' }, null, 0)).length).toBeGreaterThan(3);
    }
    expect(canRetry(readProblem(503, {}, null, 0))).toBe(true);
    expect(canRetry(readProblem(413, {}, null, 0))).toBe(false);
  });
  it('shows the detail of a bad request', () => {
    expect(problemText('en', readProblem(400, { detail: 'text is empty', request_id: 'r1' }, null, 0))).toContain('text is empty');
  });
});

describe('words', () => {
  it('picks the first browser language it speaks', () => {
    expect(preferredLang(['fr', 'zh-TW', 'en'])).toBe('zh');
    expect(preferredLang(['en-GB', 'zh'])).toBe('en');
    expect(preferredLang(['fr'])).toBe('en');
    expect(preferredLang([])).toBe('en');
  });
  it('fills in values and leaves unknown names', () => {
    expect(translate('zh', 'requestId', { id: 'x' })).toBe('请求编号 x');
    expect(translate('en', 'requestId')).toBe('Request {id}');
  });
});

describe('figures', () => {
  it('never shows a nearly sure model as certain', () => {
    expect(percent(0.9999)).toBe(99);
    expect(percent(1)).toBe(100);
    expect(percent(0.004)).toBe(0);
    expect(percent(-1)).toBe(0);
  });
  it('names levels, labels, languages and ids', () => {
    expect([level(0.9), level(0.5), level(0.1)]).toEqual(['high', 'middle', 'low']);
    expect(plainLabel('order_status')).toBe('order status');
    expect([textLang('茶'), textLang('tea')]).toEqual(['zh-CN', 'en']);
    expect(shortId('rel_0123456789abcdef')).toBe('rel_0123456789');
    expect(shortId('rel_1')).toBe('rel_1');
  });
});

describe('history', () => {
  const exchange = { bot: 'shop', question: 'q', answer: whole, rated: 'up', lines: [{ kind: 'person', agent: 'Mei', text: 'hello', sequence: 4 }] } as Exchange;
  it('comes back as it was saved', () => expect(parse(serialise([exchange]))).toEqual([exchange]));
  it('knows which conversation goes on', () => {
    expect(conversationWith([], 'shop')).toBe('');
    expect(conversationWith([exchange, { ...exchange, bot: 'other', answer: { ...exchange.answer, conversation: 'cv_2' } }], 'shop')).toBe('cv_1');
  });
  it('leaves out what cannot be read', () => {
    expect(parse(null)).toEqual([]);
    expect(parse('{')).toEqual([]);
    expect(parse('{"a":1}')).toEqual([]);
    expect(parse(JSON.stringify([null, { question: 'q' }, { ...exchange, rated: 'x' }]))).toEqual([{ ...exchange, rated: '' }]);
  });
  it('keeps only the newest exchanges', () => {
    const many = Array.from({ length: kExchangesMax + 5 }, (_, index) => ({ ...exchange, question: `q${index}` }));
    const kept = parse(serialise(many));
    expect(kept.length).toBe(kExchangesMax);
    expect(kept[0]?.question).toBe('q5');
  });
});
