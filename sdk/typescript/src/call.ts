// One operation that is called, and what its caller may say about the call.

export interface CallOptions {
  /** Of one's own; default: one is made for the call, and sent with each of its tries. */
  idempotencyKey?: string;
  /** Milliseconds for each try; of a stream, until it begins. */
  timeoutMs?: number;
  /** Ends the call, or the stream. */
  signal?: AbortSignal;
}

export interface Call {
  method: string;
  path: string;
  body?: object;
  query?: object;
  /** Takes an Idempotency-Key. */
  once?: boolean;
  /** The answer is no JSON. */
  text?: boolean;
}
