// From a problem document to a kind sentence. Which words: i18n.ts.

import type { Problem } from './api';
import { translate, type Lang } from './i18n';

export const kRetryDefault_s = 5;

// Seconds to wait before another try makes sense; 0 = at once.
export function waitSeconds(problem: Problem): number {
  if (problem.status === 429) return problem.retry_after_s ?? kRetryDefault_s;
  return problem.status === 503 ? (problem.retry_after_s ?? 0) : 0;
}

export function problemText(lang: Lang, problem: Problem): string {
  const detail = problem.detail || problem.code;
  switch (problem.status) {
    case 0:
      return translate(lang, 'errNetwork');
    case 400:
    case 422:
      return translate(lang, 'err400', { detail });
    case 402:
      return translate(lang, 'err402');
    case 404:
      return translate(lang, 'err404', { detail });
    case 413:
      return translate(lang, 'err413');
    case 429:
      return translate(lang, 'err429', { n: waitSeconds(problem) });
    case 503:
      return translate(lang, 'err503');
    default:
      return translate(lang, 'errOther');
  }
}

// Worth another try with the same words?
export function canRetry(problem: Problem): boolean {
  return ![400, 402, 404, 413, 422].includes(problem.status);
}
