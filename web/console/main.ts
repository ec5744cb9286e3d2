// The console: signs in, follows the stream, wires the views together.

import '../src/style.css';
import './console.css';
import type { Outcome, Problem } from '../src/api';
import { byId, el } from '../src/dom';
import { detailOf } from '../src/person_calls';
import { PersonPage } from '../src/person_page';
import { focusIfLost, redraw } from '../src/redraw';
import { calls, type Calls } from './api';
import { begin, emptyInbox, neighbour, newMessageId, select, take, takeDossier, unreadCount, type Effect, type Inbox, type Thread } from './inbox';
import { drawCorrection, drawList, drawLog, drawSuggestions, drawSummary, forgetDraft, messageLine, threadFrame, type InboxActions } from './inbox_view';
import type { Agent } from './read';
import { drawMisses, type MissActions } from './misses_view';
import { drawShopView, isShopView, kShopViews, type ShopView } from './shop';
import { shopCalls, type ShopCalls } from './shop_api';
import { drawConversations, drawOverview, drawReport } from './views';
import { words, type Say } from './words';

const kDays = 7;
type View = 'inbox' | 'overview' | 'conversations' | 'misses' | ShopView;

const page = new PersonPage<View, Calls, Agent>({
  tabs: [{ view: 'inbox', badge: 'unread' }, { view: 'overview' }, { view: 'conversations' }, { view: 'misses' }, ...kShopViews.map((name) => ({ view: name }))],
  words,
  calls,
  first: (api) => api.me(),
  opened: (first, token) => {
    agent = first;
    shop = shopCalls(token);
    inbox = emptyInbox();
  },
  closed: () => {
    agent = null;
    shop = null;
    inbox = emptyInbox();
  },
  stream: { path: '/v1/agent/events', heard },
  me: (isOpen) => (agent === null ? null : isOpen ? `${agent.name} · ${say('onDuty')}` : say('offlineNow')),
  count: () => unreadCount(inbox),
  draw: () => {
    framed = '';
    if (page.shown === 'inbox') drawInbox();
    else void drawFigures();
  },
});
const { view } = page;
const say: Say = (word, values) => words(page.lang)(word, values);
let shop: ShopCalls | null = null;
let agent: Agent | null = null;
let inbox: Inbox = emptyInbox();

// What scrolls is reached by the keyboard, or nobody without a mouse could read its end.
function setView(name: string, isScrolled: boolean): void {
  view.className = name;
  view.tabIndex = isScrolled ? 0 : -1;
}

// ---- the inbox

function heard(name: string, data: unknown): void {
  take(inbox, name, data).forEach(react);
  drawInbox();
}

function react(effect: Effect): void {
  if (effect.kind === 'read') void readDossier(effect.conversation);
  if (effect.kind === 'new') page.announce(say('newConversation'));
  if (effect.kind === 'message') page.announce(say('newMessage', { name: say('visitor') }));
  if (effect.kind === 'lost') forgetDraft(effect.conversation);
}

async function readDossier(id: string): Promise<void> {
  const outcome = await page.api?.dossier(id);
  if (outcome?.ok !== true) return;
  takeDossier(inbox, id, outcome.value);
  drawInbox();
}

async function send(id: string, text: string, messageId: string): Promise<void> {
  const thread = inbox.mine.get(id);
  const { api } = page;
  if (thread === undefined || api === null) return;
  const outgoing = begin(thread, messageId, text);
  drawInbox();
  const outcome = await api.say(id, messageId, text);
  if (outcome.ok) return; // it comes back by the stream, with its sequence
  outgoing.problem = outcome.problem.status === 409 ? say('notYours') : detailOf(outcome.problem);
  drawInbox();
}

const actions: InboxActions = {
  pick: (id) => {
    select(inbox, id);
    drawInbox();
    byId('reply').focus();
  },
  back: () => {
    select(inbox, '');
    drawInbox();
  },
  take: (id) => void page.api?.claim(id).then((outcome) => page.announce(outcome.ok ? say('newConversation') : detailOf(outcome.problem))),
  send: (id, text) => void send(id, text, newMessageId()),
  resend: (id, messageId) => {
    const outgoing = inbox.mine.get(id)?.outgoing.find((one) => one.message_id === messageId);
    if (outgoing !== undefined) void send(id, outgoing.text, messageId);
  },
  close: (id, to) => void page.api?.close(id, to).then((outcome) => page.announce(outcome.ok ? say('closedNow') : detailOf(outcome.problem))),
  hand: (id, to) => void page.api?.hand(id, to).then((outcome) => page.announce(outcome.ok ? say('notYours') : detailOf(outcome.problem))),
};

function useSuggestion(text: string): void {
  const box = document.getElementById('reply') as HTMLTextAreaElement | null;
  if (box === null) return;
  box.value = text;
  box.dispatchEvent(new Event('input'));
  box.focus();
}

