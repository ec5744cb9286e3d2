// The views of the shop itself: reads what a view shows, draws it, and does what is asked for in it.

import type { Outcome, Problem } from '../src/api';
import { el } from '../src/dom';
import type { Lang } from '../src/i18n';
import { detailOf } from '../src/person_calls';
import { focusIfLost, redraw } from '../src/redraw';
import { drawIntents } from './intents_view';
import { drawFound, drawKnowledge, type KnowledgeActions } from './knowledge_view';
import { problemLine } from './parts';
import { drawReleases } from './releases_view';
import { drawReview } from './review_view';
import type { ShopCalls } from './shop_api';
import { drawTests } from './tests_view';
import { drawUsage } from './usage_view';
import type { Say } from './words';

export const kShopViews = ['review', 'knowledge', 'intentsTab', 'tests', 'releases', 'usage'] as const;
export type ShopView = (typeof kShopViews)[number];
export const isShopView = (name: string): name is ShopView => kShopViews.some((one) => one === name);

export interface Stage {
  into: HTMLElement;
  api: ShopCalls;
  say: Say;
  lang: Lang;
  isManager: boolean;
  isShown: () => boolean; // nobody has gone to another view meanwhile
  announce: (text: string) => void;
}

const kUsageDays = 30;

function sayAbove(stage: Stage, said: string): void {
  stage.into.querySelector('.problem-line')?.remove();
  stage.into.prepend(problemLine(said));
  stage.into.scrollTo({ top: 0 });
}

// What is to be shown cannot be read; a view that is drawn already stays, with what is typed in it.
function sayFailed(stage: Stage, problem: Problem): void {
  if (stage.into.querySelector('h2') === null) stage.into.replaceChildren();
  sayAbove(stage, stage.say('problem', { detail: detailOf(problem) }));
}

// What was asked for could not be done: said above, and the view stays as it is.
const sayUndone = (stage: Stage, problem: Problem): void => sayAbove(stage, stage.say('notDone', { detail: detailOf(problem) }));

async function shown<T>(stage: Stage, reading: Promise<Outcome<T>>, draw: (value: T) => void): Promise<void> {
  const outcome = await reading;
  if (!stage.isShown()) return;
  if (outcome.ok) redraw(stage.into, () => stage.isShown() && draw(outcome.value));
  else sayFailed(stage, outcome.problem);
}

// Does one thing after the other; what was done is drawn anew, what was refused is said.
async function done(stage: Stage, deeds: (() => Promise<Outcome<true>>)[], said: string, again: () => Promise<void>): Promise<void> {
  let refused: Problem | null = null;
  for (const deed of deeds) {
    const outcome = await deed();
    if (!outcome.ok) refused ??= outcome.problem;
  }
  if (!stage.isShown()) return;
  await again();
  if (refused !== null) return sayUndone(stage, refused);
  stage.announce(said);
  focusIfLost(stage.into);
}

const releases = (stage: Stage): Promise<void> =>
  shown(stage, stage.api.releases(), (all) =>
    drawReleases(stage.into, all, stage.say, stage.isManager, (release, insteadOf) => void done(stage, [() => stage.api.makeLive(release, insteadOf)], stage.say('releaseChosen'), () => releases(stage))),
  );

// `asked`: the search whose answer is shown; it is answered anew from the documents that are there by now.
async function knowledge(stage: Stage, asked = ''): Promise<void> {
  const { api, say } = stage;
  let shownFor = asked;
  const upload = (file: File) => async (): Promise<Outcome<true>> => api.addDocument(file.name, new Uint8Array(await file.arrayBuffer()));
  const actions: KnowledgeActions = {
    search: async (query) => {
      shownFor = query;
      const outcome = await api.search(query);
      const into = document.getElementById('found');
      if (into === null || !stage.isShown() || shownFor !== query) return;
      if (outcome.ok) drawFound(into, outcome.value, say);
      else into.replaceChildren(problemLine(detailOf(outcome.problem)));
    },
    upload: (files) => void done(stage, files.map(upload), say('uploaded', { n: files.length }), () => knowledge(stage, shownFor)),
    remove: (source) => void done(stage, [() => api.removeDocument(source)], say('removed'), () => knowledge(stage, shownFor)),
  };
  await shown(stage, api.documents(), (all) => {
    drawKnowledge(stage.into, all, say, stage.isManager, actions);
    if (shownFor !== '') actions.search(shownFor);
  });
}

const intents = (stage: Stage): Promise<void> => shown(stage, stage.api.intents(), (rows) => drawIntents(stage.into, rows, stage.say, stage.lang));

async function tests(stage: Stage): Promise<void> {
  const run = async (): Promise<void> => {
    const outcome = await stage.api.runTests();
    if (!stage.isShown()) return;
    if (outcome.ok) {
      redraw(stage.into, () => stage.isShown() && drawTests(stage.into, outcome.value, stage.say, stage.isManager, () => void run()));
      stage.announce(document.getElementById('tests-ran')?.textContent ?? '');
      focusIfLost(document.getElementById('run-tests'));
      return;
    }
    await tests(stage);
    sayUndone(stage, outcome.problem);
  };
  await shown(stage, stage.api.tests(), (all) => drawTests(stage.into, all, stage.say, stage.isManager, () => void run()));
}

function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = el('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function usage(stage: Stage, days: number): Promise<void> {
  const exportCalls = async (of: number): Promise<void> => {
    const outcome = await stage.api.exportCalls(of);
    if (outcome.ok) save(outcome.value, `calls-${of}d.csv`);
    else if (stage.isShown()) sayUndone(stage, outcome.problem);
  };
  return shown(stage, stage.api.usage(days), (value) => drawUsage(stage.into, value, stage.say, { period: (next) => void usage(stage, next), exportCalls: (of) => void exportCalls(of) }));
}

const review = (stage: Stage): Promise<void> =>
  shown(stage, stage.api.review(), (all) =>
    drawReview(stage.into, all, stage.say, (trace, right) => void done(stage, [() => stage.api.judge(trace, right)], stage.say('reviewKept'), () => review(stage))),
  );

export function drawShopView(view: ShopView, stage: Stage): Promise<void> {
  switch (view) {
    case 'releases':
      return releases(stage);
    case 'knowledge':
      return knowledge(stage);
    case 'intentsTab':
      return intents(stage);
    case 'tests':
      return tests(stage);
    case 'review':
      return review(stage);
    case 'usage':
      return usage(stage, kUsageDays);
  }
}
