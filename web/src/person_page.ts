// A page that people sign in to with a token: its frame, its languages, signing in and out, and what went wrong.
// What stands in #view is the page's own (console/main.ts, monitor/main.ts, recommend/main.ts).

import type { Outcome, Problem } from './api';
import type { SayOf, Values } from './dictionary';
import { byId, el } from './dom';
import { drawFrame, layOutFrame, type FrameWord, type Tab } from './frame';
import { preferredLang, type Lang } from './i18n';
import { detailOf, follow } from './person_calls';
import { redraw } from './redraw';
import { Session } from './session';
import { signInForm } from './sign_in';
import { kLangKey, kTokenKey, store, stored } from './tab_store';

type PageWord = FrameWord | 'token' | 'tokenHelp' | 'tokenWrong' | 'signIn' | 'problem' | 'loading';

export interface PageParts<View extends string, Calls, First> {
  tabs: readonly [Tab<View>, ...Tab<View>[]]; // the first is shown to who has signed in
  words: (lang: Lang) => SayOf<PageWord | View>;
  calls: (token: string) => Calls;
  first: (calls: Calls) => Promise<Outcome<First>>;
  refusal?: (problem: Problem) => string | null; // of a token that may be right; null: as every other problem
  opened: (first: First, token: string) => void;
  closed: () => void;
  stream?: { path: string; heard: (name: string, data: unknown) => void };
  me: (isOpen: boolean) => string | null; // who has signed in, and whether the stream runs; null: nobody
  count: () => number; // of the tab with a badge
  draw: () => void; // what is shown, from the beginning
}

export class PersonPage<View extends string, Calls, First> {
  readonly view: HTMLElement;
  lang: Lang = stored(kLangKey) === 'zh' ? 'zh' : stored(kLangKey) === 'en' ? 'en' : preferredLang(navigator.languages);
  shown: View;
  private readonly session: Session<Calls, First>;
  private stream: { stop: () => void } | null = null;
  private isOpen = true; // the stream

  constructor(private readonly parts: PageParts<View, Calls, First>) {
    layOutFrame(parts.tabs);
    this.view = byId('view');
    this.shown = parts.tabs[0].view;
    this.session = new Session({
      calls: parts.calls,
      first: parts.first,
      opened: (first, token) => this.opened(first, token),
      refused: (problem) => this.drawSignIn(problem.status === 401 ? this.say('tokenWrong') : this.refusal(problem)),
      closed: () => this.closed(),
      keep: (token) => store(kTokenKey, token),
    });
  }

  // Draws the page, and signs in who has a token. Called once.
  start(): void {
    this.listen();
    this.drawFrame();
    const token = stored(kTokenKey);
    if (token === '') this.drawSignIn();
    else void this.session.signIn(token);
  }

  get api(): Calls | null {
    return this.session.api;
  }

  announce(said: string): void {
    byId('announce').textContent = said;
  }

  show(next: View): void {
    this.shown = next;
    this.view.replaceChildren(el('p', { class: 'empty' }, this.say('loading')));
    this.drawFrame();
    this.parts.draw();
  }

  ask(): number {
    return this.session.ask();
  }

  // The value, unless something else has been asked for meanwhile; what went wrong is said.
  async answer<T>(question: Promise<Outcome<T>> | undefined, number: number): Promise<T | null> {
    const outcome = await this.session.answer(question, number);
    if (outcome === null) return null;
    if (outcome.ok) return outcome.value;
    this.failed(outcome.problem);
    return null;
  }

  // Draws `into` anew with an answer, and takes nothing from who works in it; not when something else has been asked
  // for by the time it can be drawn.
  redraw(into: HTMLElement, number: number, draw: () => void): void {
    redraw(into, () => this.session.isNewest(number) && draw());
  }

  failed(problem: Problem): void {
    if (problem.status === 401) return this.signOut(this.say('tokenWrong'));
    this.problemLine(this.say('problem', { detail: detailOf(problem) }));
  }

  // Above what is shown, in the place of the last one.
  problemLine(said: string): void {
    this.view.querySelector('.problem-line')?.remove();
    this.view.prepend(el('p', { class: 'problem-line', role: 'alert' }, said));
  }

  drawFrame(): void {
    drawFrame({
      lang: this.lang,
      say: this.parts.words(this.lang),
      count: this.parts.count(),
      me: this.parts.me(this.isOpen),
      isOpen: this.isOpen,
      shown: this.shown,
    });
  }

  private say(word: PageWord, values: Values = {}): string {
    return this.parts.words(this.lang)(word, values);
  }

  private refusal(problem: Problem): string {
    return this.parts.refusal?.(problem) ?? this.say('problem', { detail: detailOf(problem) });
  }

  private opened(first: First, token: string): void {
    const { stream } = this.parts;
    this.parts.opened(first, token);
    if (stream !== undefined) {
      this.stream = follow(token, stream.path, {
        event: stream.heard,
        state: (open) => {
          this.isOpen = open;
          this.drawFrame();
        },
        refused: () => this.signOut(this.say('tokenWrong')),
      });
    }
    this.show(this.parts.tabs[0].view);
  }

  private signOut(problem = ''): void {
    this.stream?.stop();
    this.stream = null;
    this.session.signOut();
    this.drawSignIn(problem);
  }

  private closed(): void {
    this.parts.closed();
    this.drawFrame();
  }

  private drawSignIn(problem = ''): void {
    this.view.className = 'view-sign-in';
    this.view.tabIndex = -1;
    const words = { token: this.say('token'), help: this.say('tokenHelp'), signIn: this.say('signIn') };
    this.view.replaceChildren(signInForm(words, problem, (token) => void this.session.signIn(token)));
    byId('token').focus();
  }

  private listen(): void {
    for (const { view } of this.parts.tabs) document.querySelector(`[data-view="${view}"]`)?.addEventListener('click', () => this.show(view));
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-lang]')) {
      button.addEventListener('click', () => {
        this.lang = button.dataset.lang === 'zh' ? 'zh' : 'en';
        store(kLangKey, this.lang);
        this.drawFrame();
        if (this.api === null) this.drawSignIn();
        else this.show(this.shown);
      });
    }
    byId('sign-out').addEventListener('click', () => this.signOut());
  }
}
