// The calls of the console. The token goes in a header, never into an address.

import type { Outcome } from '../src/api';
import { call, nothing } from '../src/person_calls';
import { readAgent, readConversations, readDossier, readMisses, readOverview, readReport } from './read';

const one = (id: string): string => `/v1/agent/conversations/${encodeURIComponent(id)}`;

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
