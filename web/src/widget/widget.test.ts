import { afterEach, describe, expect, it, vi } from 'vitest';
import { contrast, inkOn, isColour } from './look';
import { readCitation, readSaid } from './said';
import { kExchangesMax, readGreeting, Session, type SessionOptions } from './session';
import { pickLang, word } from './words';

const answer = { decision: 'answer', text: '两天到', score: 0.9, intent: 'shipping', sources: ['policy#1'], options: [], trace_id: 'tr_1', conversation: 'cv_1' };

interface Sent {
  path: string;
  token: string | undefined;
  body: Record<string, unknown>;
}

// A server that gives what the test says, call by call, and keeps what it was sent.
function serve(...replies: [number, unknown, Record<string, string>?][]): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    sent.push({ path: url, token: headers['yupu-visitor'], body: JSON.parse(String(init.body ?? '{}')) as Record<string, unknown> });
    const [status, body, extra] = replies.shift() ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: extra ?? {} }));
  });
  return sent;
}
afterEach(() => vi.unstubAllGlobals());

function memory(): NonNullable<SessionOptions['storage']> & { text(): string } {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), text: () => [...kept.values()].join() };
}

const options = (more: Partial<SessionOptions> = {}): SessionOptions => ({ server: 'https://bot', bot: 'shop', identity: null, storage: null, ...more });

describe('a session', () => {
  it('asks for a token before the first message, shows it in a header and keeps it for the tab', async () => {
    const storage = memory();
    const sent = serve([200, { token: 'vt_1' }], [200, answer], [200, { ...answer, trace_id: 'tr_2' }]);
    const session = new Session(options({ storage }));
    expect((await session.ask('几天到', '')).ok).toBe(true);
    const again = new Session(options({ storage }));
    expect(again.exchanges.map((exchange) => exchange.question)).toEqual(['几天到']);
    await again.ask('退货', 'return_policy');
    expect(sent.map(({ path, token }) => [path, token])).toEqual([
      ['https://bot/v1/visitors', undefined], ['https://bot/v1/answer', 'vt_1'], ['https://bot/v1/answer', 'vt_1']]);
    expect(sent[2]?.body).toEqual({ bot: 'shop', text: '退货', conversation: 'cv_1', option: 'return_policy' });
    expect(sent.every(({ path }) => !path.includes('vt_1'))).toBe(true);
  });

  it('takes the fresh token an answer carries', async () => {
    const sent = serve([200, { token: 'vt_1' }], [200, answer, { 'yupu-visitor': 'vt_2' }], [200, {}]);
    const session = new Session(options());
    const outcome = await session.ask('q', '');
    if (!outcome.ok) throw new Error('no answer');
    await session.rate(outcome.value, 'down', 'wrong');
    expect(sent[2]).toEqual({ path: 'https://bot/v1/feedback', token: 'vt_2', body: { trace_id: 'tr_1', rating: -1, reason: 'wrong' } });
    expect(session.exchanges[0]?.rated).toBe('down');
  });

  it('begins as another visitor, without history, when its token is over', async () => {
    const storage = memory();
    const sent = serve([200, { token: 'vt_1' }], [200, answer], [401, { field: 'yupu-visitor' }], [200, { token: 'vt_2' }], [200, { ...answer, conversation: 'cv_2' }]);
    const session = new Session(options({ storage }));
    let forgotten = 0;
    session.forgotten = () => (forgotten += 1);
    await session.ask('one', '');
    expect((await session.ask('two', 'refund')).ok).toBe(true);
    expect(forgotten).toBe(1);
    expect(session.exchanges.map((exchange) => exchange.question)).toEqual(['two']);
    expect(sent[4]).toEqual({ path: 'https://bot/v1/answer', token: 'vt_2', body: { bot: 'shop', text: 'two' } });
    expect(storage.text()).not.toContain('vt_1');
  });

  it('asks again outside a conversation the server does not know', async () => {
    const sent = serve([200, { token: 'vt_1' }], [200, answer], [404, { field: 'conversation' }], [200, answer]);
    const session = new Session(options());
    await session.ask('one', '');
    expect((await session.ask('two', '')).ok).toBe(true);
    expect(sent[3]?.body).toEqual({ bot: 'shop', text: 'two' });
  });

  it('passes a refusal on: no token, no message', async () => {
    const sent = serve([403, { code: 'permission_denied' }]);
    const outcome = await new Session(options()).ask('one', '');
    expect(outcome.ok ? 0 : outcome.problem.status).toBe(403);
    expect(sent.length).toBe(1);
  });

  it('sends who the visitor is, and does not go on where another user was', async () => {
    const storage = memory();
    const identity = { user_id: 'u1', expires_at: 5, signature: 'ab' };
    const sent = serve([200, { token: 'vt_1' }], [200, answer]);
    await new Session(options({ storage, identity })).ask('one', '');
    expect(sent[0]?.body).toEqual({ bot: 'shop', ...identity });
    expect(new Session(options({ storage, identity })).exchanges.length).toBe(1);
    expect(new Session(options({ storage })).exchanges.length).toBe(0);
    expect(new Session(options({ storage, identity: { ...identity, user_id: 'u2' } })).exchanges.length).toBe(0);
  });

  it('waits for a person after a handoff, until something else is said', async () => {
    serve([200, { token: 'vt_1' }], [200, { ...answer, decision: 'handoff' }], [200, answer]);
    const session = new Session(options());
    await session.ask('a person', '');
    expect(session.waiting).toBe(true);
    await session.ask('thanks', '');
    expect(session.waiting).toBe(false);
    session.restart();
    expect(session.exchanges).toEqual([]);
  });

  it('follows a person, keeps what they say over a reload, and shows its token for it', async () => {
    const storage = memory();
    const handed = { ...answer, decision: 'handoff', handover: { state: 'waiting', place: 1 } };
    serve([200, { token: 'vt_1' }], [200, handed]);
    const session = new Session(options({ storage }));
    const told: string[] = [];
    session.told = (lines) => told.push(...lines.map(({ kind }) => kind));
    const followed: Record<string, string>[] = [];
    const answering = fetch;
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      if (!url.endsWith('/events')) return answering(url, init);
      followed.push(init.headers as Record<string, string>);
      const events =
        'id: 7\nevent: message\ndata: {"sequence":7,"author":"person","agent":"Mei","text":"Hello"}\n\n' +
        'event: state\ndata: {"state":"bot"}\n\n';
      return Promise.resolve(new Response(events, { headers: { 'content-type': 'text/event-stream', 'yupu-visitor': 'vt_2' } }));
    });
    await session.ask('a person', '');
    await vi.waitFor(() => expect(told).toEqual(['joined', 'person', 'returned']));
    expect(followed).toEqual([{ 'yupu-visitor': 'vt_1' }]);
    expect(session.standing.state).toBe('bot');
    const again = new Session(options({ storage }));
    again.resume();
    expect(again.exchanges[0]?.lines.map(({ kind, text }) => [kind, text])).toEqual([['joined', ''], ['person', 'Hello'], ['returned', '']]);
    expect(followed.length).toBe(1);
    expect(storage.text()).toContain('vt_2');
  });

  it('leaves how to reach the visitor once, and remembers that it did', async () => {
    const storage = memory();
    const sent = serve([200, { token: 'vt_1' }], [200, answer], [400, { field: 'contact', detail: 'not so' }], [200, {}]);
    const session = new Session(options({ storage }));
    await session.ask('a person', '');
    const refused = await session.leaveContact({ contact: '1', text: '' });
    expect(refused.ok ? '' : refused.problem.field).toBe('contact');
    expect(session.hasContact).toBe(false);
    expect((await session.leaveContact({ contact: 'me@example.org', text: 'tea' })).ok).toBe(true);
    expect(sent[3]).toEqual({ path: 'https://bot/v1/conversations/cv_1/contact', token: 'vt_1', body: { contact: 'me@example.org', text: 'tea' } });
    expect(new Session(options({ storage })).hasContact).toBe(true);
  });

  it('keeps the newest exchanges and survives any old content of the storage', async () => {
    serve([200, { token: 'vt_1' }], ...Array.from({ length: kExchangesMax + 2 }, (): [number, unknown] => [200, answer]));
    const session = new Session(options());
    for (let n = 0; n < kExchangesMax + 2; n += 1) await session.ask(`q${n}`, '');
    expect(session.exchanges.length).toBe(kExchangesMax);
    expect(session.exchanges[0]?.question).toBe('q2');
    for (const old of ['{', '[]', '{"user":"","token":5}', '{"user":"","token":"vt_1","exchanges":[1,{"question":"q","said":{}}]}']) {
      expect(new Session(options({ storage: { getItem: () => old, setItem: () => undefined } })).exchanges).toEqual([]);
    }
    const broken = { getItem: () => { throw new Error('off'); }, setItem: () => { throw new Error('full'); } };
    expect(() => new Session(options({ storage: broken })).restart()).not.toThrow();
  });
});

