// The frame of a page that people sign in to: its words, its title with a count, its tabs, who is signed in.

import { byId } from '../src/dom';
import { htmlLang, type Lang } from '../src/i18n';

export interface Frame {
  lang: Lang;
  title: string;
  views: string; // what the tabs are called together
  word: (key: string) => string | null; // what an element marked data-t says; null: no word of this page
  count: number; // before the title and in the badge; 0: none
  badge: string; // its id
  me: string | null; // null: nobody is signed in
  isOpen: boolean; // the stream
  shown: string;
}

export function drawFrameOf(frame: Frame): void {
  document.documentElement.lang = htmlLang[frame.lang];
  document.title = frame.count > 0 ? `(${frame.count}) ${frame.title}` : frame.title;
  for (const element of document.querySelectorAll<HTMLElement>('[data-t]')) {
    const said = frame.word(element.dataset.t ?? '');
    if (said !== null) element.textContent = said;
  }
  const tabs = byId('tabs');
  tabs.setAttribute('aria-label', frame.views);
  tabs.hidden = frame.me === null;
  byId('sign-out').hidden = frame.me === null;
  const me = byId('me');
  me.hidden = frame.me === null;
  me.textContent = frame.me ?? '';
  me.classList.toggle('lost', !frame.isOpen);
  const badge = byId(frame.badge);
  badge.hidden = frame.count === 0;
  badge.textContent = String(frame.count);
  for (const button of tabs.querySelectorAll<HTMLButtonElement>('[data-view]')) button.setAttribute('aria-current', button.dataset.view === frame.shown ? 'page' : 'false');
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-lang]')) button.setAttribute('aria-pressed', String(button.dataset.lang === frame.lang));
}
