// What a call may throw. An answer that is an error is an APIError of the class of its `code`; no answer is ConnectionFailed.

/** Of everything this package throws about a call. */
export class YupuError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No answer came: refused, broken off. */
export class ConnectionFailed extends YupuError {}

/** There was no answer in time. */
export class TimedOut extends ConnectionFailed {}

/** RFC 9457, as the server writes it. */
export interface Problem {
  status?: number;
  code?: string;
  detail?: string;
  field?: string;
  request_id?: string;
}

export class APIError extends YupuError {
  /** Of HTTP. */
  readonly status: number;
  /** Stable name of the error, "not_found". */
  readonly code: string;
  /** What, which, and what to do next. */
  readonly detail: string;
  /** Of the request, where one is to blame. */
  readonly field: string | undefined;
  /** To quote when asking for help. */
  readonly requestId: string | undefined;
  /** What the server asks to wait. */
  readonly retryAfterMs: number | undefined;
  /** The document as it came. */
  readonly problem: Problem;

  constructor(status: number, problem: Problem, body: string, requestId: string | undefined, retryAfterMs: number | undefined) {
    const code = problem.code ?? `http_${status}`;
    const detail = problem.detail ?? body.slice(0, kDetailLengthMax);
    const id = problem.request_id ?? requestId;
    super(`${status} ${code}: ${detail}${problem.field ? ` (field ${problem.field})` : ''}${id ? ` [${id}]` : ''}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.field = problem.field;
    this.requestId = id;
    this.retryAfterMs = retryAfterMs;
    this.problem = problem;
  }
}

export class InvalidArgument extends APIError {}
export class Unauthenticated extends APIError {}
export class PaymentRequired extends APIError {}
export class PermissionDenied extends APIError {}
export class NotFound extends APIError {}
export class Conflict extends APIError {}
export class TooLarge extends APIError {}
export class ResourceExhausted extends APIError {}
export class Internal extends APIError {}
export class Unavailable extends APIError {}

const kDetailLengthMax = 200;
const kByCode: Record<string, typeof APIError> = {
  invalid_argument: InvalidArgument,
  unauthenticated: Unauthenticated,
  payment_required: PaymentRequired,
  permission_denied: PermissionDenied,
  not_found: NotFound,
  conflict: Conflict,
  too_large: TooLarge,
  resource_exhausted: ResourceExhausted,
  internal: Internal,
  unavailable: Unavailable,
};

/** Also of what is no problem document: something between may have answered. */
export function errorOf(status: number, body: string, requestId: string | undefined, retryAfterMs: number | undefined): APIError {
  let problem: Problem = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) problem = parsed as Problem;
  } catch {
    // An HTML page, for example: the text stands in `detail`.
  }
  const kind = kByCode[problem.code ?? ''] ?? APIError;
  return new kind(status, problem, body, requestId, retryAfterMs);
}
