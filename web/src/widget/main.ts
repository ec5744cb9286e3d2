// <script src="https://host/widget.js" data-bot="shop" async></script>: the chat in a corner of any page whose origin the
// bot lists; data-page (the hosted page, /chat/BOT): the chat as the page. Works under a policy of `script-src` and
// `connect-src` for the host alone: the shadow root's style sheet is constructed, nothing is inline, nothing is loaded.

import type { Outcome } from '../api';
import { el } from '../dom';
import { htmlLang, type Lang } from '../i18n';
import { Chat } from './chat';
import { Dialog } from './dialog';
import { inkOn, isColour } from './look';
import { Session, type Greeting, type Identity } from './session';
import css from './widget.css?inline';
import { pickLang, word } from './words';

const kLink = 'data-yupu-chat'; // on a link of the page to /chat/BOT: opens the chat instead, where there is one
const kHost = 'data-yupu-host';

function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null; // switched off
  }
}

function identityOf({ userId, expiresAt, signature }: DOMStringMap): Identity | null {
  if (!userId) return null;
  return { user_id: userId, expires_at: Number(expiresAt), signature: signature ?? '' };
}

// A shadow root with our style: the page's rules do not reach in, ours do not reach out.
function shadow(parent: HTMLElement, lang: Lang, theme: string, page: boolean): { host: HTMLElement; root: HTMLElement } {
  const host = el('div', { [kHost]: '' });
  const tree = host.attachShadow({ mode: 'open' });
  if ('adoptedStyleSheets' in tree) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    tree.adoptedStyleSheets = [sheet];
  } else {
    (tree as ShadowRoot).append(el('style', {}, css)); // browsers of before 2023; needs style-src 'unsafe-inline'
  }
  const root = el('div', { class: page ? 'root page' : 'root', lang: htmlLang[lang] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = (): void => void root.classList.toggle('dark', theme === 'dark' || (theme !== 'light' && dark.matches));
  dark.addEventListener('change', paint);
  paint();
  tree.append(root);
  parent.append(host);
  return { host, root };
}

function colour(root: HTMLElement, accent: string): void {
  if (!isColour(accent)) return;
  root.style.setProperty('--accent', accent);
  root.style.setProperty('--accent-ink', inkOn(accent));
}

function showDialog(session: Session, greeting: Greeting, lang: Lang, theme: string): void {
  const { host, root } = shadow(document.body, lang, theme, false);
  colour(root, greeting.accent);
  const dialog = new Dialog({ session, greeting, lang });
  root.append(dialog.launcher, dialog.notice, dialog.chat.panel);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>(`[${kLink}]`) : null;
    if (link === null || !host.isConnected || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.open(link);
  });
}

function showPage(session: Session, greeted: Outcome<Greeting>, lang: Lang, theme: string): void {
  document.documentElement.lang = htmlLang[lang];
  const { root } = shadow(document.getElementById('chat') ?? document.body, lang, theme, true);
  if (!greeted.ok) {
    root.append(el('p', { class: 'nothing', role: 'alert' }, word(lang, greeted.problem.status === 404 ? 'noChat' : 'unreachable')));
    return;
  }
  colour(root, greeted.value.accent);
  document.title = greeted.value.title[lang] || document.title;
  const chat = new Chat({ session, greeting: greeted.value, lang, close: null });
  root.append(chat.panel);
  chat.focus();
}

async function start(script: HTMLScriptElement): Promise<void> {
  const { dataset } = script;
  const page = dataset.page !== undefined;
  const bot = page ? decodeURIComponent(location.pathname.split('/')[2] ?? '') : (dataset.bot ?? '');
  if (bot === '') return console.error('yupu widget: data-bot="NAME" is missing');
  const asked = page ? new URLSearchParams(location.search) : new URLSearchParams();
  const session = new Session({ server: new URL(script.src).origin, bot, identity: identityOf(dataset), storage: tabStorage() });
  const greeted = await session.greet();
  const lang = pickLang(asked.get('lang') ?? dataset.lang ?? '', page ? '' : document.documentElement.lang, navigator.languages);
  const theme = asked.get('theme') ?? dataset.theme ?? '';
  if (document.readyState === 'loading') await new Promise((ready) => document.addEventListener('DOMContentLoaded', ready, { once: true }));
  if (page) return showPage(session, greeted, lang, theme);
  if (document.querySelector(`[${kHost}]`) !== null) return; // the script stands on the page twice
  if (greeted.ok) return showDialog(session, greeted.value, lang, theme);
  console.warn(`yupu widget: not shown; is the bot "${bot}" public, and is ${location.origin} among its origins?`);
}

if (document.currentScript instanceof HTMLScriptElement) void start(document.currentScript);
