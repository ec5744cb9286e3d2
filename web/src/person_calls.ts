// A call and a stream of events of somebody who has signed in. The token goes in a header, never into an address.

import { readProblem, type Outcome, type Problem } from './api';
import { backoff_ms, readEvents } from './sse';

const kCallTimeout_ms = 30_000;

export async function call<T>(token: string, path: string, body: unknown, read: (json: unknown) => T, timeout_ms = kCallTimeout_ms): Promise<Outcome<T>> {
  let response: Response;
  try {
    const init: RequestInit = { credentials: 'omit', cache: 'no-store', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, signal: AbortSignal.timeout(timeout_ms) };
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

// Of an answer that says no more than that it was done.
export const nothing = (): true => true;

export const detailOf = (problem: Problem): string => problem.detail || problem.code || `HTTP ${problem.status}`;

export interface StreamHandlers {
  event: (name: string, data: unknown) => void;
  state: (open: boolean) => void;
  refused: (problem: Problem) => void; // the token is not taken any more
}

// Follows the events of `path` until `stop`, and comes back when the connection breaks.
export function follow(token: string, path: string, handlers: StreamHandlers): { stop: () => void } {
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
