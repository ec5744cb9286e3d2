// The pages of recommendation: signs in, asks for what is shown, and again when something was done.

import '../src/style.css';
import '../console/console.css';
import './recommend.css';
import { detailOf } from '../console/api';
import { drawFrameOf } from '../console/frame';
import { signInForm } from '../console/sign_in';
import { byId, el } from '../src/dom';
import { htmlLang, preferredLang, type Lang } from '../src/i18n';
import type { Outcome, Problem } from '../src/api';
import { kLangKey, kTokenKey, store, stored } from '../src/tab_store';
import { calls, type Calls } from './api';
import type { Board, ItemRow } from './read';
import { drawItems, drawUsers, metricsPane, releasesPane, searchForm, userPane, type Place } from './views';
import { isWord, words, type Say } from './words';

type View = 'users' | 'items' | 'metrics' | 'releases';
const kViews: readonly View[] = ['users', 'items', 'metrics', 'releases'];

const view = byId('view');
let lang: Lang = stored(kLangKey) === 'zh' ? 'zh' : stored(kLangKey) === 'en' ? 'en' : preferredLang(navigator.languages);
let say: Say = words(lang);
let api: Calls | null = null;
let board: Board | null = null;
let shown: View = 'users';
let days = 30;
let user = '';
const sought: Record<'users' | 'items', string> = { users: '', items: '' };
let asked = 0; // what comes back to an older question is not drawn

const place = (): Place => ({ say, locale: htmlLang[lang] });
const announce = (said: string): void => void (byId('announce').textContent = said);

function drawFrame(): void {
  drawFrameOf({
    lang,
    title: say('pageTitle'),
    views: say('views'),
    word: (key) => (isWord(key) ? say(key) : null),
    count: 0,
    badge: 'refused',
    me: board === null ? null : board.person,
    isOpen: true,
    shown,
  });
}

// ---- signing in

function drawSignIn(problem = ''): void {
  view.className = 'view-sign-in';
  view.replaceChildren(signInForm({ token: say('token'), help: say('tokenHelp'), signIn: say('signIn') }, problem, (token) => void signIn(token)));
  byId('token').focus();
}

async function signIn(token: string): Promise<void> {
  const tried = calls(token);
  const outcome = await tried.board();
  if (!outcome.ok) {
    if (outcome.problem.status === 401) store(kTokenKey, '');
    return drawSignIn(outcome.problem.status === 401 ? say('tokenWrong') : say('problem', { detail: detailOf(outcome.problem) }));
  }
  store(kTokenKey, token);
  api = tried;
  board = outcome.value;
  await show('users');
}

function signOut(problem = ''): void {
  api = null;
  board = null;
  user = '';
  asked += 1;
  store(kTokenKey, '');
  drawFrame();
  drawSignIn(problem);
}

function failed(problem: Problem): void {
  if (problem.status === 401) return signOut(say('tokenWrong'));
  view.querySelector('.problem-line')?.remove();
  view.prepend(el('p', { class: 'problem-line', role: 'alert' }, say('problem', { detail: detailOf(problem) })));
}

// The value, unless something else has been asked for meanwhile.
async function answer<T>(question: Promise<Outcome<T>> | undefined, number: number): Promise<T | null> {
  const outcome = await question;
  if (outcome === undefined || number !== asked) return null;
  if (outcome.ok) return outcome.value;
  failed(outcome.problem);
  return null;
}

// ---- the views

async function drawUserView(number: number): Promise<void> {
  const found = await answer(api?.users(sought.users), number);
  if (found === null || board === null) return;
  view.className = 'view-users';
  const into = el('div', {});
  const search = searchForm(say('findUser'), say, sought.users, (sought_words) => seek('users', sought_words));
  const pane = el('section', { id: 'pane', class: 'pane' }, el('p', { class: 'empty' }, say('pickUser')));
  view.replaceChildren(el('aside', { id: 'list', class: 'list', 'aria-label': say('users') }, el('p', { class: 'empty' }, say('counts', { items: board.items, users: board.users, events: board.events })), search, into), pane);
  const pick = (one: string): void => {
    user = one;
    for (const button of into.querySelectorAll<HTMLElement>('[data-user]')) button.setAttribute('aria-current', button.dataset.user === one ? 'true' : 'false');
    void drawUser(pane, (asked += 1));
  };
  drawUsers(into, found, user, place(), pick);
  if (user !== '') await drawUser(pane, number);
}

