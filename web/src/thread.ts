// One exchange of the conversation: the question, the answer with what it rests on, and the visitor's verdict.

import { plainLabel, type Answer, type Bot, type FeedbackBody, type Outcome, type Problem } from './api';
import { el, svg } from './dom';
import { level, percent, textLang } from './format';
import type { Exchange } from './history';
import type { Line } from './live';
import { noteText, sentText, speaker } from './live_view';
import { translate, type Key, type Lang } from './i18n';
import { canRetry, problemText, waitSeconds } from './problem';

export interface ThreadActions {
  tap(title: string, intent: string): void;
  feedback(body: FeedbackBody): Promise<Outcome<boolean>>;
  changed(): void; // an exchange was rated: keep it
}

export interface ThreadContext {
  lang: Lang;
  bot: Bot | undefined;
  actions: ThreadActions;
}

const kOutOfScope = 'out_of_scope';

export function intentTitle(bot: Bot | undefined, intent: string, lang: Lang): string {
  const titles = bot?.titles[intent];
  return titles?.[lang] || titles?.zh || titles?.en || plainLabel(intent);
}

function line(className: string, marker: string, ...children: (Node | string | null)[]): HTMLDivElement {
  return el('div', { class: `line ${className}` }, el('span', { class: 'marker', 'aria-hidden': 'true' }, marker), el('div', { class: 'body' }, ...children));
}

export function questionLine(question: string, lang: Lang): HTMLDivElement {
  return line('question', translate(lang, 'you'), el('p', { lang: textLang(question) }, question));
}

export function pendingLine(lang: Lang): HTMLDivElement {
  const dots = el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
  return line('pending', translate(lang, 'shop'), el('p', {}, el('span', { class: 'visually-hidden' }, translate(lang, 'thinking')), dots));
}

function confidence(score: number, lang: Lang): HTMLElement {
  const value = percent(score);
  // Drawn with attributes, not styles: the page runs without inline styles.
  const bar = svg('0 0 100 6', `bar ${level(score)}`,
    ['rect', { class: 'track', x: '0', y: '0', width: '100', height: '6', rx: '3' }],
    ['rect', { class: 'fill', x: '0', y: '0', width: String(Math.max(value, 3)), height: '6', rx: '3' }]);
  bar.setAttribute('preserveAspectRatio', 'none');
  const words = lang === 'zh' ? `${translate(lang, 'sure')} ${value}%` : `${value}% ${translate(lang, 'sure').toLowerCase()}`;
  return el('span', { class: 'confidence', 'data-score': String(score) }, bar, words);
}

function meta(answer: Answer, context: ThreadContext): HTMLElement {
  const { lang } = context;
  const decision = el('span', { class: `decision ${answer.decision}` }, translate(lang, `decision_${answer.decision}` as Key));
  const items: HTMLElement[] = [decision];
  if (answer.score !== null) items.push(confidence(answer.score, lang));
  const certain = answer.decision === 'answer' || answer.decision === 'handoff'; // else the options, or the refusal, say it
  if (certain && answer.intent !== '') items.push(el('span', { class: 'intent', title: answer.intent }, intentTitle(context.bot, answer.intent, lang)));
  if (answer.sources.length > 0) {
    const names = answer.sources.map((source) => el('span', { class: 'source' }, source));
    items.push(el('span', { class: 'sources' }, `${translate(lang, 'sources')} `, ...names));
  } else if (answer.decision === 'answer') {
    items.push(el('span', { class: 'sources none' }, translate(lang, 'noSource')));
  }
  return el('div', { class: 'meta' }, ...items);
}

function options(answer: Answer, context: ThreadContext): HTMLElement | null {
  if (answer.options.length === 0) return null;
  const buttons = answer.options.map((option) => {
    const button = el('button', { type: 'button', class: 'chip', lang: textLang(option.title) }, option.title);
    button.addEventListener('click', () => context.actions.tap(option.title, option.intent));
    return button;
  });
  return el('div', { class: 'options', role: 'group', 'aria-label': translate(context.lang, 'didYouMean') },
    el('p', { class: 'options-title' }, translate(context.lang, 'didYouMean')), el('div', { class: 'chips' }, ...buttons));
}

const kThumb = 'M7.5 20.5v-10l3.8-6.8c.3-.6 1-.9 1.7-.6.8.3 1.2 1.1 1 1.9L13.1 9h5.7a2 2 0 0 1 2 2.4l-1.3 6.7a3 3 0 0 1-2.9 2.4ZM3.5 10.5h4v10h-4Z';

export function thumb(direction: 'up' | 'down', lang: Lang): HTMLButtonElement {
  const icon = svg('0 0 24 24', `thumb ${direction}`, ['path', { d: kThumb }]);
  const name = translate(lang, direction);
  return el('button', { type: 'button', class: `rate ${direction}`, 'aria-label': name, title: name, 'aria-pressed': 'false' }, icon);
}

