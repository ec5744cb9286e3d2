// The pages of recommendation: signs in, asks for what is shown, and again when something was done.

import '../src/style.css';
import '../console/console.css';
import './recommend.css';
import { el } from '../src/dom';
import { htmlLang } from '../src/i18n';
import { detailOf } from '../src/person_calls';
import { PersonPage } from '../src/person_page';
import { focusIfLost } from '../src/redraw';
import { calls, type Calls } from './api';
import type { Board, ItemRow } from './read';
import { idOf, mistakeOf, twice, type Mistake, type RulesForm } from './rules';
import { rulesForm, rulesText } from './rules_view';
import { drawItems, drawUsers, healthPane, metricsPane, releasesPane, searchForm, userPane, type Place } from './views';
import { words, type Say } from './words';

type View = 'users' | 'items' | 'rules' | 'metrics' | 'health' | 'releases';

const page = new PersonPage<View, Calls, Board>({
  tabs: [{ view: 'users' }, { view: 'items' }, { view: 'rules' }, { view: 'metrics' }, { view: 'health' }, { view: 'releases', badge: 'refused' }],
  words,
  calls,
  first: (api) => api.board(),
  opened: (first) => void (board = first),
  closed: () => {
    board = null;
    user = '';
    draft = null;
  },
  me: () => board?.person ?? null,
  count: () => 0,
  draw: () => void draw(),
});
const { view } = page;
const say: Say = (word, values) => words(page.lang)(word, values);
let board: Board | null = null;
let days = 30;
let user = '';
const sought: Record<'users' | 'items', string> = { users: '', items: '' };

const place = (): Place => ({ say, locale: htmlLang[page.lang] });

// ---- the views

async function drawUserView(number: number): Promise<void> {
  const found = await page.answer(page.api?.users(sought.users), number);
  if (found === null || board === null) return;
  const counts = say('counts', { items: board.items, users: board.users, events: board.events });
  // Who was picked stays there while others are looked for.
  const pane = document.getElementById('pane') ?? el('section', { id: 'pane', class: 'pane' }, el('p', { class: 'empty' }, say('pickUser')));
  page.redraw(view, number, () => {
    view.className = 'view-users';
    const into = el('div', {});
    const search = searchForm(say('findUser'), say, sought.users, (sought_words) => seek('users', sought_words));
    view.replaceChildren(el('aside', { id: 'list', class: 'list', 'aria-label': say('users') }, el('p', { class: 'empty' }, counts), search, into), pane);
    const pick = (one: string): void => {
      user = one;
      for (const button of into.querySelectorAll<HTMLElement>('[data-user]')) button.setAttribute('aria-current', button.dataset.user === one ? 'true' : 'false');
      void drawUser(pane, page.ask());
    };
    drawUsers(into, found, user, place(), pick);
  });
  if (user !== '') await drawUser(pane, number);
}

async function drawUser(pane: HTMLElement, number: number): Promise<void> {
  const [preview, history] = [page.api?.preview(user), page.api?.history(user)];
  const list = await page.answer(preview, number);
  const did = await page.answer(history, number);
  if (list !== null && did !== null) page.redraw(pane, number, () => pane.replaceChildren(...userPane(list, did, place(), () => void drawUser(pane, page.ask()))));
}

async function drawItemView(number: number): Promise<void> {
  const found = await page.answer(page.api?.items(sought.items), number);
  if (found === null) return;
  page.redraw(view, number, () => {
    view.className = 'view-table';
    const into = el('div', {});
    view.replaceChildren(searchForm(say('findItem'), say, sought.items, (sought_words) => seek('items', sought_words)), into);
    drawItems(into, found, place(), (row, hidden) => void hide(row, hidden));
  });
}

async function hide(row: ItemRow, hidden: boolean): Promise<void> {
  const outcome = await page.api?.hide(row.id, hidden);
  if (outcome === undefined) return;
  if (!outcome.ok) return page.failed(outcome.problem);
  page.announce(say(hidden ? 'isHidden' : 'isShown', { item: row.title || row.id }));
  if (page.shown !== 'items') return;
  await drawItemView(page.ask());
  focusIfLost(document.querySelector<HTMLElement>(`[data-hide="${CSS.escape(row.id)}"]`));
}

// ---- rules

