// The client: one call, tried until it is answered or not worth another try.
import type { Call, CallOptions } from './call.js';
import { ConnectionFailed, errorOf, TimedOut, type YupuError } from './errors.js';
import { eventsOf } from './events.js';
import { Operations, VERSION } from './operations.js';
import { kRetryPolicy, retryAfterMs, waitMs, worthAnotherTry, type RetryPolicy } from './retry.js';

export interface ClientOptions {
  /** "https://shop.example". */
  baseUrl: string;
  /** "yp_..."; without one only what is open to all answers. */
  apiKey?: string;
  /** Milliseconds for each try: 60 000. */
  timeoutMs?: number;
  retry?: Partial<RetryPolicy>;
  /** Sent with every call. */
  headers?: Record<string, string>;
  fetch?: typeof globalThis.fetch;
  /** For tests. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** For tests: from 0 to 1. */
  chance?: () => number;
}

const kTimeoutMs = 60_000;

function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function queryOf(query: object | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return given.length === 0 ? '' : '?' + new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

export class Client extends Operations {
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;
  readonly #retry: RetryPolicy;
  readonly #fetch: typeof globalThis.fetch;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly #chance: () => number;

  constructor(options: ClientOptions) {
    super();
    const url = new URL(options.baseUrl);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(`baseUrl is not http: or https: ${options.baseUrl}`);
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#headers = { 'user-agent': `yupu-typescript/${VERSION}`, ...options.headers };
    if (options.apiKey !== undefined) this.#headers['authorization'] = `Bearer ${options.apiKey}`;
    this.#timeoutMs = options.timeoutMs ?? kTimeoutMs;
    this.#retry = { ...kRetryPolicy, ...options.retry };
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#sleep = options.sleep ?? sleepFor;
    this.#chance = options.chance ?? Math.random;
  }

  protected async call<T>(call: Call, options: CallOptions): Promise<T> {
    const accept = call.text ? 'text/plain' : 'application/json';
    const body = await this.#try(call, accept, options, (response) => response.text());
    return (call.text ? body : JSON.parse(body)) as T;
  }

  protected async *stream<T>(call: Call, options: CallOptions): AsyncGenerator<T> {
    const body = await this.#try(call, 'text/event-stream', options, async (response) => response.body);
    if (body === null) throw new ConnectionFailed('the answer has no body');
    try {
      yield* eventsOf<T>(body);
    } catch (error) {
      if (options.signal?.aborted || error instanceof SyntaxError) throw error;
      throw new ConnectionFailed('the answer was broken off', { cause: error });
    }
  }

  async #try<R>(call: Call, accept: string, options: CallOptions, take: (response: Response) => Promise<R>): Promise<R> {
    const headers: Record<string, string> = { ...this.#headers, accept };
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.once) headers['idempotency-key'] = options.idempotencyKey ?? newKey();
    const request: RequestInit = { method: call.method, headers };
    if (call.body !== undefined) request.body = JSON.stringify(call.body);
    const url = this.#baseUrl + call.path + queryOf(call.query);
    const repeatable = call.once === true || call.method === 'GET';
    for (let triesDone = 1, unanswered = false; ; ++triesDone) {
      let error: YupuError;
      let wanted: number | undefined;
      let again = repeatable;
      try {
        const tried = await this.#send(url, request, options, take);
        if ('taken' in tried) return tried.taken;
        wanted = retryAfterMs(tried.response.headers.get('retry-after'), Date.now());
        error = errorOf(tried.response.status, tried.body, tried.response.headers.get('x-request-id') ?? undefined, wanted);
        again &&= worthAnotherTry(tried.response.status, unanswered);
      } catch (failed) {
        if (!(failed instanceof ConnectionFailed)) throw failed;
        error = failed;
        unanswered = true;
      }
      const wait = again ? waitMs(this.#retry, triesDone, wanted, this.#chance()) : undefined;
      if (wait === undefined) throw error;
      await this.#sleep(wait, options.signal);
    }
  }

  // One try, within its time. Throws ConnectionFailed, or what the caller's signal was aborted with.
  async #send<R>(url: string, request: RequestInit, options: CallOptions, take: (response: Response) => Promise<R>):
      Promise<{ taken: R } | { response: Response; body: string }> {
    options.signal?.throwIfAborted();
    const end = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end.abort();
    }, options.timeoutMs ?? this.#timeoutMs);
    // The caller's own also ends a stream that is being read.
    const signal = options.signal === undefined ? end.signal : AbortSignal.any([options.signal, end.signal]);
    try {
      const response = await this.#fetch(url, { ...request, signal, redirect: 'manual' });
      if (response.ok) return { taken: await take(response) };
      return { response, body: await response.text() };
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      if (late) throw new TimedOut('there was no answer in time', { cause: error });
      throw new ConnectionFailed(`no answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}
