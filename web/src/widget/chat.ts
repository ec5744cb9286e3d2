// The chat itself: head, conversation, question box. The same in the widget's dialog and on the hosted page.

import { el, sends, svg } from '../dom';
import { textLang } from '../format';
import { translate, type Lang } from '../i18n';
import type { Line } from '../live';
import { contactForm, standingText } from '../live_view';
import { satisfactionBox } from '../satisfaction';
import type { Exchange, Greeting, Session } from './session';
import { answerBubble, lineBubble, pendingBubble, problemBubble, questionBubble, type TurnContext } from './turn';
import { word } from './words';

export interface ChatOptions {
  session: Session;
  greeting: Greeting;
  lang: Lang;
  close: (() => void) | null; // null: on a page of its own, which is not closed
}

const kTitleId = 'title';
const kExamplesMax = 4;

function iconButton(className: string, name: string, path: string): HTMLButtonElement {
  return el('button', { type: 'button', class: className, 'aria-label': name, title: name }, svg('0 0 24 24', 'icon', ['path', { d: path }]));
}

export class Chat {
  readonly panel: HTMLElement;
  private readonly log: HTMLElement;
  private readonly turns: HTMLOListElement;
  private readonly welcome: HTMLElement;
  private readonly state: HTMLElement;
  private readonly offline: HTMLElement; // the form, while nobody is on duty
  private readonly satisfaction: HTMLElement; // how content the visitor is, when there is something to judge
  private readonly items = new WeakMap<Exchange, HTMLLIElement>();
  private readonly input: HTMLTextAreaElement;
  private readonly sendButton: HTMLButtonElement;
  private readonly restartButton: HTMLButtonElement;
  private busy = false;
  // A person has said something.
  spoken: () => void = () => undefined;

  constructor(private readonly options: ChatOptions) {
    const { lang, greeting, session, close } = options;
    this.turns = el('ol', { class: 'turns' });
    this.welcome = el('div', { class: 'welcome' }, el('p', {}, word(lang, 'greeting')), this.examples());
    this.offline = el('div', { class: 'offline', hidden: true });
    this.satisfaction = el('div', { hidden: true });
    this.log = el('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': word(lang, 'log'), tabindex: '0' },
      this.welcome, this.turns, this.offline, this.satisfaction);
    this.state = el('div', { class: 'state', role: 'status' });
    this.input = el('textarea', { rows: '1', maxlength: '2000', autocomplete: 'off', enterkeyhint: 'send', 'aria-label': word(lang, 'placeholder'), placeholder: word(lang, 'placeholder') });
    this.sendButton = iconButton('send', word(lang, 'send'), 'M12 20V5M5.5 11.5 12 5l6.5 6.5');
    this.sendButton.type = 'submit';
    this.restartButton = iconButton('restart', word(lang, 'restart'), 'M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4v4.5H9');
    const closeButton = close === null ? null : iconButton('close', word(lang, 'close'), 'M6 6l12 12M18 6 6 18');
    const heading = el(close === null ? 'h1' : 'h2', { id: kTitleId }, greeting.title[lang] || greeting.title.zh || greeting.title.en);
    const composer = el('form', { class: 'composer' }, this.input, this.sendButton);
    const panelRole: Record<string, string> = close === null ? {} : { role: 'dialog', 'aria-modal': 'true' };
    this.panel = el('section', { class: 'panel', 'aria-labelledby': kTitleId, tabindex: '-1', ...panelRole },
      el('header', {}, heading, this.restartButton, closeButton), this.log, this.state, composer);