let framed = ''; // the conversation and language whose frame stands
function drawInbox(): void {
  page.drawFrame();
  if (page.shown !== 'inbox' || agent === null) return;
  const thread = inbox.mine.get(inbox.selected);
  setView(thread === undefined ? 'view-inbox' : 'view-inbox picked', false); // its parts scroll
  let list = document.getElementById('list');
  if (list === null) {
    list = el('aside', { id: 'list', class: 'list', 'aria-label': say('inbox') });
    view.replaceChildren(list);
    framed = '';
  }
  const into = list;
  redraw(into, () => drawList(into, inbox, say, actions));
  const wanted = `${page.lang} ${thread?.row.conversation ?? ''} ${inbox.queue.agents.map((one) => one.name).join()}`;
  if (wanted === framed) return drawThread(thread);
  redraw(view, () => {
    if (page.shown !== 'inbox' || agent === null) return;
    framed = wanted;
    const colleagues = inbox.queue.agents.map((one) => one.name).filter((name) => name !== agent?.name);
    const pane = thread === undefined ? el('section', { class: 'thread-pane nothing' }, el('p', { class: 'empty' }, say('pick'))) : threadFrame(thread, colleagues, say, actions);
    const beside = thread === undefined ? null : el('details', { class: 'beside', open: matchMedia('(min-width: 60rem)').matches }, el('summary', {}, say('summary')), el('div', { id: 'summary' }), el('div', { id: 'corrected' }));
    view.replaceChildren(into, pane, ...(beside === null ? [] : [beside]));
    drawThread(thread);
  });
}

// Into its frame.
function drawThread(thread: Thread | undefined): void {
  if (thread === undefined) return;
  drawLog(byId('log'), thread, say, agent?.name ?? '', actions);
  const suggestions = byId('suggestions');
  redraw(suggestions, () => drawSuggestions(suggestions, thread.dossier?.suggestions ?? [], say, useSuggestion));
  drawSummary(byId('summary'), thread, say);
  drawCorrection(byId('corrected'), thread, say, async (trace, intent) => {
    const outcome = await page.api?.correct(thread.row.conversation, trace, intent);
    return outcome === undefined || outcome.ok ? '' : detailOf(outcome.problem);
  });
}

// ---- the other views

async function drawFigures(): Promise<void> {
  const now = page.shown;
  setView(`view-${now}`, true);
  const isShown = (): boolean => page.shown === now && agent !== null;
  const { api } = page;
  if (api === null) return;
  if (now === 'overview') {
    const outcome = await api.overview(kDays);
    const report = await api.report();
    if (!isShown()) return;
    if (!outcome.ok) return sayFailed(outcome.problem);
    if (!report.ok) return sayFailed(report.problem);
    redraw(view, () => {
      if (!isShown()) return;
      drawOverview(view, outcome.value, say);
      drawReport(view, report.value, say);
    });
  } else if (now === 'conversations') {
    await searchConversations('');
  } else if (isShopView(now)) {
    if (shop !== null) await drawShopView(now, { into: view, api: shop, say, lang: page.lang, isManager: agent?.manager === true, isShown, announce: (said) => page.announce(said) });
  } else {
    const outcome = await api.misses();
    if (!isShown()) return;
    if (!outcome.ok) return sayFailed(outcome.problem);
    redraw(view, () => isShown() && drawMisses(view, outcome.value, say, missActions));
  }
}

// A view that is drawn already stays: what is typed in it is not the answer's to throw away.
function sayFailed(problem: Problem): void {
  if (view.querySelector('h2') === null) view.replaceChildren();
  page.problemLine(say('problem', { detail: detailOf(problem) }));
}

async function searchConversations(said: string): Promise<void> {
  const outcome = await page.api?.conversations(said);
  const isShown = (): boolean => page.shown === 'conversations' && agent !== null;
  if (outcome === undefined || !isShown()) return;
  if (!outcome.ok) return sayFailed(outcome.problem);
  redraw(view, () => isShown() && drawConversations(view, outcome.value, say, said, (next) => void searchConversations(next), (id) => void openConversation(id)));
}

// What is left is read anew: with some of its misses gone a cluster is another one.
async function settle(done: Promise<Outcome<true>> | undefined): Promise<void> {
  const outcome = await done;
  if (outcome === undefined) return;
  if (page.shown !== 'misses') return;
  if (!outcome.ok) return page.problemLine(say('missNotSettled', { detail: detailOf(outcome.problem) }));
  await drawFigures();
  page.announce(say('missSettled'));
  focusIfLost(view);
}
const missActions: MissActions = {
  accept: (traces, intent, isNew) => void settle(page.api?.acceptMisses(traces, intent, isNew)),
  merge: (traces, into) => void settle(page.api?.mergeMisses(traces, into)),
  ignore: (traces) => void settle(page.api?.ignoreMisses(traces)),
};

async function openConversation(id: string): Promise<void> {
  const outcome = await page.api?.dossier(id);
  const into = document.getElementById('opened');
  if (outcome === undefined || into === null) return;
  if (!outcome.ok) return into.replaceChildren(el('p', { class: 'problem-line', role: 'alert' }, detailOf(outcome.problem)));
  into.replaceChildren(el('h2', {}, say('transcript')), el('ol', { class: 'lines whole' }, ...outcome.value.messages.map((message) => messageLine(message, say, agent?.name ?? ''))));
  into.scrollIntoView({ block: 'nearest' });
}

// ---- keys

document.addEventListener('keydown', (event) => {
  if (page.shown !== 'inbox' || agent === null) return;
  if (event.key === 'Escape' && inbox.selected !== '') return actions.back();
  if (!event.altKey) return;
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const id = step === 0 ? '' : neighbour(inbox, step);
  if (id !== '') {
    event.preventDefault();
    actions.pick(id);
  }
  if (/^Digit[1-3]$/.test(event.code)) {
    event.preventDefault();
    document.querySelector<HTMLButtonElement>(`[data-suggestion="${event.code.slice(-1)}"]`)?.click();
  }
});

page.start();
