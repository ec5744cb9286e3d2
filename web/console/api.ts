// The calls of the console, and its stream. The token goes in a header, never into an address.

import { readProblem, type Outcome, type Problem } from '../src/api';
import { backoff_ms, readEvents } from '../src/sse';
import { readAgent, readConversations, readDossier, readMisses, readOverview, readReport } from './read';

const kCallTimeout_ms = 30_000;

export async function call<T>(token: string, path: string, body: unknown, read: (json: unknown) => T): Promise<Outcome<T>> {
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
export const nothing = (): true => true;

const kTracesAtOnce = 2000;

// One call after the other, up to the first that fails.
export async function inParts(traces: string[], one: (part: string[], index: number) => Promise<Outcome<true>>): Promise<Outcome<true>> {
  for (let index = 0; index * kTracesAtOnce < traces.length; index += 1) {
    const outcome = await one(traces.slice(index * kTracesAtOnce, (index + 1) * kTracesAtOnce), index);
    if (!outcome.ok) return outcome;
  }
  return { ok: true, value: true };
}

export function calls(token: string) {
  return {
    me: () => call(token, '/v1/agent/me', undefined, readAgent),
    claim: (conversation: string) => call(token, '/v1/agent/claim', { conversation }, nothing),
    dossier: (id: string) => call(token, one(id), undefined, readDossier),
    say: (id: string, messageId: string, text: string) => call(token, `${one(id)}/say`, { message_id: messageId, text }, nothing),
    close: (id: string, to: 'bot' | 'end') => call(token, `${one(id)}/close`, { to }, nothing),
    hand: (id: string, to: string) => call(token, `${one(id)}/hand`, { to }, nothing),
    correct: (id: string, trace: string, correction: string) => call(token, `${one(id)}/correct`, { trace_id: trace, correction }, nothing),
    overview: (days: number) => call(token, `/v1/console/overview?days=${days}`, undefined, readOverview),
    report: () => call(token, '/v1/agent/report', undefined, readReport),
    conversations: (said = '') => call(token, `/v1/console/conversations${said === '' ? '' : `?said=${encodeURIComponent(said)}`}`, undefined, readConversations),
    misses: () => call(token, '/v1/agent/misses', undefined, readMisses),
    acceptMisses: (traces: string[], intent: string, isNew: boolean) => inParts(traces, (part, index) => call(token, '/v1/agent/misses/accept', { traces: part, intent, new: isNew && index === 0 }, nothing)),
    mergeMisses: (traces: string[], into: string) => inParts(traces, (part) => call(token, '/v1/agent/misses/merge', { traces: part, into }, nothing)),
    ignoreMisses: (traces: string[]) => inParts(traces, (part) => call(token, '/v1/agent/misses/ignore', { traces: part }, nothing)),
  };
}
export type Calls = ReturnType<typeof calls>;

export const detailOf = (problem: Problem): string => problem.detail || problem.code || `HTTP ${problem.status}`;

export interface StreamHandlers {
  event: (name: string, data: unknown) => void;
  state: (open: boolean) => void;
  refused: (problem: Problem) => void; // the token is not taken any more
}

// Follows the events of `path` until `stop`, and comes back when the connection breaks.
export function follow(token: string, handlers: StreamHandlers, path = '/v1/agent/events'): { stop: () => void } {
  let stopped = false;
  let control = new AbortController();
  let failures = 0;

  async function once(): Promise<void> {
    control = new AbortController();
    const response = await fetch(path, { headers: { authorization: `Bearer ${token}` }, credentials: 'omit', cache: 'no-store', signal: control.signal });
    if (response.status === 401) {
      stopped = true;
      handlers.refused(readProblem(401, await response.json().catch(() => null), null, Date.now()));
      return;
    }
    if (!response.ok || response.body === null) return;
    handlers.state(true);
    failures = 0;
    await readEvents(response.body, () => control.abort(), (event) => handlers.event(event.name, JSON.parse(event.data)));
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await once().catch(() => undefined);
      if (stopped) return;
      handlers.state(false);
      await new Promise((done) => setTimeout(done, backoff_ms(failures++, Math.random())));
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
