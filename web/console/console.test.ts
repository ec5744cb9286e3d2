import { describe, expect, it } from 'vitest';
import { begin, emptyInbox, merge, neighbour, newMessageId, select, take, takeDossier, unreadCount } from './inbox';
import { lastAsked } from './inbox_view';
import { readDossier, readMessage, readMisses, readOverview, readQueue, readReport } from './read';
import { inParts } from './api';
import { clusterTitle, tickedTraces } from './misses_view';
import { share } from './views';
import { readProblem } from '../src/api';
import { isWord, words } from './words';

const row = (conversation: string) => ({ conversation, bot: 'shop', intent: 'refund', lang: 'en', priority: 3, since: '2026-11-27T00:00:00Z', text: 'hello' });
const message = (conversation: string, sequence: number, author: 'visitor' | 'person' = 'visitor', id = '') => ({
  conversation, sequence, author, agent: author === 'person' ? 'Mei' : '', message_id: id, text: `text ${sequence}`, created: '2026-11-27T00:00:00Z',
});
const queue = { count: 0, waiting: [], agents: [] };

describe('a correction', () => {
  it('names the last message of the visitor that the model has read', () => {
    const inbox = emptyInbox();
    take(inbox, 'assigned', row('a'));
    const thread = inbox.mine.get('a');
    if (thread === undefined) throw new Error('no thread');
    expect(lastAsked(thread)).toBeUndefined();
    const messages = [{ ...message('a', 0), trace_id: 'tr_1' }, { ...message('a', 8), trace_id: 'tr_2' }, message('a', 16, 'person', 'm_1'), message('a', 24)];
    takeDossier(inbox, 'a', readDossier({ messages }));
    expect(lastAsked(thread)?.trace_id).toBe('tr_2');
    expect(readMessage(message('a', 24))).not.toHaveProperty('trace_id');
  });
});

describe('the inbox', () => {
  it('has a message once, however often it comes', () => {
    const inbox = emptyInbox();
    expect(take(inbox, 'assigned', row('a')).map((effect) => effect.kind)).toEqual(['read', 'new']);
    take(inbox, 'message', message('a', 8));
    take(inbox, 'message', message('a', 8));
    takeDossier(inbox, 'a', readDossier({ messages: [message('a', 0), message('a', 8)] }));
    expect(inbox.mine.get('a')?.messages.map((one) => one.sequence)).toEqual([0, 8]);
    expect(unreadCount(inbox)).toBe(2); // the conversation is new, and one message
    select(inbox, 'a');
    take(inbox, 'message', message('a', 16));
    expect(unreadCount(inbox)).toBe(0);
  });
  it('puts messages in order and keeps the newest reading of each', () => {
    const one = readMessage(message('a', 3));
    const other = readMessage({ ...message('a', 3), text: 'again' });
    const first = readMessage(message('a', 1));
    if (one === null || other === null || first === null) throw new Error('not read');
    expect(merge([one], [other, first]).map((known) => known.text)).toEqual(['text 1', 'again']);
  });
  it('shows what is on its way until it comes back with its id', () => {
    const inbox = emptyInbox();
    take(inbox, 'assigned', row('a'));
    const thread = inbox.mine.get('a');
    if (thread === undefined) throw new Error('no thread');
    const outgoing = begin(thread, 'm1', 'hi');
    outgoing.problem = 'no network';
    expect(begin(thread, 'm1', 'hi')).toBe(outgoing); // sent again: the same one
    expect(outgoing.problem).toBe('');
    take(inbox, 'message', message('a', 8, 'person', 'm2'));
    expect(thread.outgoing.length).toBe(1);
    take(inbox, 'message', message('a', 16, 'person', 'm1'));
    expect(thread.outgoing).toEqual([]);
    expect(unreadCount(inbox)).toBe(1); // a colleague's and one's own words are not news
  });
  it('forgets what is not theirs any more, also when that happened while the stream was away', () => {
    const inbox = emptyInbox();
    for (const id of ['a', 'b', 'c']) take(inbox, 'assigned', row(id));
    select(inbox, 'b');
    expect(take(inbox, 'released', { conversation: 'b' })).toEqual([{ kind: 'lost', conversation: 'b' }]);
    expect(inbox.selected).toBe('');
    take(inbox, 'message', message('a', 8));
    take(inbox, 'hello', { name: 'Mei' });
    take(inbox, 'assigned', row('a'));
    expect(take(inbox, 'queue', queue)).toEqual([{ kind: 'lost', conversation: 'c' }]);
    expect([...inbox.mine.keys()]).toEqual(['a']);
    expect(inbox.mine.get('a')?.messages.length).toBe(1); // what was known stays
    expect(take(inbox, 'queue', queue)).toEqual([]);
  });
  it('ignores what it cannot read and what is not theirs', () => {
    const inbox = emptyInbox();
    for (const [name, data] of [['message', message('x', 1)], ['message', null], ['message', { author: 'visitor' }], ['assigned', {}], ['released', 7], ['news', {}]] as const) {
      expect(take(inbox, name, data)).toEqual([]);
    }
    expect(inbox.mine.size).toBe(0);
  });
  it('goes round its conversations by keyboard', () => {
    const inbox = emptyInbox();
    expect(neighbour(inbox, 1)).toBe('');
    for (const id of ['a', 'b', 'c']) take(inbox, 'assigned', row(id));
    expect([neighbour(inbox, 1), neighbour(inbox, -1)]).toEqual(['a', 'c']);
    select(inbox, 'c');
    expect([neighbour(inbox, 1), neighbour(inbox, -1)]).toEqual(['a', 'b']);
  });
  it('makes ids nobody else has', () => {
    const ids = new Set(Array.from({ length: 100 }, newMessageId));
    expect(ids.size).toBe(100);
    expect([...ids].every((id) => /^m_[0-9a-f]{32}$/.test(id))).toBe(true);
  });
});

