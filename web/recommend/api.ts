// The calls of the pages of recommendation. The token goes in a header, never into an address.

import { call, nothing } from '../src/person_calls';
import { readBoard, readHealth, readHistory, readItems, readLive, readMetrics, readPreview, readReleases, readUsers } from './read';
import { bodyOf, readRules, type RulesForm } from './rules';

const query = (values: Record<string, string | number>): string => new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();

export function calls(token: string) {
  return {
    board: () => call(token, '/v1/recommend/board', undefined, readBoard),
    items: (words: string) => call(token, `/v1/recommend/items?${query({ words })}`, undefined, readItems),
    hide: (item: string, hidden: boolean) => call(token, '/v1/recommend/items/hide', { item, hidden }, nothing),
    users: (words: string) => call(token, `/v1/recommend/users?${query({ words })}`, undefined, readUsers),
    history: (user: string) => call(token, `/v1/recommend/users/history?${query({ user })}`, undefined, readHistory),
    preview: (user: string) => call(token, '/v1/recommend/preview', { user }, readPreview),
    rules: () => call(token, '/v1/recommend/rules', undefined, readRules),
    putRules: (form: RulesForm) => call(token, '/v1/recommend/rules', bodyOf(form), readRules),
    metrics: (days: number) => call(token, `/v1/recommend/metrics?${query({ days })}`, undefined, readMetrics),
    health: (days: number) => call(token, `/v1/recommend/health?${query({ days })}`, undefined, readHealth),
    releases: () => call(token, '/v1/recommend/releases', undefined, readReleases),
    rollBack: () => call(token, '/v1/recommend/rollback', {}, readLive),
  };
}
export type Calls = ReturnType<typeof calls>;
