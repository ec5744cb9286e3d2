// Draws the test conversations of the strategy file with what came of them, and where an answer has changed.

import { plainLabel } from '../src/api';
import { el } from '../src/dom';
import { shortId, textLang } from '../src/format';
import { when } from './parts';
import type { Difference, TestCase, Tests, TestTurn } from './shop_read';
import type { Say } from './words';

function turnLine(turn: TestTurn, say: Say): HTMLElement {
  const said = [turn.say === '' ? null : el('q', { lang: textLang(turn.say) }, turn.say), turn.tap === '' ? null : el('span', {}, ` ${say('tap', { intent: plainLabel(turn.tap) })}`)];
  const expected = turn.expect.map(([what, value]) => el('span', { class: 'expected' }, el('code', {}, what), ' ', el('span', { lang: textLang(value) }, value)));
  return el('li', {}, ...said, el('span', { class: 'item-meta' }, ` ${say('expect')}: `, ...expected));
}

function differenceLines(difference: Difference, say: Say): HTMLElement[] {
  const line = (tag: 'del' | 'ins', sign: string, word: 'expected' | 'got', value: string): HTMLElement =>
    el('p', {}, el(tag, {}, el('span', { 'aria-hidden': 'true' }, `${sign} `), el('span', { class: 'visually-hidden' }, `${say(word)} `), `${difference.what}: `, el('span', { lang: textLang(value) }, value)));
  return [line('del', '-', 'expected', difference.expected), line('ins', '+', 'got', difference.got)];
}

function section(test: TestCase, say: Say): HTMLElement {
  return el(
    'section',
    { class: 'test', 'data-result': test.result },
    el('h3', {}, el('span', { lang: textLang(test.name) }, test.name), ' ', el('span', { class: `badge ${test.result}` }, say(`result_${test.result}`))),
    el('ol', {}, ...test.turns.map((turn) => turnLine(turn, say))),
    ...(test.failure === null
      ? []
      : [el('div', { class: 'diff' }, el('p', { class: 'item-meta' }, say('turnFailed', { turn: test.failure.turn, where: test.failure.where })), ...test.failure.differences.flatMap((one) => differenceLines(one, say)))]),
  );
}

export function drawTests(into: HTMLElement, all: Tests, say: Say, isManager: boolean, run: () => void): void {
  const by = all.by === '' ? '' : say('testsBy', { name: all.by });
  const button = el('button', { type: 'button', class: 'solid', id: 'run-tests' }, say('runTests'));
  button.addEventListener('click', () => {
    button.disabled = true;
    button.textContent = say('running');
    run();
  });
  into.replaceChildren(
    el('h2', {}, say('tests')),
    el('p', { class: 'empty' }, say('testsLine')),
    el('p', { id: 'tests-ran' }, all.ran === '' ? say('testsNever') : say('testsRan', { date: when(all.ran), passed: all.passed, failed: all.failed, by }), all.release === '' ? '' : ` ${shortId(all.release)}`),
    ...(all.tests.length === 0 ? [el('p', { class: 'empty' }, say('noTests'))] : isManager ? [el('p', { class: 'deeds' }, button)] : [el('p', { class: 'empty' }, say('managersOnly'))]),
    ...all.tests.map((test) => section(test, say)),
  );
}
