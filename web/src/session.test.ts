import { describe, expect, it } from 'vitest';
import type { Outcome, Problem } from './api';
import { dictionary } from './dictionary';
import { Session } from './session';

const problem = (status: number): Problem => ({ status, code: '', detail: 'no', field: '', request_id: '', retry_after_s: null });

// A server that takes one token, and what the page was told.
function trial(first: (token: string) => Promise<Outcome<string>>) {
  const told: string[] = [];
  const session = new Session<{ token: string }, string>({
    calls: (token) => ({ token }),
    first: (calls) => first(calls.token),
    opened: (name, token) => void told.push(`opened ${name} ${token}`),
    refused: ({ status }) => void told.push(`refused ${status}`),
    closed: () => void told.push('closed'),
    keep: (token) => void told.push(`keep ${token}`),
  });
  return { session, told };
}

describe('a session', () => {
  it('begins with a token that is taken, and is forgotten at its end', async () => {
    const { session, told } = trial(async (token) => (token === 'ya_1' ? { ok: true, value: 'Li' } : { ok: false, problem: problem(401) }));
    await session.signIn('ya_2');
    expect(session.api).toBeNull();
    await session.signIn('ya_1');
    expect(session.api).toEqual({ token: 'ya_1' });
    session.signOut();
    expect(session.api).toBeNull();
    expect(told).toEqual(['keep ', 'refused 401', 'keep ya_1', 'opened Li ya_1', 'keep ', 'closed']);
  });
  it('keeps a token that could not be tried', async () => {
    const { session, told } = trial(async () => ({ ok: false, problem: problem(503) }));
    await session.signIn('ya_1');
    expect(told).toEqual(['refused 503']);
  });
  it('answers the newest question alone', async () => {
    const { session } = trial(async () => ({ ok: true, value: 'Li' }));
    await session.signIn('ya_1');
    const [before, after] = [session.ask(), session.ask()];
    expect([session.isNewest(before), session.isNewest(after)]).toEqual([false, true]);
    session.signOut();
    expect(session.isNewest(after)).toBe(false); // what waits to be drawn is for nobody
    await session.signIn('ya_1');
    const said = (value: string): Promise<Outcome<string>> => Promise.resolve({ ok: true, value });
    const older = session.answer(said('older'), session.ask());
    const newest = session.answer(said('newest'), session.ask());
    expect(await older).toBeNull();
    expect(await newest).toEqual({ ok: true, value: 'newest' });
    const number = session.ask();
    expect(await session.answer(Promise.resolve({ ok: false, problem: problem(500) }), number)).toEqual({ ok: false, problem: problem(500) });
    expect(await session.answer(undefined, number)).toBeNull();
    session.signOut();
    expect(await session.answer(said('too late'), number)).toBeNull();
  });
});

describe('a dictionary', () => {
  const { words, isWord } = dictionary({ found: '找到 {n}，显示 {m}', no: '无' }, { found: '{n} found, {m} shown', no: 'none' });
  it('says a word in its language with its values', () => {
    expect(words('zh')('found', { n: 2, m: 1 })).toBe('找到 2，显示 1');
    expect(words('en')('found', { n: 2 })).toBe('2 found, {m} shown');
    expect(words('en')('no')).toBe('none');
  });
  it('knows its words from what every object has', () => expect([isWord('no'), isWord('toString')]).toEqual([true, false]));
});