describe('reading', () => {
  it('survives anything', () => {
    for (const bad of [null, undefined, 7, 'x', [], {}, { messages: [null, 7], summary: 3, suggestions: {}, clusters: 'x', days: [null], waiting: [{}] }]) {
      expect(readDossier(bad).messages).toEqual([]);
      expect(readQueue(bad).waiting).toEqual([]);
      expect(readMisses(bad).clusters).toEqual([]);
      expect(readOverview(bad).messages).toBe(0);
      expect(readReport(bad).entries).toEqual([]);
    }
  });
  it('takes misses as they are, and only what is ticked is settled', () => {
    const misses = readMisses({
      misses: 3, capped: 2, unread: 0, all_read: false, intents: ['hours'],
      clusters: [{ id: 'miss_1', size: 3, visitors: 2, voted_down: 1, nearest: { intent: 'hours', score: 0.2 }, texts: [{ text: 'a', decision: 'refuse', traces: ['t1', 't2'] }, { text: 'b', traces: ['t3'] }] }, null],
    });
    expect([misses.misses, misses.capped, misses.partial, misses.clusters.length]).toEqual([3, 2, true, 1]);
    const [cluster] = misses.clusters;
    if (cluster === undefined) throw new Error('not read');
    expect(clusterTitle(cluster)).toBe('a');
    expect(cluster.nearest).toBe('hours');
    expect(tickedTraces(cluster, [true, false])).toEqual(['t1', 't2']);
    expect(tickedTraces(cluster, [])).toEqual([]);
  });
  it('settles many traces in parts, and stops at the first refusal', async () => {
    const parts: number[] = [];
    const done = await inParts(Array.from({ length: 4500 }, (_, n) => `t${n}`), async (part, index) => {
      parts.push(part.length);
      return index === 1 ? { ok: false, problem: readProblem(409, null, null, 0) } : { ok: true, value: true };
    });
    expect([done.ok, parts]).toEqual([false, [2000, 2000]]);
  });
  it('takes a dossier as it is', () => {
    const dossier = readDossier({
      mine: true, conversation: { status: 'waiting', agent: 'Mei' }, messages: [message('a', 0)], suggestions: [{ intent: 'i', title: 't', text: 'x', score: 1 }],
      summary: { first: 'f', last: ['l'], why: 'asked', intents: [{ intent: 'i', title: 'I', count: 2 }], slots: { order: 'GH1' }, triggers: ['anger'], priority: 3 },
    });
    expect(dossier.summary).toEqual({ first: 'f', last: ['l'], why: 'asked', intents: [{ title: 'I', count: 2 }], slots: [['order', 'GH1']], triggers: ['anger'], priority: 3 });
    expect([dossier.mine, dossier.agent, dossier.suggestions.length]).toEqual([true, 'Mei', 1]);
  });
});

describe('words and figures', () => {
  it('says both languages with their values', () => {
    expect(words('en')('place', { n: 2 })).toBe('place 2');
    expect(words('zh')('place', { n: 2 })).toBe('第 2 位');
    expect([isWord('send'), isWord('toString')]).toEqual([true, false]);
  });
  it('has no share of nothing', () => expect([share(1, 3), share(0, 0), share(3, 3)]).toEqual(['33%', '–', '100%']));
});
