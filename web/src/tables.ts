// What pages of tables share.

import { el } from './dom';

export interface PlaceOf<Say> {
  say: Say;
  locale: string; // of times and numbers
}

// As it is, where it is no time.
export const whenOf = (time: string, locale: string): string => {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : at.toLocaleString(locale, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
};

// A table wider than a phone is moved sideways, by the keyboard too.
export const wide = (label: string, table: HTMLElement): HTMLElement => el('div', { class: 'wide', role: 'region', tabindex: '0', 'aria-label': label }, table);

export const heads = (names: string[]): HTMLElement => el('thead', {}, el('tr', {}, ...names.map((name) => el('th', { scope: 'col' }, name))));
