// Figures as the page shows them.

// 0..1 as a whole per cent. Only a true 1 reads "100%": a model that is nearly sure must not look certain.
export function percent(score: number): number {
  if (score >= 1) return 100;
  return Math.min(99, Math.max(0, Math.round(score * 100)));
}

export type Level = 'high' | 'middle' | 'low';

export function level(score: number): Level {
  if (score >= 0.75) return 'high';
  return score >= 0.45 ? 'middle' : 'low';
}

// The script of a text decides its lang attribute, so that a screen reader picks the right voice.
export function textLang(text: string): 'zh-CN' | 'en' {
  return /\p{Script=Han}/u.test(text) ? 'zh-CN' : 'en';
}

// The first characters of a content id: enough to find the record, short enough to read.
export function shortId(id: string): string {
  const [prefix, rest] = id.split('_', 2);
  return rest !== undefined && rest.length > 10 ? `${prefix}_${rest.slice(0, 10)}` : id;
}
