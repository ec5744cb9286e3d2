// The words of the list on a shop's page, in both languages.

import { dictionary, type Values } from '../dictionary';
import type { Lang } from '../i18n';

const zh = {
  title: '为您推荐',
  because_of: '因为您看过“{title}”',
  popular: '最近热门',
  new: '新品',
  picked: '为您挑选',
  isNew: '新',
  sponsored: '推广',
};

const en: Record<keyof typeof zh, string> = {
  title: 'Recommended for you',
  because_of: 'because you looked at "{title}"',
  popular: 'popular lately',
  new: 'new',
  picked: 'picked for you',
  isNew: 'new',
  sponsored: 'sponsored',
};

export type Word = keyof typeof zh;

const { words } = dictionary(zh, en);
export const word = (lang: Lang, key: Word, values: Values = {}): string => words(lang)(key, values);

export const reasonWord = (lang: Lang, reason: string, title: string): string =>
  reason === 'because_of' || reason === 'popular' || reason === 'new' || reason === 'picked' ? word(lang, reason, { title }) : '';
