import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Standing } from './api';
import { noteText, sentText, standingText } from './live_view';
import { contactFaults, contactLine, Follower, hasContact, nobody, readLines, resume, takeMessage, takeStanding, type Following, type Line } from './live';
import { backoff_ms, EventParser } from './sse';

const waiting: Standing = { state: 'waiting', agent: '', place: 2 };
const withMei: Standing = { state: 'with', agent: 'Mei', place: 0 };
const bot: Standing = { state: 'bot', agent: '', place: 0 };
const message = (sequence: number, author = 'person', agent = 'Mei') => ({ conversation: 'cv_1', sequence, author, agent, text: `text ${sequence}`, created: '' });
const following = (standing: Standing = waiting, cursor = -1): Following => ({ conversation: 'cv_1', standing, cursor });
const names = (lines: Line[]): string[] => lines.map(({ kind, agent, sequence }) => (kind === 'person' ? `${agent} ${sequence}` : kind));

describe('server-sent events', () => {
  const expected = [{ name: 'hello', data: '{"a":1}', id: '' }, { name: 'message', data: 'x: y\nz', id: '7' }, { name: 'state', data: '', id: '7' }];
  for (const end of ['\n', '\r\n']) {
    it(`come out of any cut of the bytes, lines end with ${JSON.stringify(end)}`, () => {
      const bytes = ['event: hello', 'data: {"a":1}', '', ':', '', 'id: 7', 'data: x: y', 'data:z', 'retry: 5', '', 'event: lost', '', 'event: state', 'data', '', ''].join(end);
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const parser = new EventParser();
        expect([...parser.feed(bytes.slice(0, cut)), ...parser.feed(bytes.slice(cut)), ...parser.feed('x')]).toEqual(expected);
      }
    });
  }
  it('wait for their end', () => expect(new EventParser().feed('data: half\n')).toEqual([]));
  it('are asked for again later and later, and not by everybody at once', () => {
    expect([0, 1, 2, 3, 20].map((failures) => backoff_ms(failures, 1))).toEqual([1000, 2000, 4000, 8000, 30_000]);
    expect(backoff_ms(1, 0)).toBe(1000);
  });
});

describe('a conversation with a person', () => {
  it('is told who has come, what they say, and that they have gone', () => {
    const now = following();
    expect(names(takeStanding(now, { ...waiting, place: 1 }))).toEqual([]);
    expect(names(takeStanding(now, withMei))).toEqual(['joined']);
    expect(names(takeStanding(now, withMei))).toEqual([]);
    expect(names(takeMessage(now, message(3)))).toEqual(['Mei 3']);
    expect(names(takeStanding(now, { ...withMei, agent: 'Lin' }))).toEqual(['joined']);
    expect(names(takeStanding(now, bot))).toEqual(['returned']);
    expect(names(takeStanding(now, bot))).toEqual([]);
    expect(names(takeStanding(now, { ...bot, state: 'closed' }))).toEqual(['ended']);
    expect(names(takeStanding(now, null))).toEqual([]);
  });
  it('has a message once; those of the visitor and the bot are drawn elsewhere', () => {
    const now = following(withMei, 2);
    expect(names([message(1), message(3, 'visitor'), message(4), message(4), message(3), message(6, 'bot'), message(7)].flatMap((one) => takeMessage(now, one)))).toEqual(['Mei 4', 'Mei 7']);
    expect(now.cursor).toBe(7);
    for (const bad of [null, 'x', {}, { sequence: '8', author: 'person' }]) expect(takeMessage(now, bad)).toEqual([]);
  });
  it('says who speaks has come, when the words are there before the news', () => {
    const now = following();
    expect(names(takeMessage(now, message(3)))).toEqual(['joined', 'Mei 3']);
    expect(names(takeStanding(now, withMei))).toEqual([]);
  });
  it('goes on after a reload where it was', () => {
    const kept = (handover: Standing | null, lines: Line[], conversation = 'cv_1') => ({ answer: { conversation, handover }, lines });
    const lines = [...takeStanding(following(), withMei), ...takeMessage(following(withMei), message(5))];
    expect(resume([])).toEqual(nobody());
    expect(resume([kept(null, [])])).toEqual(following(bot));
    expect(resume([kept(waiting, [])])).toEqual(following(waiting));
    expect(resume([kept(waiting, readLines(JSON.parse(JSON.stringify(lines))))])).toEqual(following(withMei, 5));
    expect(resume([kept(waiting, lines), kept(withMei, [{ kind: 'returned', agent: '', text: '', sequence: -1 }])])).toEqual(following(bot, 5));
    expect(resume([kept(waiting, lines, 'cv_0'), kept(waiting, [])])).toEqual(following(waiting));
    expect(hasContact([kept(waiting, [contactLine()])], 'cv_1')).toBe(true);
    expect(hasContact([kept(waiting, [contactLine()], 'cv_0'), kept(waiting, lines)], 'cv_1')).toBe(false);
    expect(readLines([1, null, { kind: 'x' }, { kind: 'person', text: 3 }])).toEqual([{ kind: 'person', agent: '', text: '', sequence: -1 }]);
  });
  it('is said in words of both languages', () => {
    expect(standingText('en', waiting, false)).toContain('number 2');
    expect(standingText('zh', waiting, false)).toContain('第 2 位');
    expect(standingText('en', { ...bot, state: 'offline' }, false)).not.toBe('');
    expect(standingText('en', { ...bot, state: 'offline' }, true)).toBe('');
    expect(sentText('en', withMei)).toBe('Mei has your message.');
    expect(sentText('zh', { ...withMei, agent: '' })).toBe('客服人员已收到您的消息。');
    expect(noteText('en', { kind: 'joined', agent: 'Mei', text: '', sequence: -1 })).toBe('Mei has joined.');
    expect(noteText('zh', { kind: 'joined', agent: '', text: '', sequence: -1 })).toContain('客服');
  });
});

