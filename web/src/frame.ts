// The frame of a page that people sign in to: its title with a count, its tabs, its languages, who is signed in. What
// stands in it is marked data-t with the word it says.

import type { SayOf } from './dictionary';
import { byId, el } from './dom';
import { htmlLang, type Lang } from './i18n';

export type FrameWord = 'skip' | 'pageTitle' | 'title' | 'views' | 'signOut';

export interface Tab<View extends string> {
  view: View; // and the word it says
  badge?: string; // the id of a count beside it
}

export interface Frame<View extends string> {
  lang: Lang;
  say: SayOf<FrameWord | View>;
  count: number; // before the title and in the badge; 0: none
  me: string | null; // null: nobody is signed in
  isOpen: boolean; // the stream
  shown: View;
}

const kLanguages: [Lang, string][] = [
  ['zh', '中文'],
  ['en', 'English'],
];

function tabButton({ view, badge }: Tab<string>): HTMLButtonElement {
  if (badge === undefined) return el('button', { type: 'button', 'data-view': view, 'data-t': view });
  return el('button', { type: 'button', 'data-view': view }, el('span', { 'data-t': view }), ' ', el('span', { id: badge, class: 'badge', hidden: true }));
}

// Before everything else of the body.
export function layOutFrame(tabs: readonly Tab<string>[]): void {
  const seal = el('span', { class: 'seal', lang: 'zh-CN', 'aria-hidden': 'true' }, el('span', {}, '语'), el('span', {}, '铺'));
  const languages = kLanguages.map(([lang, name]) => el('button', { type: 'button', 'data-lang': lang, lang: htmlLang[lang] }, name));
  document.body.prepend(
    el('a', { class: 'skip', href: '#view', 'data-t': 'skip' }),
    el(
      'header',
      { class: 'top' },
      el('div', { class: 'brand' }, seal, el('h1', { 'data-t': 'title' })),
      el('nav', { id: 'tabs', class: 'tabs', hidden: true }, ...tabs.map(tabButton)),
      el(
        'div',
        { class: 'top-end' },
        el('p', { id: 'me', class: 'me', hidden: true }),
        el('button', { type: 'button', id: 'sign-out', class: 'quiet', 'data-t': 'signOut', hidden: true }),
        el('div', { class: 'languages', role: 'group', 'aria-label': '语言 Language' }, ...languages),
      ),
    ),
    el('main', { id: 'view', tabindex: '-1' }),
    el('p', { id: 'announce', class: 'visually-hidden', role: 'status', 'aria-live': 'polite' }),
  );
}

export function drawFrame<View extends string>(frame: Frame<View>): void {
  const title = frame.say('pageTitle');
  document.documentElement.lang = htmlLang[frame.lang];
  document.title = frame.count > 0 ? `(${frame.count}) ${title}` : title;
  for (const element of document.querySelectorAll<HTMLElement>('[data-t]')) element.textContent = frame.say(element.dataset.t as FrameWord | View);
  const tabs = byId('tabs');
  tabs.setAttribute('aria-label', frame.say('views'));
  tabs.hidden = frame.me === null;
  byId('sign-out').hidden = frame.me === null;
  const me = byId('me');
  me.hidden = frame.me === null;
  me.textContent = frame.me ?? '';
  me.classList.toggle('lost', !frame.isOpen);
  for (const badge of tabs.querySelectorAll<HTMLElement>('.badge')) {
    badge.hidden = frame.count === 0;
    badge.textContent = String(frame.count);
  }
  for (const button of tabs.querySelectorAll<HTMLButtonElement>('[data-view]')) button.setAttribute('aria-current', button.dataset.view === frame.shown ? 'page' : 'false');
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-lang]')) button.setAttribute('aria-pressed', String(button.dataset.lang === frame.lang));
}
