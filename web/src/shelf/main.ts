// <script src="https://host/recommend.js" data-bot="shop" data-link="/books/{id}" async></script>: a list for the visitor,
// where the script stands or in data-into, on pages whose origin the bot lists. Works under a policy of `script-src` and
// `connect-src` for the host alone, as the chat does (../widget/main.ts). The list is asked for when it comes into sight: a
// list that was given is one that was shown.

import { el } from '../dom';
import { htmlLang, type Lang } from '../i18n';
import { pickLang } from '../widget/words';
import { linkOf, type Shelf, type ShelfItem } from './read';
import css from './shelf.css?inline';
import { ShelfVisitor } from './visitor';
import { reasonWord, word } from './words';

const kHost = 'data-yupu-shelf';
const kCountMost = 50;

function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null; // switched off
  }
}

function shadow(host: HTMLElement, lang: Lang, theme: string): HTMLElement {
  const tree = host.attachShadow({ mode: 'open' });
  if ('adoptedStyleSheets' in tree) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    tree.adoptedStyleSheets = [sheet];
  } else {
    (tree as ShadowRoot).append(el('style', {}, css)); // browsers of before 2023; needs style-src 'unsafe-inline'
  }
  const root = el('section', { class: 'root', lang: htmlLang[lang] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = (): void => void root.classList.toggle('dark', theme === 'dark' || (theme !== 'light' && dark.matches));
  dark.addEventListener('change', paint);
  paint();
  tree.append(root);
  return root;
}

function draw(root: HTMLElement, shelf: Shelf, lang: Lang, dataset: DOMStringMap, clicked: (item: string, sponsored: boolean) => void): void {
  const card = (item: ShelfItem, sponsored: boolean): HTMLElement[] => {
    const address = dataset.link === undefined ? null : linkOf(dataset.link, item.id, location.href);
    const name = address === null ? el('b', {}, item.title) : el('a', { href: address }, item.title);
    name.addEventListener('click', () => clicked(item.id, sponsored));
    const flag = sponsored ? word(lang, 'sponsored') : item.isNew ? word(lang, 'isNew') : '';
    const why = reasonWord(lang, item.reason, item.because);
    return [name, ...(flag === '' ? [] : [el('span', { class: 'flag' }, flag)]), ...(why === '' ? [] : [el('p', {}, why)])];
  };
  const title = dataset.title || word(lang, 'title');
  root.setAttribute('aria-label', title);
  root.replaceChildren(
    el('h2', {}, title),
    el('ol', {}, ...shelf.items.map((item) => el('li', { class: 'card', 'data-item': item.id }, ...card(item, false)))),
    ...(shelf.sponsored === null ? [] : [el('div', { class: 'card sponsored', 'data-item': shelf.sponsored.id }, ...card(shelf.sponsored, true))]),
  );
}

function inSight(host: HTMLElement): Promise<void> {
  return new Promise((seen) => {
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      seen();
    });
    watch.observe(host);
  });
}

async function start(script: HTMLScriptElement): Promise<void> {
  const { dataset } = script;
  const bot = dataset.bot ?? '';
  if (bot === '') return console.error('yupu list: data-bot="NAME" is missing');
  if (document.readyState === 'loading') await new Promise((ready) => document.addEventListener('DOMContentLoaded', ready, { once: true }));
  const host = el('div', { [kHost]: '' });
  const into = dataset.into === undefined ? null : document.querySelector(dataset.into);
  if (into !== null) into.append(host);
  else script.after(host);
  const lang = pickLang(dataset.lang ?? '', document.documentElement.lang, navigator.languages);
  const root = shadow(host, lang, dataset.theme ?? '');
  root.append(el('h2', {}, dataset.title || word(lang, 'title'))); // something to come into sight
  await inSight(host);
  const visitor = new ShelfVisitor({ server: new URL(script.src).origin, bot, storage: tabStorage() });
  const count = Math.min(kCountMost, Math.max(1, Math.trunc(Number(dataset.count)) || 6));
  const context = (dataset.context ?? '').split(',').map((id) => id.trim()).filter((id) => id !== '');
  const outcome = await visitor.ask({ count, context, surface: dataset.surface ?? 'widget' });
  if (outcome.ok && outcome.value.items.length + (outcome.value.sponsored === null ? 0 : 1) > 0) {
    const shelf = outcome.value;
    return draw(root, shelf, lang, dataset, (item, sponsored) => visitor.clicked(shelf.impression, item, sponsored));
  }
  host.remove(); // the page is as if we had not been there
  if (!outcome.ok) console.warn(`yupu list: not shown; is the bot "${bot}" public, and is ${location.origin} among its origins?`);
}

if (document.currentScript instanceof HTMLScriptElement) void start(document.currentScript);
