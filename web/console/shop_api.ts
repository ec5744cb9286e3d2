// The calls about the shop itself: model, documents, intents, tests, usage.

import { readProblem, type Outcome } from '../src/api';
import { call, nothing } from '../src/person_calls';
import { readDocuments, readFound, readIntents, readReleases, readReview, readTests, readUsage } from './shop_read';

const kBytesAtOnce = 0x8000;

// Bytes as they are: what is no UTF-8 is the server's to say.
export function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let begin = 0; begin < bytes.length; begin += kBytesAtOnce) binary += String.fromCharCode(...bytes.subarray(begin, begin + kBytesAtOnce));
  return btoa(binary);
}

// A file of the server; its name is the page's to give.
async function file(token: string, path: string): Promise<Outcome<Blob>> {
  try {
    const response = await fetch(path, { credentials: 'omit', cache: 'no-store', headers: { authorization: `Bearer ${token}` } });
    if (response.ok) return { ok: true, value: await response.blob() };
    return { ok: false, problem: readProblem(response.status, await response.json().catch(() => null), response.headers.get('retry-after'), Date.now()) };
  } catch {
    return { ok: false, problem: readProblem(0, null, null, Date.now()) };
  }
}

export function shopCalls(token: string) {
  return {
    releases: () => call(token, '/v1/console/releases', undefined, readReleases),
    makeLive: (release: string, insteadOf: string) => call(token, '/v1/console/releases/live', { release_id: release, instead_of: insteadOf }, nothing),
    documents: () => call(token, '/v1/console/knowledge', undefined, readDocuments),
    search: (query: string) => call(token, `/v1/console/knowledge/search?q=${encodeURIComponent(query)}`, undefined, readFound),
    addDocument: (source: string, bytes: Uint8Array) => call(token, '/v1/console/knowledge', { source, content: base64Of(bytes), encoding: 'base64' }, nothing),
    removeDocument: (source: string) => call(token, '/v1/console/knowledge/remove', { source }, nothing),
    review: () => call(token, '/v1/agent/report/review', undefined, readReview),
    judge: (trace: string, right: boolean) => call(token, '/v1/agent/report/review', { trace_id: trace, right }, nothing),
    intents: () => call(token, '/v1/console/intents', undefined, readIntents),
    tests: () => call(token, '/v1/console/tests', undefined, readTests),
    runTests: () => call(token, '/v1/console/tests/run', {}, readTests),
    usage: (days: number) => call(token, `/v1/console/usage?days=${days}`, undefined, readUsage),
    exportCalls: (days: number) => file(token, `/v1/agent/report/calls?days=${days}&format=csv`),
  };
}
export type ShopCalls = ReturnType<typeof shopCalls>;
