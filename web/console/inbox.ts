// What the inbox knows, and how an event changes it. Pure: no page, no network; tested in console.test.ts.
//
// A message is known by its conversation and sequence: however often it comes, by the stream or with a transcript, it is
// there once. One that is on its way is known by its message_id until it comes back with a sequence.

import { readMessage, readQueue, readWaiting, type Dossier, type Message, type Queue, type Waiting } from './read';

export interface Outgoing {
  message_id: string;
  text: string;
  problem: string; // '': on its way
}

export interface Thread {
  row: Waiting;
  messages: Message[]; // by sequence
  dossier: Dossier | null; // null: not read yet
  outgoing: Outgoing[];
  unread: number;
}

export interface Inbox {
  mine: Map<string, Thread>; // in the order in which they came
  queue: Queue;
  selected: string; // '': none
}

export const emptyInbox = (): Inbox => ({ mine: new Map(), queue: { count: 0, waiting: [], agents: [] }, selected: '' });

export function merge(known: Message[], more: Message[]): Message[] {
  const bySequence = new Map(known.map((message) => [message.sequence, message]));
  for (const message of more) bySequence.set(message.sequence, message);
  return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence);
}

function arrived(thread: Thread, messages: Message[]): void {
  thread.messages = merge(thread.messages, messages);
  const said = new Set(thread.messages.map((message) => message.message_id));
  thread.outgoing = thread.outgoing.filter((outgoing) => !said.has(outgoing.message_id));
}

// What the page should do about an event, beside drawing anew.
export type Effect = { kind: 'read'; conversation: string } | { kind: 'new'; conversation: string } | { kind: 'message'; conversation: string } | { kind: 'lost'; conversation: string };

export function take(inbox: Inbox, name: string, data: unknown): Effect[] {
  if (name === 'hello') {
    // A stream begins: what is still theirs is named again. What was typed and not sent stays (see forgetOthers).
    for (const thread of inbox.mine.values()) thread.row = { ...thread.row, since: '' };
    return [];
  }
  if (name === 'queue') {
    inbox.queue = readQueue(data);
    return forgetOthers(inbox);
  }
  if (name === 'assigned') {
    const row = readWaiting(data);
    if (row.conversation === '') return [];
    const known = inbox.mine.get(row.conversation);
    if (known !== undefined) {
      known.row = row;
      return [{ kind: 'read', conversation: row.conversation }];
    }
    inbox.mine.set(row.conversation, { row, messages: [], dossier: null, outgoing: [], unread: 1 });
    return [{ kind: 'read', conversation: row.conversation }, { kind: 'new', conversation: row.conversation }];
  }
  if (name === 'released') {
    const id = readWaiting(data).conversation;
    if (!inbox.mine.delete(id)) return [];
    if (inbox.selected === id) inbox.selected = '';
    return [{ kind: 'lost', conversation: id }];
  }
  if (name !== 'message') return [];
  const message = readMessage(data);
  const thread = message === null ? undefined : inbox.mine.get(message.conversation);
  if (message === null || thread === undefined) return [];
  const isNew = !thread.messages.some((known) => known.sequence === message.sequence);
  arrived(thread, [message]);
  if (!isNew || message.author !== 'visitor') return [];
  if (inbox.selected !== message.conversation) thread.unread += 1;
  // The replies that may fit have changed.
  return [{ kind: 'read', conversation: message.conversation }, { kind: 'message', conversation: message.conversation }];
}

// The queue comes after all that is theirs: what `hello` marked and nobody named since is theirs no more.
function forgetOthers(inbox: Inbox): Effect[] {
  const lost: Effect[] = [];
  for (const [id, thread] of inbox.mine) {
    if (thread.row.since !== '') continue;
    inbox.mine.delete(id);
    if (inbox.selected === id) inbox.selected = '';
    lost.push({ kind: 'lost', conversation: id });
  }
  return lost;
}

export function takeDossier(inbox: Inbox, id: string, dossier: Dossier): void {
  const thread = inbox.mine.get(id);
  if (thread === undefined) return;
  thread.dossier = dossier;
  arrived(thread, dossier.messages);
}

export function select(inbox: Inbox, id: string): void {
  inbox.selected = id;
  const thread = inbox.mine.get(id);
  if (thread !== undefined) thread.unread = 0;
}

// The conversation `step` further on, around the end.
export function neighbour(inbox: Inbox, step: 1 | -1): string {
  const ids = [...inbox.mine.keys()];
  if (ids.length === 0) return '';
  const at = ids.indexOf(inbox.selected);
  if (at < 0) return (step === 1 ? ids[0] : ids[ids.length - 1]) ?? '';
  return ids[(at + step + ids.length) % ids.length] ?? '';
}

export const unreadCount = (inbox: Inbox): number => [...inbox.mine.values()].reduce((sum, thread) => sum + thread.unread, 0);

export function begin(thread: Thread, messageId: string, text: string): Outgoing {
  const known = thread.outgoing.find((outgoing) => outgoing.message_id === messageId);
  if (known !== undefined) {
    known.problem = '';
    return known;
  }
  const outgoing: Outgoing = { message_id: messageId, text, problem: '' };
  thread.outgoing.push(outgoing);
  return outgoing;
}

// An id nobody else chooses. randomUUID needs a secure context, which a shop's own network may not be.
export function newMessageId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `m_${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
