// The calls of the monitor's pages. The token goes in a header, never into an address.

import { call, nothing } from '../src/person_calls';
import { readUnsure, readWeeks } from './drift';
import { readSpans } from './latency';
import { readNotices } from './notices';
import { readReplayed, readRules } from './replay';
import { readAlarms, readDocuments, readEvidence, readLog, readOverview, readSeries, readSources, type Sentiment } from './read';

const kReplayTimeout_ms = 120_000; // seconds of work, which whoever is answered meanwhile goes before

const query = (values: Record<string, string | number>): string => new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();
const alarm = (id: string): string => `/v1/monitor/alarms/${encodeURIComponent(id)}`;

export function calls(token: string) {
  return {
    overview: (hours: number) => call(token, `/v1/monitor?${query({ hours })}`, undefined, readOverview),
    series: (topic: string, hours: number) => call(token, `/v1/monitor/series?${query({ topic, hours })}`, undefined, readSeries),
    documents: (topic: string, from: string, to: string, sentiment: Sentiment | '') =>
      call(token, `/v1/monitor/documents?${query({ topic, from, to, ...(sentiment !== '' && { sentiment }) })}`, undefined, readDocuments),
    alarms: () => call(token, '/v1/monitor/alarms', undefined, readAlarms),
    alarm: (id: string) => call(token, alarm(id), undefined, readEvidence),
    acknowledge: (id: string, note: string) => call(token, `${alarm(id)}/acknowledge`, { note }, nothing),
    judgeAlarm: (id: string, justified: boolean, note: string) => call(token, `${alarm(id)}/judgement`, { justified, note }, nothing),
    judgeDocument: (id: number, topic: string, sentiment: Sentiment) => call(token, `/v1/monitor/documents/${id}/judgement`, { topic, sentiment }, nothing),
    silence: (topic: string, minutes: number, note: string) => call(token, '/v1/monitor/silences', { topic, minutes, note }, nothing),
    endSilence: (id: string) => call(token, `/v1/monitor/silences/${encodeURIComponent(id)}/end`, {}, nothing),
    sources: () => call(token, '/v1/monitor/sources', undefined, readSources),
    latency: () => call(token, '/v1/monitor/latency', undefined, readSpans),
    drift: () => call(token, '/v1/monitor/drift', undefined, readWeeks),
    unsure: () => call(token, '/v1/monitor/unsure?limit=30', undefined, readUnsure),
    notices: () => call(token, '/v1/monitor/notices', undefined, readNotices),
    resend: (id: string) => call(token, `/v1/monitor/notices/${encodeURIComponent(id)}/resend`, {}, nothing),
    testRoute: (name: string) => call(token, `/v1/monitor/routes/${encodeURIComponent(name)}/test`, {}, nothing),
    rules: () => call(token, '/v1/monitor/replay', undefined, readRules),
    replay: (body: Record<string, unknown>) => call(token, '/v1/monitor/replay', body, readReplayed, kReplayTimeout_ms),
    log: () => call(token, '/v1/monitor/audit', undefined, readLog),
  };
}
export type Calls = ReturnType<typeof calls>;
