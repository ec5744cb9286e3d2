// Draws answers that were drawn at random, to be judged right or wrong, and what the sample says of all answers so far.

import { plainLabel } from '../src/api';
import { el } from '../src/dom';
import { textLang } from '../src/format';
import { percentOf, when } from './parts';
import type { DrawnAnswer, Review } from './shop_read';
import type { Say } from './words';

export type Judge = (trace: string, right: boolean) => void;

function card(answer: DrawnAnswer, say: Say, judge: Judge): HTMLElement {
  const button = (word: 'reviewRight' | 'reviewWrong', right: boolean): HTMLButtonElement => {
    const made = el('button', { type: 'button', class: right ? 'solid' : 'outline', 'data-judge': word }, say(word));
    made.addEventListener('click', () => {
      made.disabled = true;
      judge(answer.trace, right);
    });
    return made;
  };
  return el(
    'section',
    { class: 'miss', 'data-drawn': answer.trace },
    el('h3', { lang: textLang(answer.text) }, answer.text),
    el('p', { lang: textLang(answer.answer) }, answer.answer),
    el('p', { class: 'item-meta' }, `${plainLabel(answer.intent) || say('none')} · ${percentOf(answer.score)} · ${when(answer.created)}`),
    el('div', { class: 'miss-actions' }, button('reviewRight', true), button('reviewWrong', false)),
  );
}

export function drawReview(into: HTMLElement, review: Review, say: Say, judge: Judge): void {
  const figure = review.judged === 0 ? say('reviewNone') : say('reviewFigure', { wrong: review.wrong, judged: review.judged, share: percentOf(review.wrong_share), most: percentOf(review.wrong_at_most) });
  into.replaceChildren(
    el('h2', {}, say('review')),
    el('p', { class: 'empty' }, say('reviewLine')),
    el('p', { id: 'review-figure' }, figure),
    ...(review.drawn.length === 0 ? [el('p', { class: 'empty' }, say('reviewEmpty'))] : review.drawn.map((answer) => card(answer, say, judge))),
  );
}