// What a manager is writing: kept over other views and languages, until it is saved or thrown away.
interface Draft {
  form: RulesForm;
  read: string; // the form as it was read
  mistake: Mistake | null;
  isOvertaken: boolean;
}
let draft: Draft | null = null;

async function drawRulesView(number: number): Promise<void> {
  const found = await page.answer(page.api?.rules(), number);
  if (found === null) return;
  const read = JSON.stringify(found);
  if (draft === null || JSON.stringify(draft.form) === draft.read) draft = { form: found, read, mistake: null, isOvertaken: false };
  draft.isOvertaken = draft.read !== read;
  showRules(number);
}

function showRules(number: number): void {
  const shown = draft;
  if (shown === null) return;
  const discard = (): void => {
    draft = null;
    void drawRulesView(page.ask()).then(() => focusIfLost(view));
  };
  const again = (focus: string): void => {
    showRules(page.ask());
    document.getElementById(focus)?.focus();
  };
  page.redraw(view, number, () => {
    view.className = 'view-table';
    view.replaceChildren(...(board?.isManager === true ? rulesForm(shown, place(), { save: () => void saveRules(shown), discard, again }) : rulesText(shown.form, place())));
  });
}

async function saveRules(shown: Draft): Promise<void> {
  const sent = JSON.stringify(shown.form);
  shown.mistake = twice(shown.form);
  const outcome = shown.mistake === null ? await page.api?.putRules(shown.form) : undefined;
  if (draft !== shown) return; // signed out, or thrown away meanwhile
  if (outcome?.ok === true) {
    const hasWritten = JSON.stringify(shown.form) !== sent;
    draft = { form: hasWritten ? shown.form : outcome.value, read: JSON.stringify(outcome.value), mistake: null, isOvertaken: false };
    page.announce(say('rulesSaved'));
  } else if (outcome !== undefined) {
    if (outcome.problem.field === '') return page.failed(outcome.problem);
    shown.mistake = mistakeOf(JSON.parse(sent) as RulesForm, outcome.problem.field, detailOf(outcome.problem));
  }
  if (page.shown !== 'rules') return;
  showRules(page.ask());
  const { mistake } = shown;
  if (mistake !== null && mistake.member !== '') document.getElementById(idOf(mistake.member, mistake.row, mistake.part))?.focus();
}

// ---- how lists fare

async function drawMetricsView(number: number): Promise<void> {
  const found = await page.answer(page.api?.metrics(days), number);
  if (found === null) return;
  const choose = (wanted: number): void => {
    days = wanted;
    void drawMetricsView(page.ask());
  };
  page.redraw(view, number, () => {
    view.className = 'view-table';
    view.replaceChildren(...metricsPane(found, days, place(), choose));
  });
}

async function drawHealthView(number: number): Promise<void> {
  const found = await page.answer(page.api?.health(days), number);
  if (found === null) return;
  const choose = (wanted: number): void => {
    days = wanted;
    void drawHealthView(page.ask());
  };
  page.redraw(view, number, () => {
    view.className = 'view-table';
    view.replaceChildren(...healthPane(found, days, place(), choose));
  });
}

async function drawReleasesView(number: number): Promise<void> {
  const found = await page.answer(page.api?.releases(), number);
  if (found === null) return;
  page.redraw(view, number, () => {
    view.className = 'view-table';
    view.replaceChildren(...releasesPane(found, place(), () => void rollBack()));
  });
}

async function rollBack(): Promise<void> {
  const outcome = await page.api?.rollBack();
  if (outcome === undefined) return;
  if (!outcome.ok) return page.failed(outcome.problem);
  if (page.shown === 'releases') await drawReleasesView(page.ask());
  page.announce(say('rolledBack', { release: outcome.value }));  // of what stands there by now
  focusIfLost(document.getElementById('roll-back'));
}

function seek(what: 'users' | 'items', sought_words: string): void {
  sought[what] = sought_words;
  void draw().then(() => focusIfLost(document.getElementById('words')));
}

async function draw(): Promise<void> {
  const number = page.ask();
  if (page.shown === 'users') await drawUserView(number);
  else if (page.shown === 'items') await drawItemView(number);
  else if (page.shown === 'rules') await drawRulesView(number);
  else if (page.shown === 'metrics') await drawMetricsView(number);
  else if (page.shown === 'health') await drawHealthView(number);
  else await drawReleasesView(number);
}

page.start();
