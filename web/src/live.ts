// Follows a conversation while a person is asked for: what the person says, who has come, the place in the queue.
//
//   an answer with `handover` -> follow -> GET .../events, a stream of: message, state -> lines, until it is settled
//        the stream breaks -> again after a while, from the last sequence;  streams do not come through -> GET .../messages
//
// Invariants   1  a person's message becomes one line, however often it comes: its sequence is above the cursor, or it is known
//              2  standing and cursor are made out of what the page keeps anyway (resume): a reload goes on where it was
// Nothing here draws (live_view.ts), and no more than one connection is open.

import { call, isObject, list, readStanding, retryAfterSeconds, text, type Outcome, type Standing, type Way } from './api';
import { backoff_ms, readEvents, type ServerEvent } from './sse';

export type LineKind = 'person' | 'joined' | 'returned' | 'ended' | 'contact' | 'score';

// What stands in the conversation beside questions and answers.
export interface Line {
  kind: LineKind;
  agent: string; // person, joined
  text: string; // person; score: which
  sequence: number; // person; else -1
}

export interface Following {
  conversation: string; // '': none
  standing: Standing;
  cursor: number; // sequence of the last message heard; -1: none
}

const kBot: Standing = { state: 'bot', agent: '', place: 0 };
const kLinesMax = 200; // kept with one answer
export const nobody = (): Following => ({ conversation: '', standing: kBot, cursor: -1 });
const note = (kind: LineKind, agent = ''): Line => ({ kind, agent, text: '', sequence: -1 });

// Whether a person may still say something.
export const isOpen = (standing: Standing): boolean => ['waiting', 'with', 'offline'].includes(standing.state);

export function readLine(json: unknown): Line | null {
  if (!isObject(json)) return null;
  const kinds: LineKind[] = ['person', 'joined', 'returned', 'ended', 'contact', 'score'];
  const kind = kinds.find((name) => name === json.kind);
  if (kind === undefined) return null;
  const sequence = kind === 'person' && typeof json.sequence === 'number' && Number.isInteger(json.sequence) ? json.sequence : -1;
  return { kind, agent: text(json.agent), text: text(json.text), sequence };
}

export function addLines(to: { lines: Line[] }, lines: readonly Line[]): void {
  to.lines = [...to.lines, ...lines].slice(-kLinesMax);
}

export const readLines = (json: unknown): Line[] => list(json).map(readLine).filter((line): line is Line => line !== null).slice(-kLinesMax);

// The lines that lead from how the conversation stood to how it stands.
export function takeStanding(now: Following, next: Standing | null): Line[] {
  if (next === null) return [];
  const before = now.standing;
  now.standing = next;
  if (next.state === 'with' && (before.state !== 'with' || before.agent !== next.agent)) return [note('joined', next.agent)];
  if (next.state === 'bot' && isOpen(before)) return [note('returned')];
  return next.state === 'closed' && before.state !== 'closed' ? [note('ended')] : [];
}

// A message of the stream. The visitor's own and the bot's are drawn where they were asked for: they only move the cursor.
export function takeMessage(now: Following, json: unknown): Line[] {
  if (!isObject(json) || typeof json.sequence !== 'number' || !Number.isInteger(json.sequence) || json.sequence <= now.cursor) return [];
  now.cursor = json.sequence;
  if (json.author !== 'person') return [];
  const agent = text(json.agent);
  // Messages are told before the state: who speaks has come.
  return [...takeStanding(now, { state: 'with', agent, place: 0 }), { kind: 'person', agent, text: text(json.text), sequence: json.sequence }];
}

// What a page keeps of one message to the bot.
export interface Kept {
  answer: { conversation: string; handover: Standing | null };
  lines: Line[];
}

function standingAfter(standing: Standing, line: Line): Standing {
  if (line.kind === 'person' || line.kind === 'joined') return { state: 'with', agent: line.agent, place: 0 };
  if (line.kind === 'returned') return kBot;
  return line.kind === 'ended' ? { ...kBot, state: 'closed' } : standing;
}