function correctionForm(context: ThreadContext, done: (body: { correction?: string; reason?: string } | null) => void): HTMLFormElement {
  const { lang, bot } = context;
  const choices = [...(bot?.labels ?? [])]
    .filter((label) => label !== kOutOfScope)
    .map((label) => ({ label, title: intentTitle(bot, label, lang) }))
    .sort((a, b) => a.title.localeCompare(b.title, lang === 'zh' ? 'zh-CN' : 'en'))
    .map(({ label, title }) => el('option', { value: label }, title));
  const select = el('select', { name: 'correction' }, el('option', { value: '' }, translate(lang, 'correctionNone')), ...choices,
    el('option', { value: kOutOfScope }, translate(lang, 'correctionOther')));
  const reason = el('input', { name: 'reason', type: 'text', maxlength: '500', autocomplete: 'off' });
  const skip = el('button', { type: 'button', class: 'quiet' }, translate(lang, 'skipCorrection'));
  const form = el('form', { class: 'correction' },
    el('label', {}, el('span', {}, translate(lang, 'correctionTitle')), select),
    el('label', {}, el('span', {}, translate(lang, 'reason')), reason),
    el('div', { class: 'correction-buttons' }, el('button', { type: 'submit', class: 'solid' }, translate(lang, 'send')), skip));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const body: { correction?: string; reason?: string } = {};
    if (select.value !== '') body.correction = select.value;
    if (reason.value.trim() !== '') body.reason = reason.value.trim();
    done(Object.keys(body).length > 0 ? body : null);
  });
  skip.addEventListener('click', () => done(null));
  return form;
}

// The thumb is sent at once; a correction follows as a second piece of feedback on the same trace, without a rating, so
// that one verdict is counted once.
function rating(exchange: Exchange, context: ThreadContext): HTMLElement | null {
  const { lang, actions } = context;
  const trace_id = exchange.answer.trace_id;
  if (trace_id === '') return null;
  const up = thumb('up', lang);
  const down = thumb('down', lang);
  const said = el('span', { class: 'said', role: 'status' });
  const box = el('div', { class: 'rating', role: 'group', 'aria-label': translate(lang, 'rateThis') }, up, down, said);

  const show = (): void => {
    up.setAttribute('aria-pressed', String(exchange.rated === 'up'));
    down.setAttribute('aria-pressed', String(exchange.rated === 'down' || exchange.rated === 'corrected'));
    up.disabled = down.disabled = exchange.rated !== '';
    said.textContent = exchange.rated === '' ? '' : translate(lang, exchange.rated === 'corrected' ? 'thanksCorrection' : 'thanks');
  };
  const send = async (body: FeedbackBody, rated: Exchange['rated']): Promise<boolean> => {
    up.disabled = down.disabled = true;
    const outcome = await actions.feedback(body);
    if (outcome.ok) {
      exchange.rated = rated;
      actions.changed();
      show();
    } else {
      show();
      said.textContent = problemText(lang, outcome.problem);
    }
    return outcome.ok;
  };

  up.addEventListener('click', () => void send({ trace_id, rating: 1 }, 'up'));
  down.addEventListener('click', async () => {
    if (!(await send({ trace_id, rating: -1 }, 'down'))) return;
    const form = correctionForm(context, async (body) => {
      if (body !== null && !(await send({ trace_id, ...body }, 'corrected'))) return;
      form.remove();
      document.getElementById('question')?.focus();
    });
    box.after(form);
    form.querySelector('select')?.focus();
  });
  show();
  return box;
}

function happened(words: string): HTMLDivElement {
  return line('happened', '', el('p', {}, words));
}

// A person's words, with their name, or what has happened.
export function personLine(said: Line, lang: Lang): HTMLDivElement {
  const note = noteText(lang, said);
  if (note !== '') return happened(note);
  const name = speaker(lang, said);
  return line('answer person', [...name][0] ?? '', el('p', { class: 'name' }, name, el('span', { class: 'visually-hidden' }, ': ')),
    el('p', { class: 'text', lang: textLang(said.text) }, said.text));
}

export function answerLine(exchange: Exchange, context: ThreadContext): HTMLDivElement {
  const { answer } = exchange;
  // The bot is silent: a person has it now.
  if (answer.text === '' && answer.handover !== null) return happened(sentText(context.lang, answer.handover));
  return line(`answer ${answer.decision}`, translate(context.lang, 'shop'),
    el('p', { class: 'text', lang: textLang(answer.text) }, answer.text),
    options(answer, context),
    el('div', { class: 'under' }, meta(answer, context), rating(exchange, context)));
}

// Counts down the seconds the server asked for; null where the same words would fail again.
export function retryButton(problem: Problem, lang: Lang, retry: () => void): HTMLButtonElement | null {
  if (!canRetry(problem)) return null;
  const button = el('button', { type: 'button', class: 'chip' });
  let left_s = waitSeconds(problem);
  const tick = (): void => {
    button.disabled = left_s > 0;
    button.textContent = left_s > 0 ? translate(lang, 'retryIn', { n: left_s }) : translate(lang, 'retry');
    if (left_s-- > 0) setTimeout(tick, 1000);
  };
  tick();
  button.addEventListener('click', retry);
  return button;
}

export function problemLine(problem: Problem, lang: Lang, retry: () => void): HTMLDivElement {
  const parts: (Node | null)[] = [el('p', { class: 'text' }, problemText(lang, problem))];
  const button = retryButton(problem, lang, retry);
  if (button !== null) parts.push(el('div', { class: 'chips' }, button));
  if (problem.request_id !== '') parts.push(el('p', { class: 'request-id' }, translate(lang, 'requestId', { id: problem.request_id })));
  return line('problem', '!', ...parts);
}
