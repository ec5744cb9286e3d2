export type { CallOptions } from './call.js';
export { Client, type ClientOptions } from './client.js';
export {
  APIError,
  Conflict,
  ConnectionFailed,
  Internal,
  InvalidArgument,
  NotFound,
  PaymentRequired,
  PermissionDenied,
  ResourceExhausted,
  TimedOut,
  TooLarge,
  Unauthenticated,
  Unavailable,
  YupuError,
  type Problem,
} from './errors.js';
export { VERSION } from './operations.js';
export type { RetryPolicy } from './retry.js';
export type * from './types.js';
