// The calls of the console, and its stream. The token goes in a header, never into an address.

import { readProblem, type Outcome, type Problem } from '../src/api';
import { readAgent, readConversations, readDossier, readMisses, readOverview } from './read';

const kCallTimeout_ms = 30_000;

async function call<T>(token: string, path: string, body: unknown, read: (json: unknown) => T): Promise<Outcome<T>> {
  let response: Response;
  try {
    const init: RequestInit = { credentials: 'omit', cache: 'no-store', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, signal: AbortSignal.timeout(kCallTimeout_ms) };
    if (body !== undefined) {
      init.method = 'POST';
      init.body = JSON.stringify(body);
    }
    response = await fetch(path, init);
  } catch {
    return { ok: false, problem: readProblem(0, null, null, Date.now()) };
  }
  const json: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, value: read(json) };
  return { ok: false, problem: readProblem(response.status, json, response.headers.get('retry-after'), Date.now()) };
}

const one = (id: string): string => `/v1/agent/conversations/${encodeURIComponent(id)}`;
const nothing = (): true => true;

export function calls(token: string) {
  return {
    me: () => call(token, '/v1/agent/me', undefined, readAgent),
    claim: (conversation: string) => call(token, '/v1/agent/claim', { conversation }, nothing),
    dossier: (id: string) => call(token, one(id), undefined, readDossier),
    say: (id: string, messageId: string, text: string) => call(token, `${one(id)}/say`, { message_id: messageId, text }, nothing),
    close: (id: string, to: 'bot' | 'end') => call(token, `${one(id)}/close`, { to }, nothing),
    hand: (id: string, to: string) => call(token, `${one(id)}/hand`, { to }, nothing),
    overview: (days: number) => call(token, `/v1/console/overview?days=${days}`, undefined, readOverview),
    conversations: () => call(token, '/v1/console/conversations', undefined, readConversations),
    misses: () => call(token, '/v1/console/misses', undefined, readMisses),
  };
}
export type Calls = ReturnType<typeof calls>;

export const detailOf = (problem: Problem): string => problem.detail || problem.code || `HTTP ${problem.status}`;

// Server-sent events out of the bytes of a response (WHATWG HTML, section 9.2): what this server sends of it.
export class EventParser {
  private rest = '';

  feed(bytes: string): { name: string; data: string }[] {
    const events: { name: string; data: string }[] = [];
    const blocks = (this.rest + bytes).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      let name = 'message';
      const data: string[] = [];
      for (const line of block.split('\n')) {
        const [field = '', value = ''] = line.split(/: ?(.*)/s, 2);
        if (field === 'event') name = value;
        if (field === 'data') data.push(value);
      }
      if (data.length > 0) events.push({ name, data: data.join('\n') });
    }
    return events;
  }
}

const kRetry_ms = 1000;
const kRetryMost_ms = 15_000;
const kSilence_ms = 40_000; // longer than two heart-beats: the connection is dead, whatever the browser thinks

export interface StreamHandlers {
  event: (name: string, data: unknown) => void;
  state: (open: boolean) => void;
  refused: (problem: Problem) => void; // the token is not taken any more
}

// Follows the agent's events until `stop`, and comes back when the connection breaks.
export function follow(token: string, handlers: StreamHandlers): { stop: () => void } {
  let stopped = false;
  let control = new AbortController();
  let wait_ms = kRetry_ms;

  async function once(): Promise<void> {
    control = new AbortController();
    const response = await fetch('/v1/agent/events', { headers: { authorization: `Bearer ${token}` }, credentials: 'omit', cache: 'no-store', signal: control.signal });
    if (response.status === 401) {
      stopped = true;
      handlers.refused(readProblem(401, await response.json().catch(() => null), null, Date.now()));
      return;
    }
    if (!response.ok || response.body === null) return;
    handlers.state(true);
    wait_ms = kRetry_ms;
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    let watchdog = setTimeout(() => control.abort(), kSilence_ms);
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => control.abort(), kSilence_ms);
        for (const event of parser.feed(decoder.decode(part.value, { stream: true }))) handlers.event(event.name, JSON.parse(event.data));
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await once().catch(() => undefined);
      if (stopped) return;
      handlers.state(false);
      await new Promise((done) => setTimeout(done, wait_ms));
      wait_ms = Math.min(kRetryMost_ms, wait_ms * 2);
    }
  }
  void run();
  return {
    stop: () => {
      stopped = true;
      control.abort();
    },
  };
}