    composer.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener('keydown', (event) => {
      if (!sends(event)) return;
      event.preventDefault();
      this.submit();
    });
    this.restartButton.addEventListener('click', () => this.restart());
    closeButton?.addEventListener('click', () => close?.());
    session.forgotten = () => {
      this.draw();
      this.state.textContent = word(lang, 'forgotten');
    };
    session.told = (lines) => this.told(lines);
    session.lost = () => (this.state.textContent = translate(lang, 'liveLost'));
    session.resume();
    this.draw();
  }

  // A touch screen's keyboard would hide half of what there is to read.
  focus(): void {
    if (matchMedia('(pointer: coarse)').matches) this.panel.focus();
    else this.input.focus();
    this.log.scrollTop = this.log.scrollHeight;
  }

  private examples(): HTMLElement {
    const own = this.options.greeting.examples.filter((example) => (textLang(example) === 'zh-CN') === (this.options.lang === 'zh'));
    const chips = own.slice(0, kExamplesMax).map((example) => {
      const chip = el('button', { type: 'button', class: 'chip', lang: textLang(example) }, example);
      chip.addEventListener('click', () => void this.ask(example));
      return chip;
    });
    return el('div', { class: 'chips' }, ...chips);
  }

  private context(): TurnContext {
    return {
      lang: this.options.lang,
      session: this.options.session,
      tap: (title, intent) => void this.ask(title, intent),
      focusComposer: () => this.input.focus(),
    };
  }

  // Redrawn, not spoken: a screen reader reads only what is new.
  private draw(): void {
    const { session, lang } = this.options;
    this.log.setAttribute('aria-live', 'off');
    this.turns.replaceChildren(...session.exchanges.map((exchange) => {
      const item = el('li', {}, questionBubble(exchange.question, lang), answerBubble(exchange, this.context()));
      item.append(...exchange.lines.map((line) => lineBubble(line, lang)));
      this.items.set(exchange, item);
      return item;
    }));
    requestAnimationFrame(() => this.log.setAttribute('aria-live', 'polite'));
    this.drawState();
  }

  private drawState(): void {
    const { session, lang } = this.options;
    this.welcome.hidden = this.turns.childElementCount > 0;
    this.restartButton.hidden = this.turns.childElementCount === 0;
    const state = session.waiting ? translate(lang, 'inQueueSomewhere') : standingText(lang, session.standing, session.hasContact);
    // Said again only where it has changed: a status is read aloud whenever it is written.
    if (this.state.textContent !== state) this.state.textContent = state;
    this.drawOffline();
    this.drawSatisfaction();
  }

  private drawSatisfaction(): void {
    const { session, lang } = this.options;
    this.satisfaction.hidden = !session.asksScore;
    if (!session.asksScore) this.satisfaction.replaceChildren();
    if (!session.asksScore || this.satisfaction.childElementCount > 0) return; // a reason that is being typed stays
    this.satisfaction.append(satisfactionBox({
      lang,
      score: session.score,
      send: async (score, reason) => {
        const outcome = await session.rateConversation(score, reason);
        return outcome.ok ? null : outcome.problem;
      },
    }));
  }

  private drawOffline(): void {
    const { session, lang } = this.options;
    const isNeeded = session.standing.state === 'offline' && !session.hasContact;
    this.offline.hidden = !isNeeded;
    if (!isNeeded) this.offline.replaceChildren();
    if (!isNeeded || this.offline.childElementCount > 0) return; // what is being typed stays
    this.offline.append(contactForm(lang, async (contact) => {
      const outcome = await session.leaveContact(contact);
      if (outcome.ok) this.input.focus();
      return outcome.ok ? null : outcome.problem;
    }));
  }

  private told(lines: Line[]): void {
    const { session, lang } = this.options;
    const last = session.exchanges[session.exchanges.length - 1];
    const item = last === undefined ? undefined : this.items.get(last);
    item?.append(...lines.map((line) => lineBubble(line, lang)));
    this.drawState();
    if (item === undefined || lines.length === 0) return;
    this.show(item);
    if (lines.some(({ kind }) => kind === 'person')) this.spoken();
  }

  private submit(): void {
    const question = this.input.value.trim();
    if (question === '' || this.busy) return;
    this.input.value = '';
    void this.ask(question);
  }

  private restart(): void {
    if (this.busy) return;
    this.options.session.restart();
    this.draw();
    this.input.focus();
  }

  private setBusy(busy: boolean): void {
    this.busy = busy;
    this.sendButton.disabled = busy;
    this.log.setAttribute('aria-busy', String(busy));
  }

  private async ask(question: string, option = '', item: HTMLLIElement = el('li')): Promise<void> {
    if (this.busy) return;
    const { session, lang } = this.options;
    this.setBusy(true);
    item.replaceChildren(questionBubble(question, lang), pendingBubble(lang));
    if (!item.isConnected) this.turns.append(item);
    this.drawState();
    this.show(item);
    this.input.focus({ preventScroll: true });
    const outcome = await session.ask(question, option);
    if (!item.isConnected) this.turns.append(item); // the visitor was forgotten meanwhile
    if (outcome.ok) {
      this.items.set(outcome.value, item);
      item.lastElementChild?.replaceWith(answerBubble(outcome.value, this.context()));
      item.append(...outcome.value.lines.map((line) => lineBubble(line, lang)));
    } else {
      item.lastElementChild?.replaceWith(problemBubble(outcome.problem, lang, () => void this.ask(question, option, item)));
    }
    this.setBusy(false);
    const said = this.state.textContent;
    this.drawState();
    if (said === word(lang, 'forgotten') && this.state.textContent === '') this.state.textContent = said;
    this.show(item);
  }

  private show(item: HTMLElement): void {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    // Never the page around the chat, so not scrollIntoView.
    this.log.scrollTo({ top: item.offsetTop + item.offsetHeight, behavior: calm ? 'auto' : 'smooth' });
  }
}