describe('the offline form', () => {
  it('sees what cannot be right', () => {
    expect(contactFaults({ contact: 'me@example.org', text: '' })).toEqual({});
    expect(contactFaults({ contact: '微信 tea-42', text: 'x' })).toEqual({});
    expect(contactFaults({ contact: '', text: '' })).toEqual({ contact: 'contactMissing' });
    expect(contactFaults({ contact: 'me@example', text: '' })).toEqual({ contact: 'contactWrong' });
    expect(contactFaults({ contact: '茶'.repeat(86), text: '茶'.repeat(2731) })).toEqual({ contact: 'tooLong', text: 'tooLong' });
    expect(contactFaults({ contact: '茶'.repeat(85), text: '茶'.repeat(2730) })).toEqual({});
  });
});

describe('following', () => {
  interface Asked {
    at_ms: number;
    url: string;
    headers: Record<string, string>;
  }
  let asked: Asked[] = [];
  let told: Line[] = [];
  let lost = 0;
  let token = 0;
  const serve = (...replies: (() => Response | Promise<Response>)[]): void => {
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      asked.push({ at_ms: Date.now(), url, headers: init.headers as Record<string, string> });
      const reply = replies.shift();
      return reply === undefined ? Promise.reject(new TypeError('no network')) : Promise.resolve(reply());
    });
  };
  const events = (...list: [string, unknown][]) => (): Response =>
    new Response(list.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''), { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  const json = (value: unknown, status = 200, headers: Record<string, string> = {}) => (): Response =>
    new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
  const follower = (): Follower => new Follower({
    way: () => ({ server: 'https://bot', headers: { 'yupu-visitor': `vt_${(token += 1)}` } }),
    told: (lines) => told.push(...lines),
    lost: () => (lost += 1),
    chance: () => 1,
  });
  beforeEach(() => {
    // The clock and its timers alone: the body of a response is ended by a microtask, and without it is read without end.
    vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    [asked, told, lost, token] = [[], [], 0, 0];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('comes back to where a stream broke, and ends when the conversation is settled', async () => {
    serve(events(['message', message(3)], ['state', withMei]), events(['message', message(3)], ['message', message(5)], ['state', bot]));
    follower().follow(following());
    await vi.advanceTimersByTimeAsync(120_000);
    expect(names(told)).toEqual(['joined', 'Mei 3', 'Mei 5', 'returned']);
    expect(asked.map(({ url, headers }) => [url, headers])).toEqual([
      ['https://bot/v1/conversations/cv_1/events', { 'yupu-visitor': 'vt_1' }],
      ['https://bot/v1/conversations/cv_1/events', { 'yupu-visitor': 'vt_2', 'last-event-id': '3' }],
    ]);
  });

  it('asks instead, where streams do not come through', async () => {
    serve(json({}), json({}), json({ messages: [message(4)], state: withMei }), json({ messages: [], state: bot }));
    follower().follow(following());
    await vi.advanceTimersByTimeAsync(120_000);
    expect(names(told)).toEqual(['joined', 'Mei 4', 'returned']);
    expect(asked.map(({ url }) => url.replace('https://bot/v1/conversations/cv_1/', ''))).toEqual(['events', 'events', 'messages?after=-1', 'messages?after=4']);
  });

  it('gives up a stream that is held back on the way', async () => {
    const never = (signal: AbortSignal | null | undefined): Promise<Response> => new Promise((_, fail) => signal?.addEventListener('abort', () => fail(new Error('aborted'))));
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      asked.push({ at_ms: Date.now(), url, headers: {} });
      return url.endsWith('/events') ? never(init.signal) : Promise.resolve(json({ messages: [], state: bot })());
    });
    follower().follow(following());
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked.map(({ url }) => url.split('/').pop())).toEqual(['events', 'events', 'messages?after=-1']);
    expect(names(told)).toEqual(['returned']);
  });

  it('waits as long as it is told, and longer and longer without a network', async () => {
    serve(json({}, 429, { 'retry-after': '7' }));
    const one = follower();
    one.follow(following());
    await vi.advanceTimersByTimeAsync(30_000);
    one.stop();
    const waits = asked.map(({ at_ms }, index) => at_ms - (asked[index - 1]?.at_ms ?? 0)).slice(1);
    expect(waits).toEqual([7000, 4000, 8000]);
  });

  it('is over when the server says so, and when the page does', async () => {
    serve(json({ field: 'conversation' }, 404));
    follower().follow(following());
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked.length, lost]).toEqual([1, 1]);
    const two = follower();
    serve(events(['state', withMei]));
    two.follow(following());
    two.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([told.length, two.now]).toEqual([0, nobody()]);
  });

  it('begins with an answer that was handed over, and says once that a person has come', async () => {
    const one = follower();
    serve();
    expect(one.answered('cv_1', null)).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.length).toBe(0);
    expect(names(one.answered('cv_1', withMei))).toEqual(['joined']);
    expect(names(one.answered('cv_1', withMei))).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.length).toBe(1);
    expect(one.answered('cv_1', null)).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBe(1);
  });
});
