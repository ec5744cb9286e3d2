// One question and what was said to it: options to tap, sources with the words quoted, the visitor's verdict.

import type { Problem } from '../api';
import { el } from '../dom';
import { textLang } from '../format';
import type { Line } from '../live';
import { noteText, sentText, speaker } from '../live_view';
import { translate, type Lang } from '../i18n';
import { problemText } from '../problem';
import { retryButton, thumb } from '../thread';
import type { Citation } from './said';
import type { Exchange, Session } from './session';
import { word } from './words';

export interface TurnContext {
  lang: Lang;
  session: Session;
  tap(title: string, intent: string): void;
  focusComposer(): void;
}

function bubble(className: string, speaker: string, ...children: (Node | string | null)[]): HTMLDivElement {
  return el('div', { class: `bubble ${className}` }, el('span', { class: 'hidden-text' }, `${speaker}: `), ...children);
}

export function questionBubble(question: string, lang: Lang): HTMLDivElement {
  return bubble('visitor', word(lang, 'you'), el('p', { lang: textLang(question) }, question));
}

export function pendingBubble(lang: Lang): HTMLDivElement {
  const dots = el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
  return bubble('bot pending', word(lang, 'bot'), el('p', {}, el('span', { class: 'hidden-text' }, translate(lang, 'thinking')), dots));
}

function citationItem(citation: Citation, lang: Lang): HTMLLIElement {
  const version = citation.version === null ? '' : ` · ${word(lang, 'version', { n: citation.version })}`;
  const name = citation.url === '' ? el('span', {}, citation.name)
    : el('a', { href: citation.url, target: '_blank', rel: 'noopener noreferrer' }, citation.name);
  if (citation.quote === '') return el('li', {}, name, version);
  return el('li', {}, name, version, el('details', {}, el('summary', {}, word(lang, 'quoted')), el('blockquote', { lang: textLang(citation.quote) }, citation.quote)));
}

function sources(citations: Citation[], lang: Lang): HTMLElement | null {
  if (citations.length === 0) return null;
  return el('div', { class: 'sources' }, el('span', {}, word(lang, 'sourceOf')), el('ul', {}, ...citations.map((citation) => citationItem(citation, lang))));
}

function options({ said }: Exchange, context: TurnContext): HTMLElement | null {
  if (said.options.length === 0) return null;
  const buttons = said.options.map((option) => {
    const button = el('button', { type: 'button', class: 'chip', lang: textLang(option.title) }, option.title);
    button.addEventListener('click', () => context.tap(option.title, option.intent));
    return button;
  });
  return el('div', { class: 'chips', role: 'group', 'aria-label': translate(context.lang, 'didYouMean') }, ...buttons);
}

function reasonForm(lang: Lang, done: (reason: string) => void): HTMLFormElement {
  const input = el('input', { name: 'reason', type: 'text', maxlength: '500', autocomplete: 'off' });
  const chips = word(lang, 'downReasons').split('|').map((reason) => {
    const chip = el('button', { type: 'button', class: 'chip' }, reason);
    chip.addEventListener('click', () => done(reason));
    return chip;
  });
  const skip = el('button', { type: 'button', class: 'quiet' }, translate(lang, 'skipCorrection'));
  skip.addEventListener('click', () => done(''));
  const form = el('form', { class: 'reason' }, el('div', { class: 'chips' }, ...chips),
    el('label', {}, el('span', {}, word(lang, 'reason')), input),
    el('div', { class: 'buttons' }, el('button', { type: 'submit', class: 'solid' }, translate(lang, 'send')), skip));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    done(input.value.trim());
  });
  return form;
}

// A vote is sent at once and may be changed: the last one counts. A reason follows it.
function rating(exchange: Exchange, context: TurnContext): HTMLElement | null {
  const { lang, session } = context;
  if (exchange.said.trace_id === '' || exchange.said.decision === 'handoff') return null;
  const up = thumb('up', lang);
  const down = thumb('down', lang);
  const note = el('span', { class: 'note', role: 'status' });
  const box = el('div', { class: 'rating', role: 'group', 'aria-label': translate(lang, 'rateThis') }, up, down, note);
  const show = (): void => {
    up.setAttribute('aria-pressed', String(exchange.rated === 'up'));
    down.setAttribute('aria-pressed', String(exchange.rated === 'down'));
  };
  const vote = async (rated: 'up' | 'down', reason = ''): Promise<boolean> => {
    const outcome = await session.rate(exchange, rated, reason);
    note.textContent = outcome.ok ? translate(lang, 'thanks') : problemText(lang, outcome.problem);
    show();
    return outcome.ok;
  };
  const closeForm = (): void => box.parentElement?.querySelector('form.reason')?.remove();

  up.addEventListener('click', () => {
    closeForm();
    void vote('up');
  });
  down.addEventListener('click', async () => {
    closeForm();
    if (!(await vote('down'))) return;
    const form = reasonForm(lang, async (reason) => {
      if (reason !== '' && !(await vote('down', reason))) return;
      form.remove();
      context.focusComposer();
    });
    box.after(form);
    form.querySelector('button')?.focus();
  });
  show();
  return box;
}

// A person's words, with their name, or what has happened.
export function lineBubble(line: Line, lang: Lang): HTMLElement {
  const note = noteText(lang, line);
  if (note !== '') return el('p', { class: 'happened' }, note);
  return el('div', { class: 'bubble bot person' }, el('p', { class: 'name' }, speaker(lang, line), el('span', { class: 'hidden-text' }, ': ')),
    el('p', { class: 'text', lang: textLang(line.text) }, line.text));
}

export function answerBubble(exchange: Exchange, context: TurnContext): HTMLElement {
  const { said } = exchange;
  // The bot is silent: a person has it now.
  if (said.text === '' && said.handover !== null) return el('p', { class: 'happened' }, sentText(context.lang, said.handover));
  return bubble(`bot ${said.decision}`, word(context.lang, 'bot'), el('p', { class: 'text', lang: textLang(said.text) }, said.text),
    options(exchange, context), sources(said.sources, context.lang), rating(exchange, context));
}

export function problemBubble(problem: Problem, lang: Lang, retry: () => void): HTMLDivElement {
  return bubble('bot problem', word(lang, 'bot'), el('p', { class: 'text' }, problemText(lang, problem)), retryButton(problem, lang, retry));
}
