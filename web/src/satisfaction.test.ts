import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Standing } from './api';
import { noteText } from './live_view';
import { readLines, resume, type Line } from './live';
import { asksScore, scoreLine, scoreOf, sendScore } from './satisfaction';

const waiting: Standing = { state: 'waiting', agent: '', place: 1 };
const returned: Line = { kind: 'returned', agent: '', text: '', sequence: -1 };
const kept = (handover: Standing | null, lines: Line[] = [], conversation = 'cv_1') => ({ answer: { conversation, handover }, lines });
afterEach(() => vi.unstubAllGlobals());

describe('how content a visitor was', () => {
  it('is asked when there is something to judge, and not while a person is awaited', () => {
    const asked = (...all: ReturnType<typeof kept>[]): boolean => asksScore(all, resume(all));
    expect(asked()).toBe(false);
    expect(asked(kept(null), kept(null))).toBe(false);
    expect(asked(kept(null), kept(null), kept(null))).toBe(true);
    expect(asked(kept(null, [], 'cv_0'), kept(null, [], 'cv_0'), kept(null))).toBe(false);
    expect(asked(kept(null), kept(null), kept(waiting))).toBe(false);
    expect(asked(kept(waiting, [returned]))).toBe(true);
  });
  it('is kept as a line of its conversation; the last one counts', () => {
    const lines = readLines(JSON.parse(JSON.stringify([scoreLine(2), scoreLine(5)])));
    expect(scoreOf([kept(null, lines)], 'cv_1')).toBe(5);
    expect(scoreOf([kept(null, lines, 'cv_0'), kept(null)], 'cv_1')).toBe(0);
    expect(scoreOf([kept(null, [{ ...scoreLine(9) }])], 'cv_1')).toBe(0);
    expect(noteText('en', scoreLine(4))).toContain('4 of 5');
    expect(noteText('zh', scoreLine(4))).toContain('4 分');
  });
  it('is sent to the conversation, with the visitor\'s token', async () => {
    const sent: [string, unknown, Record<string, string>][] = [];
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      sent.push([url, JSON.parse(String(init.body)), init.headers as Record<string, string>]);
      return Promise.resolve(new Response('{}'));
    });
    expect((await sendScore('cv_1', 4, '', { server: 'https://bot', headers: { 'yupu-visitor': 'vt_1' } })).ok).toBe(true);
    await sendScore('cv_1', 2, 'slow', {});
    expect(sent.map(([url, body]) => [url, body])).toEqual([
      ['https://bot/v1/conversations/cv_1/rating', { score: 4 }], ['/v1/conversations/cv_1/rating', { score: 2, reason: 'slow' }]]);
    expect(sent[0]?.[2]['yupu-visitor']).toBe('vt_1');
  });
});
