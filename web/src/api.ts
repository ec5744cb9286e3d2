// The three calls of the page. Whatever the server sends is read member by member: a field that is absent or of another
// type becomes its harmless default, never an exception in the middle of drawing.

export type Decision = 'answer' | 'clarify' | 'refuse' | 'handoff';

export interface Option {
  intent: string;
  title: string;
}

export type State = 'bot' | 'waiting' | 'with' | 'offline' | 'closed';

// How a conversation stands: who answers in it.
export interface Standing {
  state: State;
  agent: string; // with: who; else ''
  place: number; // waiting: in the queue, from 1; else 0
}

export interface Answer {
  decision: Decision;
  text: string;
  score: number | null; // 0..1; null when the server gave none
  intent: string;
  lang: string;
  sources: string[];
  options: Option[];
  trace_id: string;
  release_id: string; // which model release answered; may be absent
  conversation: string; // where the next message goes; may be absent
  handover: Standing | null; // null: the bot answers
}

export interface Bot {
  id: string;
  labels: string[];
  release_id: string;
  titles: Record<string, Record<string, string>>; // intent -> language -> title; optional in the API
  examples: string[]; // questions to begin with; optional in the API
}

export interface Problem {
  status: number; // 0: the server was not reached
  code: string;
  detail: string;
  field: string;
  request_id: string;
  retry_after_s: number | null;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };

type Unknown = Record<string, unknown>;

export const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null && !Array.isArray(value);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

// A source is either a plain string or an object that names itself.
export function sourceName(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return '';
  return text(value.title) || text(value.name) || text(value.document) || text(value.source) || text(value.id) || text(value.url);
}

export function readStanding(json: unknown): Standing | null {
  if (!isObject(json)) return null;
  const states: State[] = ['bot', 'waiting', 'with', 'offline', 'closed'];
  const state = states.find((name) => name === json.state);
  if (state === undefined) return null;
  const place = state === 'waiting' && typeof json.place === 'number' && Number.isInteger(json.place) ? Math.max(0, json.place) : 0;
  return { state, agent: state === 'with' ? text(json.agent) : '', place };
}

export function readAnswer(json: unknown): Answer | null {
  if (!isObject(json)) return null;
  const decisions: Decision[] = ['answer', 'clarify', 'refuse', 'handoff'];
  const decision = decisions.find((name) => name === json.decision);
  if (decision === undefined || typeof json.text !== 'string') return null;
  const score = typeof json.score === 'number' && Number.isFinite(json.score) ? Math.min(1, Math.max(0, json.score)) : null;
  // Of a text out of documents, intent and score are what the model would have guessed: not what the text is.
  const quoted = list(json.sources).some((source) => isObject(source) && text(source.document) !== '');
  const options = list(json.options)
    .filter(isObject)
    .map((option) => ({ intent: text(option.intent), title: text(option.title) || plainLabel(text(option.intent)) }))
    .filter((option) => option.title !== '');
  return {
    decision,
    text: json.text,
    score: quoted ? null : score,
    intent: quoted ? '' : text(json.intent),
    lang: text(json.lang),
    sources: [...new Set(list(json.sources).map(sourceName).filter((name) => name !== ''))],
    options,
    trace_id: text(json.trace_id),
    release_id: text(json.release_id),
    conversation: text(json.conversation),
    handover: readStanding(json.handover),
  };
}

export function readBots(json: unknown): Bot[] {
  if (!isObject(json)) return [];
  return list(json.data)
    .filter(isObject)
    .filter((model) => model.kind === 'bot' && text(model.id) !== '')
    .map((model) => {
      const titles: Bot['titles'] = {};
      if (isObject(model.titles)) {
        for (const [intent, perLang] of Object.entries(model.titles)) {
          if (!isObject(perLang)) continue;
          titles[intent] = Object.fromEntries(Object.entries(perLang).map(([lang, title]) => [lang, text(title)]));
        }
      }
      return {
        id: text(model.id),
        labels: list(model.labels).map(text).filter((label) => label !== ''),
        release_id: text(model.release_id),
        titles,
        examples: list(model.examples).map(text).filter((example) => example !== ''),
      };
    });
}

// "order_status" -> "order status"
export function plainLabel(label: string): string {
  return label.replace(/[_-]+/g, ' ').trim();
}

// Retry-After is seconds or an HTTP date; `now_ms` is passed so that a test can hold time still.
export function retryAfterSeconds(header: string | null, now_ms: number): number | null {
  if (header === null || header.trim() === '') return null;
  if (/^\d+$/.test(header.trim())) return Math.min(3600, Number(header.trim()));
  const at_ms = Date.parse(header);
  if (Number.isNaN(at_ms)) return null;
  return Math.min(3600, Math.max(0, Math.ceil((at_ms - now_ms) / 1000)));
}

export function readProblem(status: number, json: unknown, retryAfter: string | null, now_ms: number): Problem {
  const body = isObject(json) ? json : {};
  return {
    status,
    code: text(body.code),
    detail: text(body.detail),
    field: text(body.field),
    request_id: text(body.request_id),
    retry_after_s: retryAfterSeconds(retryAfter, now_ms),
  };
}

// How a call travels; left out: to the server the page is from, without more.
export interface Way {
  server?: string; // "https://host"
  headers?: Record<string, string>;
  seen?: (headers: Headers) => void; // of the answer
}

export async function call<T>(path: string, body: unknown, read: (json: unknown) => T | null, way: Way = {}): Promise<Outcome<T>> {
  let response: Response;
  try {
    const init: RequestInit = { credentials: 'omit', signal: AbortSignal.timeout(30_000), headers: { ...way.headers } };
    if (body !== undefined) {
      init.method = 'POST';
      init.headers = { ...way.headers, 'content-type': 'application/json' };
      init.body = JSON.stringify(body);
    }
    response = await fetch(`${way.server ?? ''}${path}`, init);
    way.seen?.(response.headers);
  } catch {
    return { ok: false, problem: readProblem(0, null, null, Date.now()) };
  }
  const json: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const value = read(json);
    if (value !== null) return { ok: true, value };
  }
  const status = response.ok ? 500 : response.status;
  return { ok: false, problem: readProblem(status, json, response.headers.get('retry-after'), Date.now()) };
}

export interface FeedbackBody {
  trace_id: string;
  rating?: 1 | -1;
  correction?: string;
  reason?: string;
}

// One message of a visitor.
export interface Message {
  bot: string;
  text: string;
  conversation: string; // '': a new one
  option: string; // intent of the button that was tapped; '': none was
}

export function messageBody({ bot, text: said, conversation, option }: Message): Record<string, string> {
  return { bot, text: said, ...(conversation !== '' && { conversation }), ...(option !== '' && { option }) };
}

async function answer(message: Message): Promise<Outcome<Answer>> {
  const outcome = await call('/v1/answer', messageBody(message), readAnswer);
  // The shop knows nothing of this conversation any more: the question itself may still be answered.
  if (outcome.ok || message.conversation === '' || outcome.problem.field !== 'conversation') return outcome;
  return call('/v1/answer', messageBody({ ...message, conversation: '', option: '' }), readAnswer);
}

export const api = {
  answer,
  feedback: (body: FeedbackBody) => call('/v1/feedback', body, () => true),
  models: () => call('/v1/models', undefined, readBots),
};
