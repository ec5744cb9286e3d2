// A visitor of one bot: the token, what was said, and the calls that need both. Kept for this tab only (sessionStorage,
// no cookies), so that a reload goes on where it stood. Nothing here draws.

import { call, isObject, list, messageBody, text, type FeedbackBody, type Outcome, type Standing, type Way } from '../api';
import { addLines, contactLine, Follower, hasContact, readLines, resume, sendContact, type Contact, type Kept, type Line } from '../live';
import { asksScore, scoreLine, scoreOf, sendScore } from '../satisfaction';
import { readSaid, type Said } from './said';

export const kExchangesMax = 50;
const kHeader = 'yupu-visitor';

export interface Greeting {
  title: { zh: string; en: string };
  accent: string;
  examples: string[];
}

// Who the visitor is, signed by the shop's own server (docs/widget.md).
export interface Identity {
  user_id: string;
  expires_at: number;
  signature: string;
}

export interface Exchange {
  question: string;
  said: Said;
  rated: '' | 'up' | 'down';
  lines: Line[]; // what came after the answer, of a person or about one
}

export interface SessionOptions {
  server: string; // "https://host"
  bot: string;
  identity: Identity | null;
  storage: Pick<Storage, 'getItem' | 'setItem'> | null; // null: what was said lives until the reload
}

export function readGreeting(json: unknown): Greeting | null {
  if (!isObject(json) || !isObject(json.title)) return null;
  const title = { zh: text(json.title.zh), en: text(json.title.en) };
  return { title, accent: text(json.accent), examples: list(json.examples).map(text).filter((example) => example !== '') };
}

function readExchange(json: unknown): Exchange | null {
  if (!isObject(json) || typeof json.question !== 'string') return null;
  const said = readSaid(json.said);
  if (said === null) return null;
  return { question: json.question, said, rated: json.rated === 'up' || json.rated === 'down' ? json.rated : '', lines: readLines(json.lines) };
}

export class Session {
  exchanges: Exchange[] = [];
  // Called when the server knows the visitor no more: another one goes on, without what was said before.
  forgotten: () => void = () => undefined;
  // New lines below the last answer, or none: how the conversation stands may have changed.
  told: (lines: Line[]) => void = () => undefined;
  // A person can be followed no more, until the next message.
  lost: () => void = () => undefined;
  private readonly follower = new Follower({
    way: () => this.way(),
    told: (lines) => this.keepLines(lines),
    lost: () => this.lost(),
  });
  private token = '';
  private readonly key: string;

  constructor(private readonly options: SessionOptions) {
    this.key = `yupu.chat.1 ${options.server} ${options.bot}`;
    this.load();
  }

  greet(): Promise<Outcome<Greeting>> {
    const { server, bot } = this.options;
    return call(`/v1/widget?bot=${encodeURIComponent(bot)}`, undefined, readGreeting, { server });
  }

  // Whether a person has been asked for, by a server that does not say how that stands.
  get waiting(): boolean {
    const last = this.exchanges[this.exchanges.length - 1]?.said;
    return last?.decision === 'handoff' && last.handover === null;
  }

  get standing(): Standing {
    return this.follower.now.standing;
  }

  get hasContact(): boolean {
    return hasContact(this.kept, this.conversation);
  }

  // Goes on where the page was left.
  resume(): void {
    this.follower.follow(resume(this.kept));
  }

  async leaveContact(contact: Contact): Promise<Outcome<boolean>> {
    const outcome = await sendContact(this.conversation, contact, this.way());
    if (outcome.ok) this.keepLines([contactLine()]);
    return outcome;
  }

  // Whether to ask how content they were, and what they said; 0: nothing yet.
  get asksScore(): boolean {
    return asksScore(this.kept, this.follower.now);
  }
  get score(): number {
    return scoreOf(this.kept, this.conversation);
  }

  // With the whole conversation, 1 to 5; the last one counts.
  async rateConversation(score: number, reason: string): Promise<Outcome<boolean>> {
    const outcome = await sendScore(this.conversation, score, reason, this.way());
    if (outcome.ok && this.score !== score) this.keepLines([scoreLine(score)]);
    return outcome;
  }