// How the last conversation stood when the page was left.
export function resume(kept: readonly Kept[]): Following {
  const last = kept[kept.length - 1];
  if (last === undefined || last.answer.conversation === '') return nobody();
  const { conversation, handover } = last.answer;
  const known = kept.filter(({ answer }) => answer.conversation === conversation).flatMap(({ lines }) => lines.map(({ sequence }) => sequence));
  return { conversation, standing: last.lines.reduce(standingAfter, handover ?? kBot), cursor: Math.max(-1, ...known) };
}

// Whether the offline form of this conversation has been sent.
export function hasContact(kept: readonly Kept[], conversation: string): boolean {
  return kept.some(({ answer, lines }) => answer.conversation === conversation && lines.some(({ kind }) => kind === 'contact'));
}

export interface Contact {
  contact: string;
  text: string;
}

export const kContactBytesMax = 256;
export const kTextBytesMax = 8192;
export type ContactFault = 'contactMissing' | 'contactWrong' | 'tooLong';

const bytes = (value: string): number => new TextEncoder().encode(value).length;

// What the form can see for itself, by field. Numbers and names of messengers are many: only what claims to be an address
// is looked at.
export function contactFaults({ contact, text: words }: Contact): Partial<Record<keyof Contact, ContactFault>> {
  const faults: Partial<Record<keyof Contact, ContactFault>> = {};
  if (contact === '') faults.contact = 'contactMissing';
  else if (bytes(contact) > kContactBytesMax) faults.contact = 'tooLong';
  else if (contact.includes('@') && !/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(contact)) faults.contact = 'contactWrong';
  if (bytes(words) > kTextBytesMax) faults.text = 'tooLong';
  return faults;
}

const path = (conversation: string, what: string): string => `/v1/conversations/${encodeURIComponent(conversation)}/${what}`;

export function sendContact(conversation: string, { contact, text: words }: Contact, way: Way): Promise<Outcome<boolean>> {
  return call(path(conversation, 'contact'), { contact, ...(words !== '' && { text: words }) }, () => true, way);
}

export const contactLine = (): Line => note('contact');

const kFirst_ms = 10_000; // a stream says how the conversation stands at once; one that does not is held back by somebody
const kSilentMost = 2; // such streams in a row, then questions are asked instead
const kPoll_ms = 6000; // ten a minute, of the twenty or more a visitor has
const kPollMost_ms = 20_000;

interface Attempt {
  heard: boolean; // something came
  isUnusable: boolean; // there was an answer, and no stream in it
  status: number; // of a refusal; 0: none
  retryAfter_s: number;
}
const kNothing: Attempt = { heard: false, isUnusable: false, status: 0, retryAfter_s: 0 };
// Another try would be told the same.
const isFinal = (status: number): boolean => status >= 400 && status < 500 && ![408, 425, 429].includes(status);

export interface FollowerOptions {
  way: () => Way; // asked for every connection: tokens change
  told: (lines: Line[]) => void; // new lines, in order; or, without any, the standing may have changed
  lost: () => void; // the server does not let this visitor follow any more
  chance?: () => number; // 0..1, for waits
}

function pause(wait_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, wait_ms);
    signal.addEventListener('abort', end);
  });
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

export class Follower {
  now: Following = nobody();
  private control: AbortController | null = null; // null: nothing is followed

  constructor(private readonly options: FollowerOptions) {}

  follow(now: Following): void {
    this.stop();
    this.now = now;
    this.start();
  }

  // The page forgets the conversation, or is another's.
  stop(): void {
    this.control?.abort();
    this.control = null;
    this.now = nobody();
  }

  // An answer of the bot's route says how the conversation stands; the lines that belong below it.
  answered(conversation: string, handover: Standing | null): Line[] {
    if (conversation !== this.now.conversation) this.follow({ ...nobody(), conversation });
    // Without a handover the bot itself has answered: nothing has to be said about it.
    const lines = handover === null ? [] : takeStanding(this.now, handover);
    if (handover === null) this.now.standing = kBot;
    this.settle();
    this.start();
    return lines;
  }

