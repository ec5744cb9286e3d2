// The words of a page in both languages.

import type { Lang } from './i18n';

export type Values = Record<string, string | number>;
export type SayOf<Word extends string> = (word: Word, values?: Values) => string;

export interface Dictionary<Word extends string> {
  words: (lang: Lang) => SayOf<Word>;
  isWord: (text: string) => text is Word;
}

// "{n} of {m}" with its values; a gap without a value stays as it is.
export const filled = (text: string, values: Values): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));

// A text missing in one language does not build.
export function dictionary<Word extends string>(zh: Record<Word, string>, en: Record<NoInfer<Word>, string>): Dictionary<Word> {
  return {
    words: (lang) => {
      const table = lang === 'zh' ? zh : en;
      return (word, values = {}) => filled(table[word], values);
    },
    isWord: (text): text is Word => Object.prototype.hasOwnProperty.call(zh, text),
  };
}
