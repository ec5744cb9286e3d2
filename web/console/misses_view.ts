// Draws the misses: clusters of questions that were not answered, and what can be made of each.

import { el } from '../src/dom';
import { plainLabel } from '../src/api';
import { textLang } from '../src/format';
import type { MissCluster, Misses } from './read';
import type { Say } from './words';

export interface MissActions {
  accept: (traces: string[], intent: string, isNew: boolean) => void;
  merge: (traces: string[], into: string) => void;
  ignore: (traces: string[]) => void;
}

export const kTextsShown = 6;
const kNew = ''; // no label is empty
const kOutOfScope = 'out_of_scope';

// What a cluster is called where others are merged into it.
export const clusterTitle = (cluster: MissCluster): string => cluster.texts[0]?.text ?? '';

// Traces of the texts that are ticked, in order.
export function tickedTraces(cluster: MissCluster, ticked: boolean[]): string[] {
  return cluster.texts.flatMap((text, index) => (ticked[index] === true ? text.traces : []));
}

function textLine(cluster: MissCluster, index: number, say: Say): { line: HTMLElement; box: HTMLInputElement } {
  const { text, traces } = cluster.texts[index] ?? { text: '', traces: [] };
  const box = el('input', { type: 'checkbox', value: traces[0] ?? '' });
  box.checked = true;
  const count = traces.length > 1 ? el('span', { class: 'item-meta' }, ` ${say('times', { n: traces.length })}`) : null;
  return { line: el('li', {}, el('label', {}, box, el('span', { lang: textLang(text) }, ` ${text}`), count)), box };
}

function intentChoice(intents: string[], nearest: string, say: Say): { nodes: HTMLElement[]; chosen: () => { intent: string; isNew: boolean } } {
  const select = el('select', { 'aria-label': say('missIntent'), 'data-miss-intent': true });
  for (const intent of intents) select.append(el('option', { value: intent, selected: intent === nearest }, plainLabel(intent)));
  select.append(el('option', { value: kOutOfScope }, say('missOutOfScope')), el('option', { value: kNew }, say('missNewIntent')));
  const name = el('input', { type: 'text', 'aria-label': say('missNewName'), placeholder: say('missNewName'), maxlength: '64', hidden: true, 'data-miss-new': true });
  select.addEventListener('input', () => void (name.hidden = select.value !== kNew));
  select.addEventListener('change', () => {
    if (!name.hidden) name.focus();
  });
  return { nodes: [select, name], chosen: () => (select.value === kNew ? { intent: name.value.trim(), isNew: true } : { intent: select.value, isNew: false }) };
}

function section(cluster: MissCluster, misses: Misses, say: Say, actions: MissActions): HTMLElement {
  const lines = cluster.texts.map((_, index) => textLine(cluster, index, say));
  const traces = (): string[] => tickedTraces(cluster, lines.map(({ box }) => box.checked));
  const button = (word: 'missAccept' | 'missMerge' | 'missIgnore', action: () => void): HTMLButtonElement => {
    const made = el('button', { type: 'button', class: 'outline', 'data-miss-action': word }, say(word));
    made.addEventListener('click', () => traces().length > 0 && action());
    return made;
  };
  const choice = intentChoice(misses.intents, cluster.nearest, say);
  const accept = button('missAccept', () => {
    const { intent, isNew } = choice.chosen();
    if (intent !== '') actions.accept(traces(), intent, isNew);
    else choice.nodes[1]?.focus();
  });
  const others = misses.clusters.filter((other) => other.id !== cluster.id && other.texts.length > 0);
  const into = el('select', { 'aria-label': say('missInto'), 'data-miss-into': true }, ...others.map((other) => el('option', { value: other.texts[0]?.traces[0] ?? '' }, clusterTitle(other).slice(0, 60))));
  const more = lines.slice(kTextsShown);
  return el(
    'section',
    { class: 'miss', 'data-miss': cluster.id },
    el(
      'h3',
      {},
      plainLabel(cluster.nearest) === '' ? say('missNoNearest') : say('missNearest', { intent: plainLabel(cluster.nearest) }),
      ' ',
      el('span', { class: 'badge plain' }, say('size', { n: cluster.size })),
      el('span', { class: 'item-meta' }, ` ${say('missVisitors', { n: cluster.visitors })}${cluster.voted_down > 0 ? ` · ${say('votedDown', { n: cluster.voted_down })}` : ''}`),
    ),
    el('ul', {}, ...lines.slice(0, kTextsShown).map(({ line }) => line)),
    more.length === 0 ? null : el('details', {}, el('summary', {}, say('missMore', { n: more.length })), el('ul', {}, ...more.map(({ line }) => line))),
    el('div', { class: 'miss-actions' }, ...choice.nodes, accept, ...(others.length === 0 ? [] : [into, button('missMerge', () => actions.merge(traces(), into.value))]), button('missIgnore', () => actions.ignore(traces()))),
  );
}

export function drawMisses(into: HTMLElement, misses: Misses, say: Say, actions: MissActions): void {
  const notes = [
    misses.clusters.length > 0 ? say('missesLine', { n: misses.misses }) : say('noMisses'),
    misses.capped > 0 ? say('missesCapped', { n: misses.capped }) : '',
    misses.partial ? say('missesPartial') : '',
  ].filter((note) => note !== '');
  into.replaceChildren(el('h2', {}, say('misses')), ...notes.map((note) => el('p', { class: 'empty' }, note)), ...misses.clusters.map((cluster) => section(cluster, misses, say, actions)));
}
