// The conversation, kept for this tab only (sessionStorage): it survives a reload and ends with the tab. No cookies.

import { readAnswer, type Answer } from './api';
import { readLines, type Line } from './live';

export interface Exchange {
  bot: string;
  question: string;
  answer: Answer;
  rated: '' | 'up' | 'down' | 'corrected';
  lines: Line[]; // what came after the answer, of a person or about one
}

// The conversation that goes on with the next message to this bot; '': a new one.
export function conversationWith(exchanges: readonly Exchange[], bot: string): string {
  return [...exchanges].reverse().find((exchange) => exchange.bot === bot)?.answer.conversation ?? '';
}

export const kExchangesMax = 50;
const kKey = 'yupu.conversation.1';

export function serialise(exchanges: readonly Exchange[]): string {
  return JSON.stringify(exchanges.slice(-kExchangesMax));
}

// Whatever is not readable is left out: a page must open with any old content in its storage.
export function parse(stored: string | null): Exchange[] {
  if (stored === null) return [];
  let json: unknown;
  try {
    json = JSON.parse(stored);
  } catch {
    return [];
  }
  if (!Array.isArray(json)) return [];
  const exchanges: Exchange[] = [];
  for (const item of json as unknown[]) {
    if (typeof item !== 'object' || item === null) continue;
    const { bot, question, answer, rated, lines } = item as Record<string, unknown>;
    const read = readAnswer(answer);
    if (typeof question !== 'string' || read === null) continue;
    const known = rated === 'up' || rated === 'down' || rated === 'corrected' ? rated : '';
    exchanges.push({ bot: typeof bot === 'string' ? bot : '', question, answer: read, rated: known, lines: readLines(lines) });
  }
  return exchanges.slice(-kExchangesMax);
}

export function load(): Exchange[] {
  try {
    return parse(sessionStorage.getItem(kKey));
  } catch {
    return []; // storage is switched off
  }
}

export function save(exchanges: readonly Exchange[]): void {
  try {
    if (exchanges.length === 0) sessionStorage.removeItem(kKey);
    else sessionStorage.setItem(kKey, serialise(exchanges));
  } catch {
    // storage is full or switched off: the conversation lives until the reload
  }
}