  // `option`: the intent of a button; '': none was tapped.
  async ask(question: string, option: string): Promise<Outcome<Exchange>> {
    let outcome = await this.send('/v1/answer', () => this.message(question, this.conversation, option), readSaid);
    if (!outcome.ok && outcome.problem.status === 401) {
      this.forget();
      outcome = await this.send('/v1/answer', () => this.message(question, '', ''), readSaid);
    } else if (!outcome.ok && outcome.problem.field === 'conversation' && this.conversation !== '') {
      outcome = await this.send('/v1/answer', () => this.message(question, '', ''), readSaid);
    }
    if (!outcome.ok) return outcome;
    const said = outcome.value;
    const exchange: Exchange = { question, said, rated: '', lines: this.follower.answered(said.conversation, said.handover) };
    this.exchanges = [...this.exchanges, exchange].slice(-kExchangesMax);
    this.save();
    return { ok: true, value: exchange };
  }

  // The last rating of an answer counts; a reason may follow it.
  async rate(exchange: Exchange, rated: 'up' | 'down', reason = ''): Promise<Outcome<boolean>> {
    const body: FeedbackBody = { trace_id: exchange.said.trace_id, rating: rated === 'up' ? 1 : -1, ...(reason !== '' && { reason }) };
    const outcome = await this.send('/v1/feedback', () => body, () => true);
    if (outcome.ok) {
      exchange.rated = rated;
      this.save();
    } else if (outcome.problem.status === 401) {
      this.forget();
    }
    return outcome;
  }

  // Another conversation, of the same visitor.
  restart(): void {
    this.exchanges = [];
    this.follower.stop();
    this.save();
  }

  private get kept(): Kept[] {
    return this.exchanges.map(({ said, lines }) => ({ answer: said, lines }));
  }

  private keepLines(lines: Line[]): void {
    const last = this.exchanges[this.exchanges.length - 1];
    if (last !== undefined && lines.length > 0) {
      addLines(last, lines);
      this.save();
    }
    this.told(lines);
  }

  private get conversation(): string {
    return this.exchanges[this.exchanges.length - 1]?.said.conversation ?? '';
  }

  private message(question: string, conversation: string, option: string): Record<string, string> {
    return messageBody({ bot: this.options.bot, text: question, conversation, option });
  }

  private async send<T>(path: string, body: () => unknown, read: (json: unknown) => T | null): Promise<Outcome<T>> {
    if (this.token === '') {
      const begun = await this.begin();
      if (!begun.ok) return begun;
    }
    return call(path, body(), read, this.way());
  }

  private way(): Way {
    return {
      server: this.options.server,
      headers: { [kHeader]: this.token },
      seen: (headers) => this.keepToken(headers.get(kHeader) ?? ''),
    };
  }

  private async begin(): Promise<Outcome<string>> {
    const { server, bot, identity } = this.options;
    const outcome = await call('/v1/visitors', { bot, ...identity }, (json) => (isObject(json) && text(json.token)) || null, { server });
    if (outcome.ok) this.keepToken(outcome.value);
    return outcome;
  }

  private keepToken(token: string): void {
    if (token === '') return;
    this.token = token;
    this.save();
  }

  private forget(): void {
    const had = this.exchanges.length > 0;
    this.token = '';
    this.exchanges = [];
    this.follower.stop();
    this.save();
    if (had) this.forgotten();
  }

  // Whatever is not readable, or was another user's, is left out.
  private load(): void {
    try {
      const kept: unknown = JSON.parse(this.options.storage?.getItem(this.key) ?? 'null');
      if (!isObject(kept) || text(kept.user) !== (this.options.identity?.user_id ?? '')) return;
      this.token = text(kept.token);
      if (this.token === '') return;
      this.exchanges = list(kept.exchanges).map(readExchange).filter((exchange): exchange is Exchange => exchange !== null);
    } catch {
      // storage is switched off, or holds something else
    }
  }

  private save(): void {
    try {
      const kept = { user: this.options.identity?.user_id ?? '', token: this.token, exchanges: this.exchanges };
      this.options.storage?.setItem(this.key, JSON.stringify(kept));
    } catch {
      // storage is full or switched off
    }
  }
}