  private start(): void {
    if (this.control !== null || this.now.conversation === '' || !isOpen(this.now.standing)) return;
    this.control = new AbortController();
    void this.run(this.now, this.control.signal);
  }

  private settle(): void {
    if (isOpen(this.now.standing)) return;
    this.control?.abort();
    this.control = null;
  }

  private async run(now: Following, signal: AbortSignal): Promise<void> {
    const chance = this.options.chance ?? Math.random;
    let isStreaming = true;
    let failures = 0;
    let silent = 0;
    let poll_ms = kPoll_ms;
    while (!signal.aborted) {
      const cursor = now.cursor;
      const attempt = isStreaming ? await this.stream(now, signal) : await this.poll(now, signal);
      if (signal.aborted) return;
      if (isFinal(attempt.status)) {
        this.control?.abort();
        this.control = null;
        this.options.lost();
        return;
      }
      failures = attempt.heard ? 0 : failures + 1;
      silent = attempt.isUnusable ? silent + 1 : 0;
      if (silent >= kSilentMost) isStreaming = false;
      poll_ms = now.cursor > cursor ? kPoll_ms : Math.min(kPollMost_ms, poll_ms * 1.25);
      const wait_ms = !isStreaming && attempt.heard ? poll_ms * (0.75 + 0.5 * chance()) : backoff_ms(failures, chance());
      await pause(Math.max(wait_ms, attempt.retryAfter_s * 1000), signal);
    }
  }

  private tell(lines: Line[]): void {
    this.settle();
    this.options.told(lines);
  }

  private take(now: Following, event: ServerEvent): void {
    const data = parse(event.data);
    this.tell(event.name === 'message' ? takeMessage(now, data) : event.name === 'state' ? takeStanding(now, readStanding(data)) : []);
  }

  private async stream(now: Following, signal: AbortSignal): Promise<Attempt> {
    const one = new AbortController(); // this connection, not those after it
    const end = (): void => one.abort();
    signal.addEventListener('abort', end);
    const attempt: Attempt = { ...kNothing };
    const first = setTimeout(() => {
      attempt.isUnusable = true;
      end();
    }, kFirst_ms);
    try {
      const way = this.options.way();
      const headers: Record<string, string> = { ...way.headers, ...(now.cursor >= 0 && { 'last-event-id': String(now.cursor) }) };
      const response = await fetch(`${way.server ?? ''}${path(now.conversation, 'events')}`, { headers, credentials: 'omit', cache: 'no-store', signal: one.signal });
      way.seen?.(response.headers);
      if (!response.ok) {
        const retryAfter_s = retryAfterSeconds(response.headers.get('retry-after'), Date.now()) ?? 0;
        return { ...kNothing, status: response.status, retryAfter_s };
      }
      attempt.isUnusable = true; // until something comes
      if (response.body === null || !(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) return attempt;
      await readEvents(response.body, end, (event) => {
        if (signal.aborted) return;
        clearTimeout(first);
        attempt.heard = true;
        attempt.isUnusable = false;
        this.take(now, event);
      });
    } catch {
      // broken, or ended by us
    } finally {
      clearTimeout(first);
      signal.removeEventListener('abort', end);
      end();
    }
    return attempt;
  }

  private async poll(now: Following, signal: AbortSignal): Promise<Attempt> {
    const read = (json: unknown): { messages: unknown[]; state: Standing | null } | null =>
      isObject(json) ? { messages: list(json.messages), state: readStanding(json.state) } : null;
    const outcome = await call(`${path(now.conversation, 'messages')}?after=${now.cursor}`, undefined, read, this.options.way());
    if (signal.aborted) return kNothing;
    if (!outcome.ok) return { ...kNothing, status: outcome.problem.status, retryAfter_s: outcome.problem.retry_after_s ?? 0 };
    const { messages, state } = outcome.value;
    this.tell([...messages.flatMap((message) => takeMessage(now, message)), ...takeStanding(now, state)]);
    return { ...kNothing, heard: true };
  }
}