async function drawUser(pane: HTMLElement, number: number): Promise<void> {
  if (api === null) return;
  const [preview, history] = [api.preview(user), api.history(user)];
  const list = await answer(preview, number);
  const did = await answer(history, number);
  if (list === null || did === null) return;
  const kept = document.activeElement?.id ?? '';
  pane.replaceChildren(...userPane(list, did, place(), () => void drawUser(pane, (asked += 1))));
  if (kept === 'again') document.getElementById('again')?.focus();
}

async function drawItemView(number: number): Promise<void> {
  const found = await answer(api?.items(sought.items), number);
  if (found === null) return;
  view.className = 'view-table';
  const into = el('div', {});
  view.replaceChildren(searchForm(say('findItem'), say, sought.items, (sought_words) => seek('items', sought_words)), into);
  drawItems(into, found, place(), (row, hidden) => void hide(row, hidden));
}

async function hide(row: ItemRow, hidden: boolean): Promise<void> {
  const outcome = await api?.hide(row.id, hidden);
  if (outcome === undefined) return;
  if (!outcome.ok) return failed(outcome.problem);
  announce(say(hidden ? 'isHidden' : 'isShown', { item: row.title || row.id }));
  await drawItemView((asked += 1));
  document.querySelector<HTMLElement>(`[data-hide="${CSS.escape(row.id)}"]`)?.focus();
}

async function drawMetricsView(number: number): Promise<void> {
  const found = await answer(api?.metrics(days), number);
  if (found === null) return;
  view.className = 'view-table';
  const choose = (wanted: number): void => {
    days = wanted;
    void drawMetricsView((asked += 1)).then(() => document.getElementById('range')?.focus());
  };
  view.replaceChildren(...metricsPane(found, days, place(), choose));
}

async function drawReleasesView(number: number): Promise<void> {
  const found = await answer(api?.releases(), number);
  if (found === null) return;
  view.className = 'view-table';
  view.replaceChildren(...releasesPane(found, place(), () => void rollBack()));
}

async function rollBack(): Promise<void> {
  const outcome = await api?.rollBack();
  if (outcome === undefined) return;
  if (!outcome.ok) return failed(outcome.problem);
  await drawReleasesView((asked += 1));
  announce(say('rolledBack', { release: outcome.value }));  // of what stands there by now
  document.getElementById('roll-back')?.focus();
}

function seek(what: 'users' | 'items', sought_words: string): void {
  sought[what] = sought_words;
  void draw().then(() => document.getElementById('words')?.focus());
}

async function draw(): Promise<void> {
  const number = (asked += 1);
  if (shown === 'users') await drawUserView(number);
  else if (shown === 'items') await drawItemView(number);
  else if (shown === 'metrics') await drawMetricsView(number);
  else await drawReleasesView(number);
}

async function show(next: View): Promise<void> {
  shown = next;
  view.replaceChildren(el('p', { class: 'empty' }, say('loading')));
  drawFrame();
  await draw();
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-view]')) button.addEventListener('click', () => void show(kViews.find((name) => name === button.dataset.view) ?? 'users'));
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-lang]')) {
  button.addEventListener('click', () => {
    lang = button.dataset.lang === 'zh' ? 'zh' : 'en';
    say = words(lang);
    store(kLangKey, lang);
    drawFrame();
    if (api === null) drawSignIn();
    else void show(shown);
  });
}
byId('sign-out').addEventListener('click', () => signOut());

drawFrame();
const token = stored(kTokenKey);
if (token === '') drawSignIn();
else void signIn(token);
