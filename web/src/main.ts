// The demo page: wires the parts together and holds its little state.

import './style.css';
import { api, type Bot, type Outcome } from './api';
import { byId, el, sends } from './dom';
import { shortId, textLang } from './format';
import { conversationWith, load, save, type Exchange } from './history';
import { htmlLang, isKey, preferredLang, translate, type Key, type Lang } from './i18n';
import { addLines, contactLine, Follower, hasContact, resume, sendContact, type Line } from './live';
import { contactForm, standingText } from './live_view';
import { asksScore, satisfactionBox, scoreLine, scoreOf, sendScore } from './satisfaction';
import { answerLine, pendingLine, personLine, problemLine, questionLine, type ThreadContext } from './thread';

const kLangKey = 'yupu.lang';
const kModelsFresh_ms = 30_000;

const thread = byId<HTMLOListElement>('thread');
const composer = byId<HTMLFormElement>('composer');
const input = byId<HTMLTextAreaElement>('question');
const askButton = byId<HTMLButtonElement>('ask');
const clearButton = byId<HTMLButtonElement>('clear');
const botSelect = byId<HTMLSelectElement>('bot');
const welcome = byId('welcome');
const releaseLine = byId('release');
const standingLine = byId('standing');
const offline = byId('offline');
const satisfaction = byId('satisfaction');

let lang: Lang = storedLang() ?? preferredLang(navigator.languages);
let bots: Bot[] = [];
let modelsKnown = false;
let modelsRead_ms = 0;
let busy = false;
let exchanges: Exchange[] = load();
const items = new WeakMap<Exchange, HTMLLIElement>();
const follower = new Follower({ way: () => ({}), told: takeLines, lost: () => (standingLine.textContent = t('liveLost')) });

function storedLang(): Lang | null {
  try {
    const stored = sessionStorage.getItem(kLangKey);
    return stored === 'zh' || stored === 'en' ? stored : null;
  } catch {
    return null;
  }
}

const t = (key: Key, values: Record<string, string | number> = {}): string => translate(lang, key, values);
const currentBot = (): Bot | undefined => bots.find((bot) => bot.id === botSelect.value) ?? bots[0];

function context(): ThreadContext {
  return {
    lang,
    bot: currentBot(),
    actions: { tap: (title, intent) => void ask(title, intent), feedback: api.feedback, changed: () => save(exchanges) },
  };
}

function drawWords(): void {
  document.documentElement.lang = htmlLang[lang];
  document.title = t('pageTitle');
  for (const element of document.querySelectorAll<HTMLElement>('[data-t]')) {
    const key = element.dataset.t ?? '';
    if (isKey(key)) element.textContent = t(key);
  }
  input.placeholder = t('placeholder');
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-lang]')) {
    button.setAttribute('aria-pressed', String(button.dataset.lang === lang));
  }
}

function drawRelease(): void {
  const bot = currentBot();
  if (!modelsKnown) {
    releaseLine.textContent = modelsRead_ms > 0 ? t('releaseUnknown') : '';
  } else if (bot === undefined || bot.release_id === '') {
    releaseLine.textContent = t('releaseNone');
  } else {
    const [before = '', after = ''] = t('releaseLine', { model: bot.id }).split('{id}');
    releaseLine.replaceChildren(before, el('code', { title: bot.release_id }, shortId(bot.release_id)), after);
  }
}

// A release may be swapped while the page is open: the answer itself says who gave it.
function noteRelease(botId: string, releaseId: string): void {
  const bot = bots.find((one) => one.id === botId);
  if (bot === undefined || releaseId === '' || bot.release_id === releaseId) return;
  bot.release_id = releaseId;
  drawRelease();
}

function drawSuggestions(): void {
  const bot = currentBot();
  const questions = bot !== undefined && bot.examples.length > 0 ? bot.examples.slice(0, 6) : t('suggestions').split('|');
  const chips = questions.map((question) => {
    const chip = el('button', { type: 'button', class: 'chip', lang: textLang(question) }, question);
    chip.addEventListener('click', () => void ask(question));
    return chip;
  });
  byId('suggestions').replaceChildren(...chips);
}

function drawBots(): void {
  const chosen = botSelect.value;
  botSelect.replaceChildren(...bots.map((bot) => el('option', { value: bot.id }, bot.id)));
  if (bots.some((bot) => bot.id === chosen)) botSelect.value = chosen;
  const label = botSelect.closest('label');
  if (label !== null) label.hidden = bots.length < 2;
}

function drawState(): void {
  welcome.hidden = thread.childElementCount > 0;
  clearButton.hidden = exchanges.length === 0;
  drawStanding();
}

function drawStanding(): void {
  const { conversation, standing } = follower.now;
  const contacted = hasContact(exchanges, conversation);
  const words = standingText(lang, standing, contacted);
  // A status is read aloud whenever it is written.
  if (standingLine.textContent !== words) standingLine.textContent = words;
  drawSatisfaction();
  const isNeeded = standing.state === 'offline' && !contacted;
  offline.hidden = !isNeeded;
  if (!isNeeded) offline.replaceChildren();
  if (!isNeeded || offline.childElementCount > 0) return; // what is being typed stays
  offline.append(contactForm(lang, async (contact) => {
    const outcome = await sendContact(follower.now.conversation, contact, {});
    if (!outcome.ok) return outcome.problem;
    takeLines([contactLine()]);
    input.focus();
    return null;
  }));
}