describe('what a server says', () => {
  it('reads sources as citations and no script as an address', () => {
    const source = { title: 'Returns', source: 'https://shop/returns.html', version: 3, begin: 1, end: 9, text: 'Within 15 days.' };
    expect(readSaid({ ...answer, sources: ['policy#1', source, {}] })?.sources).toEqual([
      { name: 'policy#1', quote: '', version: null, url: '' },
      { name: 'Returns', quote: 'Within 15 days.', version: 3, url: 'https://shop/returns.html' },
    ]);
    expect(readCitation({ name: 'x', url: 'javascript:alert(1)' }).url).toBe('');
    const said = readSaid({ ...answer, sources: [source] });
    expect(readSaid(JSON.parse(JSON.stringify(said)))).toEqual(said);
    expect(readSaid({ text: 'x' })).toBeNull();
  });
  it('reads a greeting member by member', () => {
    expect(readGreeting({ title: { zh: '甲' }, accent: 3, examples: ['a', 1] })).toEqual({ title: { zh: '甲', en: '' }, accent: '', examples: ['a'] });
    expect(readGreeting({ title: 'x' })).toBeNull();
  });
});

describe('looks and words', () => {
  it('puts the ink on a colour that is read', () => {
    expect([inkOn('#2f6a4b'), inkOn('#ffd54f'), inkOn('#000000')]).toEqual(['#ffffff', '#000000', '#ffffff']);
    for (const colour of ['#777777', '#ff0000', '#0077ff', '#2f6a4b']) expect(contrast(colour, inkOn(colour))).toBeGreaterThan(4.5);
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect([isColour('#2F6a4b'), isColour('red'), isColour('#fff')]).toEqual([true, false, false]);
  });
  it('speaks what is asked for, then the page, then the browser', () => {
    expect(pickLang('en', 'zh-CN', ['zh'])).toBe('en');
    expect(pickLang('', 'zh-Hans', ['en'])).toBe('zh');
    expect(pickLang('', '', ['zh-TW'])).toBe('zh');
    expect(pickLang('', 'fr', ['fr'])).toBe('en');
    expect(word('en', 'version', { n: 2 })).toBe('version 2');
    expect(word('zh', 'downReasons').split('|').length).toBe(word('en', 'downReasons').split('|').length);
  });
});
