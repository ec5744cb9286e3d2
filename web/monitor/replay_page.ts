// What stands in the view of replays: kept while one looks at others, and drawn anew from here whenever it changes.

import { byId } from '../src/dom';
import { detailOf } from '../src/person_calls';
import { focusIfLost, redraw } from '../src/redraw';
import type { Calls } from './api';
import { bodyOf, emptyRule, keyOf, type Rules } from './replay';
import { drawReplay, type ReplayShown } from './replay_view';
import type { Place } from './views';

export interface ReplayParts {
  view: HTMLElement;
  api: () => Calls | null;
  place: () => Place;
  isShown: () => boolean;
}

export class ReplayPage {
  private shown: ReplayShown | null = null;

  constructor(private readonly parts: ReplayParts) {}

  get isKnown(): boolean {
    return this.shown !== null;
  }

  // `topic`: the one that is looked at elsewhere.
  open(rules: Rules, topic: string): void {
    this.shown = { rules, form: { topic: '', days: 7, rule: emptyRule() }, own: emptyRule(), wrong: null, problem: '', isRunning: false, result: null };
    this.choose(rules.topics.some((row) => row.topic === topic) ? topic : (rules.topics[0]?.topic ?? ''));
  }

  close(): void {
    this.shown = null;
  }

  draw(): void {
    const { shown } = this;
    const { view, isShown, place } = this.parts;
    if (shown === null || !isShown()) return;
    const actions = {
      topic: (topic: string) => {
        this.choose(topic);
        this.draw();
      },
      days: (days: number) => void (shown.form.days = days),
      run: () => void this.run(shown),
    };
    redraw(view, () => isShown() && drawReplay(view, shown, place(), actions));
  }

  private choose(topic: string): void {
    const { shown } = this;
    const own = shown?.rules.topics.find((row) => row.topic === topic)?.rule;
    if (shown === null || own === undefined) return;
    Object.assign(shown, { own, wrong: null, problem: '', result: null, form: { topic, days: shown.form.days, rule: { ...own } } });
  }

  private async run(shown: ReplayShown): Promise<void> {
    const { say } = this.parts.place();
    if (shown.isRunning) return;
    const asked = this.parts.api()?.replay(bodyOf(shown.form, shown.own));
    const { topic } = shown.form;
    Object.assign(shown, { isRunning: true, wrong: null, problem: '', result: null });
    this.draw();
    const outcome = await asked;
    shown.isRunning = false;
    if (outcome === undefined || this.shown !== shown) return;
    if (outcome.ok) {
      if (shown.form.topic === topic) shown.result = outcome.value;
    } else {
      const { problem } = outcome;
      shown.wrong = keyOf(problem.field);
      if (shown.wrong === null) shown.problem = problem.status === 429 ? say('replayBusy') : problem.status === 413 ? say('replayTooMany') : say('problem', { detail: detailOf(problem) });
    }
    this.draw();
    if (!this.parts.isShown()) return;
    if (shown.wrong === null) focusIfLost(document.getElementById('replay-run'));
    else byId(`replay-${shown.wrong}`).focus();
  }
}