function drawSatisfaction(): void {
  const isAsked = asksScore(exchanges, follower.now);
  satisfaction.hidden = !isAsked;
  if (!isAsked) satisfaction.replaceChildren();
  if (!isAsked || satisfaction.childElementCount > 0) return; // a reason that is being typed stays
  const { conversation } = follower.now;
  satisfaction.append(satisfactionBox({
    lang,
    score: scoreOf(exchanges, conversation),
    send: async (score, reason) => {
      const outcome = await sendScore(conversation, score, reason, {});
      if (!outcome.ok) return outcome.problem;
      if (scoreOf(exchanges, conversation) !== score) takeLines([scoreLine(score)]);
      return null;
    },
  }));
}

// What a person has said, or what has happened, stands below the last answer.
function takeLines(lines: Line[]): void {
  const last = exchanges[exchanges.length - 1];
  if (last !== undefined && lines.length > 0) {
    addLines(last, lines);
    save(exchanges);
    const item = items.get(last);
    item?.append(...lines.map((line) => personLine(line, lang)));
    if (item !== undefined) scrollTo(item);
  }
  drawStanding();
}

// Redrawn, not spoken: a change of language must not read the whole conversation aloud again.
function drawThread(): void {
  thread.setAttribute('aria-live', 'off');
  thread.replaceChildren(...exchanges.map((exchange) => {
    const item = el('li', {}, questionLine(exchange.question, lang), answerLine(exchange, context()), ...exchange.lines.map((line) => personLine(line, lang)));
    items.set(exchange, item);
    return item;
  }));
  requestAnimationFrame(() => thread.setAttribute('aria-live', 'polite'));
  drawState();
}

function drawAll(): void {
  drawWords();
  drawBots();
  drawSuggestions();
  drawRelease();
  drawThread();
}

async function refreshModels(): Promise<void> {
  const outcome: Outcome<Bot[]> = await api.models();
  modelsRead_ms = Date.now();
  if (outcome.ok) {
    bots = outcome.value;
    modelsKnown = true;
  }
}

function setBusy(now: boolean): void {
  busy = now;
  askButton.disabled = now;
  thread.setAttribute('aria-busy', String(now));
}

function scrollTo(item: HTMLElement): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  item.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'nearest' });
}

async function ask(question: string, option = '', item: HTMLLIElement = el('li')): Promise<void> {
  const text = question.trim();
  if (text === '' || busy) return;
  setBusy(true);
  item.replaceChildren(questionLine(text, lang), pendingLine(lang));
  if (!item.isConnected) thread.append(item);
  drawState();
  scrollTo(item);
  input.focus({ preventScroll: true });

  const bot = currentBot()?.id ?? '';
  const outcome = await api.answer({ bot, text, conversation: conversationWith(exchanges, bot), option });
  if (outcome.ok) {
    const { conversation, handover } = outcome.value;
    const exchange: Exchange = { bot, question: text, answer: outcome.value, rated: '', lines: follower.answered(conversation, handover) };
    exchanges = [...exchanges, exchange];
    save(exchanges);
    noteRelease(bot, outcome.value.release_id);
    items.set(exchange, item);
    item.lastElementChild?.replaceWith(answerLine(exchange, context()));
    item.append(...exchange.lines.map((line) => personLine(line, lang)));
  } else {
    item.lastElementChild?.replaceWith(problemLine(outcome.problem, lang, () => void ask(text, option, item)));
  }
  setBusy(false);
  if (!item.isConnected) drawThread(); // the language was switched meanwhile
  drawState();
  scrollTo(item);
  // Models may have come or gone meanwhile: the line under the page must stay true.
  if (Date.now() - modelsRead_ms > kModelsFresh_ms) void refreshModels().then(drawRelease);
}

function submit(): void {
  const question = input.value;
  if (question.trim() === '' || busy) return;
  input.value = '';
  void ask(question);
}

composer.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
input.addEventListener('keydown', (event) => {
  if (!sends(event)) return;
  event.preventDefault();
  submit();
});
clearButton.addEventListener('click', () => {
  exchanges = [];
  follower.stop();
  save(exchanges);
  drawThread();
  input.focus();
});
botSelect.addEventListener('change', () => {
  drawSuggestions();
  drawRelease();
});
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-lang]')) {
  button.addEventListener('click', () => {
    lang = button.dataset.lang === 'zh' ? 'zh' : 'en';
    try {
      sessionStorage.setItem(kLangKey, lang);
    } catch {
      // the choice lasts until the reload
    }
    offline.replaceChildren(); // the forms speak the other language, too
    satisfaction.replaceChildren();
    drawAll();
  });
}

follower.follow(resume(exchanges));
drawAll();
void refreshModels().then(() => {
  drawBots();
  drawSuggestions();
  drawRelease();
  if (!busy) drawThread();
});
