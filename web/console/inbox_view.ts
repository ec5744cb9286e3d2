// Draws the inbox: list, transcript, reply box, what is known. Holds no state but drafts; what the buttons do is passed in.

import { el } from '../src/dom';
import { textLang } from '../src/format';
import type { Inbox, Thread } from './inbox';
import type { Message, Suggestion, Waiting } from './read';
import type { Say } from './words';

export interface InboxActions {
  pick: (id: string) => void;
  back: () => void;
  take: (id: string) => void;
  send: (id: string, text: string) => void;
  resend: (id: string, messageId: string) => void;
  close: (id: string, to: 'bot' | 'end') => void;
  hand: (id: string, to: string) => void;
}

// Drafts survive redrawing and changing the conversation.
const drafts = new Map<string, string>();
export const forgetDraft = (id: string): void => void drafts.delete(id);

function time(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

function lineOf(row: Waiting, messages: Message[]): string {
  for (let i = messages.length - 1; i >= 0; i -= 1) {
    if (messages[i]?.author === 'visitor') return messages[i]?.text ?? '';
  }
  return row.text;
}

function mineItem(thread: Thread, inbox: Inbox, say: Say, actions: InboxActions): HTMLLIElement {
  const { row } = thread;
  const text = lineOf(row, thread.messages);
  const button = el(
    'button',
    { type: 'button', class: 'item', 'data-id': row.conversation, 'aria-current': inbox.selected === row.conversation ? 'true' : false },
    el('span', { class: 'item-text', lang: textLang(text) }, text),
    el('span', { class: 'item-meta' }, row.priority > 0 ? say('priority', { n: row.priority }) : '', ' ', time(row.since)),
    thread.unread > 0 ? el('span', { class: 'badge' }, String(thread.unread)) : null,
  );
  button.addEventListener('click', () => actions.pick(row.conversation));
  return el('li', {}, button);
}

function waitingItem(row: Waiting, place: number, say: Say, actions: InboxActions): HTMLLIElement {
  const take = el('button', { type: 'button', class: 'take', 'data-take': row.conversation }, say('take'));
  take.addEventListener('click', () => actions.take(row.conversation));
  return el(
    'li',
    { class: 'waiting' },
    el(
      'div',
      {},
      el('span', { class: 'item-text', lang: textLang(row.text) }, row.text),
      el('span', { class: 'item-meta' }, say('place', { n: place }), row.priority > 0 ? ` · ${say('priority', { n: row.priority })}` : '', ` · ${time(row.since)}`),
    ),
    take,
  );
}

export function drawList(into: HTMLElement, inbox: Inbox, say: Say, actions: InboxActions): void {
  const mine = [...inbox.mine.values()].map((thread) => mineItem(thread, inbox, say, actions));
  const queue = inbox.queue.waiting.map((row, index) => waitingItem(row, index + 1, say, actions));
  const team = inbox.queue.agents.map((agent) =>
    el('li', { class: agent.on_duty ? 'on' : 'off' }, agent.name, ' ', el('span', { class: 'item-meta' }, say('load', { n: agent.conversations, limit: agent.limit }), agent.on_duty ? ` · ${say('onDuty')}` : '')),
  );
  into.replaceChildren(
    el('h2', {}, say('mine')),
    mine.length > 0 ? el('ul', { class: 'items', id: 'mine' }, ...mine) : el('p', { class: 'empty' }, say('nothingMine')),
    el('h2', {}, say('queue'), ' ', el('span', { class: 'badge plain', id: 'queue-count' }, String(inbox.queue.count))),
    queue.length > 0 ? el('ul', { class: 'items', id: 'queue' }, ...queue) : el('p', { class: 'empty' }, say('nobodyWaits')),
    el('h2', {}, say('team')),
    el('ul', { class: 'team' }, ...team),
  );
}

export function messageLine(message: Pick<Message, 'author' | 'agent' | 'text' | 'created'>, say: Say, me: string): HTMLLIElement {
  const name = message.author === 'visitor' ? say('visitor') : message.author === 'bot' ? say('bot') : message.agent === me ? say('you') : message.agent;
  return el(
    'li',
    { class: `said ${message.author}` },
    el('p', { class: 'who' }, name, el('time', { datetime: message.created }, ` ${time(message.created)}`)),
    el('p', { class: 'words', lang: textLang(message.text) }, message.text),
  );
}

export function drawLog(into: HTMLElement, thread: Thread, say: Say, me: string, actions: InboxActions): void {
  const atEnd = into.scrollHeight - into.scrollTop - into.clientHeight < 80;
  const lines = thread.messages.map((message) => messageLine(message, say, me));
  for (const outgoing of thread.outgoing) {
    const line = messageLine({ author: 'person', agent: me, text: outgoing.text, created: '' }, say, me);
    line.classList.add('outgoing');
    if (outgoing.problem === '') {
      line.append(el('p', { class: 'item-meta' }, say('sending')));
    } else {
      const again = el('button', { type: 'button', class: 'quiet' }, say('retry'));
      again.addEventListener('click', () => actions.resend(thread.row.conversation, outgoing.message_id));
      line.append(el('p', { class: 'item-meta problem-line' }, say('failed', { detail: outgoing.problem }), again));
    }
    lines.push(line);
  }
  const list = into.querySelector('.lines');
  if (list === null) return;
  // Lines that are the same stay, with what is selected in them.
  let same = 0;
  while (same < lines.length && lines[same]?.isEqualNode(list.children[same] ?? null) === true) same += 1;
  while (list.children.length > same) list.lastElementChild?.remove();
  list.append(...lines.slice(same));
  if (atEnd) into.scrollTop = into.scrollHeight;
}

export function drawSuggestions(into: HTMLElement, suggestions: Suggestion[], say: Say, use: (text: string) => void): void {
  const chips = suggestions.map((suggestion, index) => {
    const chip = el('button', { type: 'button', class: 'suggestion', 'data-suggestion': String(index + 1) }, el('b', {}, suggestion.title), el('span', { lang: textLang(suggestion.text) }, suggestion.text));
    chip.addEventListener('click', () => use(suggestion.text));
    return chip;
  });
  into.replaceChildren(el('h3', {}, say('suggestions')), ...(chips.length > 0 ? chips : [el('p', { class: 'empty' }, say('noSuggestions'))]));
}

export function drawSummary(into: HTMLElement, thread: Thread, say: Say): void {
  const summary = thread.dossier?.summary;
  if (summary === undefined) return into.replaceChildren(el('p', { class: 'empty' }, say('loading')));
  const why = summary.why === 'asked' || summary.why === 'unsure' || summary.why === 'slot' ? (`why_${summary.why}` as const) : 'why_';
  const row = (title: string, ...values: string[]): HTMLElement[] => [el('dt', {}, title), ...(values.length > 0 ? values : [say('none')]).map((value) => el('dd', { lang: textLang(value) }, value))];
  into.replaceChildren(
    el(
      'dl',
      {},
      ...row(say('first'), summary.first),
      ...row(say('last'), ...summary.last),
      ...row(say('why'), say(why)),
      ...row(say('intents'), ...summary.intents.map((intent) => (intent.count > 1 ? `${intent.title} ${say('times', { n: intent.count })}` : intent.title))),
      ...row(say('slots'), ...summary.slots.map(([name, value]) => `${name}: ${value}`)),
      ...row(say('triggers'), ...summary.triggers),
    ),
  );
}

const kOutOfScope = 'out_of_scope';

// The visitor's last message that the bot's model has read; nothing: there is none, or it is not read yet.
export function lastAsked(thread: Thread): Message | undefined {
  return [...(thread.dossier?.messages ?? [])].reverse().find((message) => message.author === 'visitor' && (message.trace_id ?? '') !== '');
}

// What that message was about, of what it is nearest to: the next round of training learns it. `correct` answers what went wrong, or ''.
export function drawCorrection(into: HTMLElement, thread: Thread, say: Say, correct: (trace: string, intent: string) => Promise<string>): void {
  const trace = lastAsked(thread)?.trace_id ?? '';
  if ((into.dataset.trace ?? '') === trace) return; // what is being chosen stays
  into.dataset.trace = trace;
  const choices = (thread.dossier?.suggestions ?? []).map(({ intent, title }) => el('option', { value: intent }, title));
  const select = el('select', { id: 'correction' }, el('option', { value: '' }, say('correctionNone')), ...choices, el('option', { value: kOutOfScope }, say('correctionOther')));
  const note = el('p', { class: 'item-meta', role: 'status' });
  select.addEventListener('change', async () => {
    if (select.value === '') return;
    const problem = await correct(trace, select.value);
    note.textContent = problem === '' ? say('corrected') : problem;
  });
  into.replaceChildren(...(trace === '' ? [] : [el('label', { for: 'correction' }, say('correction')), select, note]));
}

// The frame of one conversation; its parts are drawn into by the functions above.
export function threadFrame(thread: Thread, colleagues: string[], say: Say, actions: InboxActions): HTMLElement {
  const id = thread.row.conversation;
  const box = el('textarea', { id: 'reply', rows: '2', maxlength: '8000', placeholder: say('placeholder'), enterkeyhint: 'send' });
  box.value = drafts.get(id) ?? '';
  box.addEventListener('input', () => drafts.set(id, box.value));
  const submit = (): void => {
    const text = box.value.trim();
    if (text === '') return;
    box.value = '';
    drafts.delete(id);
    actions.send(id, text);
  };
  box.addEventListener('keydown', (event) => {
    // While an input method is composing, Enter picks a word and sends nothing (229: Safari).
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  const form = el('form', { class: 'reply' }, el('label', { class: 'visually-hidden', for: 'reply' }, say('reply')), box, el('button', { type: 'submit', class: 'ask' }, say('send')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  const back = el('button', { type: 'button', class: 'quiet back' }, `← ${say('back')}`);
  back.addEventListener('click', actions.back);
  const button = (word: 'toBot' | 'end', to: 'bot' | 'end'): HTMLButtonElement => {
    const made = el('button', { type: 'button', class: 'outline', 'data-close': to }, say(word));
    made.addEventListener('click', () => actions.close(id, to));
    return made;
  };
  const hand = el('select', { id: 'hand', 'aria-label': say('hand') }, el('option', { value: '' }, say('hand')), el('option', { value: 'queue' }, say('handQueue')), ...colleagues.map((name) => el('option', { value: `to ${name}` }, name)));
  hand.addEventListener('change', () => {
    if (hand.value !== '') actions.hand(id, hand.value === 'queue' ? '' : hand.value.slice('to '.length));
  });
  return el(
    'section',
    { class: 'thread-pane', 'aria-label': say('transcript'), 'data-thread': id },
    el('div', { class: 'thread-top' }, back, el('div', { class: 'thread-actions' }, button('toBot', 'bot'), button('end', 'end'), hand)),
    // A list that is a log is a list no more: the one holds the other.
    el('div', { class: 'log', id: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': say('transcript'), tabindex: '0' }, el('ol', { class: 'lines' })),
    el('div', { class: 'suggestions', id: 'suggestions' }),
    form,
    el('p', { class: 'hint' }, say('hint')),
  );
}
