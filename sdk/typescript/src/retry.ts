// When a call is sent again, and after how long. It is always the same call: its Idempotency-Key is made once.

/**
 * Milliseconds. Waits double from firstWaitMs to longestWaitMs, each cut by chance to between a half and the whole of it; a
 * Retry-After is waited out instead, and a little by chance. One longer than longestRetryAfterMs is not: the error is thrown.
 */
export interface RetryPolicy {
  /** In all. */
  tries: number;
  firstWaitMs: number;
  longestWaitMs: number;
  longestRetryAfterMs: number;
}

export const kRetryPolicy: RetryPolicy = { tries: 3, firstWaitMs: 500, longestWaitMs: 8_000, longestRetryAfterMs: 60_000 };

const kWorthAnotherTry = new Set([408, 429, 502, 503, 504]);
const kConflict = 409;

/** `unansweredBefore`: the try before may still be in work, and its key taken until it ends. */
export function worthAnotherTry(status: number, unansweredBefore: boolean): boolean {
  return kWorthAnotherTry.has(status) || (status === kConflict && unansweredBefore);
}

/** undefined: do not try again. `chance` from 0 to 1. */
export function waitMs(policy: RetryPolicy, triesDone: number, retryAfterMs: number | undefined, chance: number): number | undefined {
  if (triesDone >= policy.tries) return undefined;
  if (retryAfterMs !== undefined) {
    return retryAfterMs <= policy.longestRetryAfterMs ? retryAfterMs + chance * policy.firstWaitMs : undefined;
  }
  return Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** (triesDone - 1)) * (0.5 + 0.5 * chance);
}

/** From now, of either form of the header; undefined where there is none, or nonsense. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
