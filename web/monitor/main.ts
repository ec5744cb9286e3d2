// The monitor: signs in, follows the stream, asks for what is shown whenever there is news of it.

import '../src/style.css';
import '../console/console.css';
import './monitor.css';
import { detailOf, follow } from '../console/api';
import { drawFrameOf } from '../console/frame';
import { signInForm } from '../console/sign_in';
import { list, object, text } from '../console/read';
import { byId, el } from '../src/dom';
import { htmlLang, preferredLang, type Lang } from '../src/i18n';
import type { Outcome, Problem } from '../src/api';
import { kLangKey, kTokenKey, store, stored } from '../src/tab_store';
import { calls, type Calls } from './api';
import { drawDrift } from './drift';
import type { Evidence, Overview, Sentiment, Series } from './read';
import { drawAlarms, drawChart, drawDocuments, drawLog, drawSources, drawTopics, evidencePane, periodOf, pointText, topicFrame, type AlarmActions, type Place } from './views';
import { isWord, words, type Say } from './words';

type View = 'topics' | 'alarms' | 'sources' | 'drift' | 'log';
const kViews: readonly View[] = ['topics', 'alarms', 'sources', 'drift', 'log'];
const kNewsPause_ms = 1000; // a flood of documents redraws once a second

const view = byId('view');
let lang: Lang = stored(kLangKey) === 'zh' ? 'zh' : stored(kLangKey) === 'en' ? 'en' : preferredLang(navigator.languages);
let say: Say = words(lang);
let api: Calls | null = null;
let stream: { stop: () => void } | null = null;
let isOpen = true;
let overview: Overview | null = null;
let shown: View = 'topics';
let hours = 24;
let topic = '';
let series: Series | null = null;
let chosen = ''; // when the point begins; '': the newest
let sentiment: Sentiment | '' = '';
let alarm = '';
let asked = 0; // what comes back to an older question is not drawn

const place = (): Place => ({ say, locale: htmlLang[lang] });
const announce = (said: string): void => void (byId('announce').textContent = said);
function pointIndex(): number {
  if (series === null) return 0;
  const found = series.points.findIndex((point) => point.begins === chosen);
  return found < 0 ? Math.max(0, series.points.length - 1) : found;
}

function drawFrame(): void {
  drawFrameOf({
    lang,
    title: say('pageTitle'),
    views: say('views'),
    word: (key) => (isWord(key) ? say(key) : null),
    count: overview?.topics.filter((row) => row.state === 'firing').length ?? 0,
    badge: 'firing',
    me: overview === null ? null : isOpen ? `${overview.person} · ${say('live')}` : say('offlineNow'),
    isOpen,
    shown,
  });
}

// ---- signing in

function drawSignIn(problem = ''): void {
  view.className = 'view-sign-in';
  view.replaceChildren(signInForm({ token: say('token'), help: say('tokenHelp'), signIn: say('signIn') }, problem, (token) => void signIn(token)));
  byId('token').focus();
}

function refusal(problem: Problem): string {
  if (problem.status === 401) return say('tokenWrong');
  if (problem.status === 403) return say('forbidden', { detail: detailOf(problem) });
  return problem.status === 404 ? say('noMonitor') : say('problem', { detail: detailOf(problem) });
}

async function signIn(token: string): Promise<void> {
  const tried = calls(token);
  const outcome = await tried.overview(hours);
  if (!outcome.ok) {
    if (outcome.problem.status === 401) store(kTokenKey, '');
    return drawSignIn(refusal(outcome.problem));
  }
  store(kTokenKey, token);
  api = tried;
  overview = outcome.value;
  topic = overview.topics[0]?.topic ?? '';
  const handlers = {
    event: heard,
    state: (open: boolean) => {
      isOpen = open;
      drawFrame();
    },
    refused: () => signOut(say('tokenWrong')),
  };
  stream = follow(token, handlers, '/v1/monitor/events');
  void show('topics');
}

function signOut(problem = ''): void {
  stream?.stop();
  stream = null;
  api = null;
  overview = null;
  series = null;
  store(kTokenKey, '');
  drawFrame();
  drawSignIn(problem);
}

// ---- news

let waiting = false;
function heard(name: string, data: unknown): void {
  const said = object(data);
  const topics = list(said.topics).map(text);
  if (name === 'changed' && topics.length > 0) announce(say('newAlarm', { topic: topics.join(', ') }));
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    void refresh();
  }, kNewsPause_ms);
}

function failed(problem: Problem): void {
  if (problem.status === 401) return signOut(say('tokenWrong'));
  view.querySelector('.problem-line')?.remove();
  view.prepend(el('p', { class: 'problem-line', role: 'alert' }, say('problem', { detail: detailOf(problem) })));
}

// The value, unless something else has been asked for meanwhile.
async function answer<T>(question: Promise<Outcome<T>> | undefined, number: number): Promise<T | null> {
  const outcome = await question;
  if (outcome === undefined || number !== asked) return null;
  if (outcome.ok) return outcome.value;
  failed(outcome.problem);
  return null;
}

async function refresh(): Promise<void> {
  if (api === null) return;
  const number = (asked += 1);
  const found = await answer(api.overview(hours), number);
  if (found === null) return;
  overview = found;
  drawFrame();
  if (shown === 'topics') await drawTopicView(number);
  else if (shown === 'alarms') await drawAlarmView(number);
  else await drawTable(number);
}

// ---- topics

function frame(): { list: HTMLElement; pane: HTMLElement } {
  const known = document.getElementById('list');
  const pane = document.getElementById('pane');
  if (known !== null && pane !== null) return { list: known, pane };
  const made = { list: el('aside', { id: 'list', class: 'list', 'aria-label': say(shown) }), pane: el('section', { id: 'pane', class: 'pane' }) };
  view.replaceChildren(made.list, made.pane);
  return made;
}

async function drawTopicView(number: number): Promise<void> {
  if (overview === null) return;
  view.className = 'view-board';
  const { list: into, pane } = frame();
  const focused = document.activeElement?.closest<HTMLElement>('[data-topic]')?.dataset.topic ?? '';
  drawTopics(into, overview, topic, place(), (one) => {
    topic = one;
    chosen = '';
    void refresh();
  });
  if (focused !== '') into.querySelector<HTMLElement>(`[data-topic="${CSS.escape(focused)}"]`)?.focus();
  const found = await answer(topic === '' ? undefined : api?.series(topic, hours), number);
  if (found === null) return;
  series = found;
  const kept = document.activeElement?.id ?? '';
  const wasOpen = pane.querySelector('details')?.open === true;
  pane.replaceChildren(...topicFrame(series, hours, pointIndex(), sentiment, place(), { hours: chooseHours, point: choosePoint, show: chooseDocuments }));
  const numbers = pane.querySelector('details');
  if (numbers !== null) numbers.open = wasOpen;
  if (kept === 'range' || kept === 'point' || kept === 'which') document.getElementById(kept)?.focus();
  redrawChart();
  await readDocuments(number);
}

function redrawChart(): void {
  if (series !== null) drawChart(byId('chart'), series, pointIndex(), (index) => {
    byId<HTMLInputElement>('point').value = String(index);
    choosePoint(index);
    chooseDocuments(index, sentiment);
  }, place());
}

function chooseHours(wanted: number): void {
  hours = wanted;
  chosen = '';
  void refresh();
}

function choosePoint(index: number): void {
  if (series === null) return;
  chosen = series.points[index]?.begins ?? '';
  byId('point-says').textContent = pointText(series, index, place());
  redrawChart();
}

function chooseDocuments(index: number, wanted: Sentiment | ''): void {
  chosen = series?.points[index]?.begins ?? '';
  sentiment = wanted;
  void readDocuments((asked += 1));
}

async function readDocuments(number: number): Promise<void> {
  if (series === null) return;
  const { from, to } = periodOf(series, pointIndex());
  const found = await answer(api?.documents(series.topic, from, to, sentiment), number);
  const into = document.getElementById('documents');
  const shown = series.topic; // another may be chosen while these stand there
  if (found !== null && into !== null) drawDocuments(into, found, place(), (doc, wanted) => actions.judgeDocument(doc.id, shown, wanted));
}

// ---- alarms

let evidence: Evidence | null = null;
const did = (outcome: Outcome<true>): void => {
  announce(outcome.ok ? say('done') : detailOf(outcome.problem));
  if (outcome.ok) void refresh();
  else failed(outcome.problem);
};
// What was written beside the buttons has been sent: the alarm is drawn anew.
const judged = (outcome: Outcome<true>): void => {
  evidence = null;
  did(outcome);
};
const actions: AlarmActions = {
  pick: (one) => {
    alarm = one;
    void refresh();
  },
  acknowledge: (one, note) => void api?.acknowledge(one, note).then(did),
  silence: (one, minutes, note) => void api?.silence(one, minutes, note).then(did),
  endSilence: (id) => void api?.endSilence(id).then(did),
  judge: (one, justified, note) => void api?.judgeAlarm(one, justified, note).then(judged),
  judgeDocument: (id, of, wanted) => void api?.judgeDocument(id, of, wanted).then(judged),
};

async function drawAlarmView(number: number): Promise<void> {
  const known = await answer(api?.alarms(), number);
  if (known === null || overview === null) return;
  const { rows } = known;
  view.className = 'view-board';
  const { list: into, pane } = frame();
  drawAlarms(into, known, overview, alarm, place(), actions);
  if (rows.find((row) => row.alarm === alarm) === undefined) {
    evidence = null;
    pane.replaceChildren(el('p', { class: 'empty' }, say('pickAlarm')));
    return;
  }
  const found = await answer(api?.alarm(alarm), number);
  if (found === null) return;
  // What is being written is not drawn over, unless the alarm itself has changed.
  const isWriting = (document.getElementById('note') as HTMLInputElement | null)?.value !== '' && document.getElementById('note') !== null;
  if (isWriting && evidence !== null && evidence.row.alarm === found.row.alarm && evidence.row.state === found.row.state) return;
  evidence = found;
  pane.replaceChildren(...evidencePane(found, place(), actions));
}

// ---- sources and the log

async function drawTable(number: number): Promise<void> {
  view.className = 'view-table';
  if (shown === 'sources') {
    const rows = await answer(api?.sources(), number);
    if (rows !== null) drawSources(view, rows, place());
  } else if (shown === 'drift') {
    const weeks = await answer(api?.drift(), number);
    const unsure = weeks === null ? null : await answer(api?.unsure(), number);
    if (weeks !== null && unsure !== null) drawDrift(view, weeks, unsure, place(), actions.judgeDocument);
  } else {
    const rows = await answer(api?.log(), number);
    if (rows !== null) drawLog(view, rows, place());
  }
}

async function show(next: View): Promise<void> {
  shown = next;
  evidence = null;
  view.replaceChildren(el('p', { class: 'empty' }, say('loading')));
  drawFrame();
  await refresh();
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-view]')) button.addEventListener('click', () => void show(kViews.find((name) => name === button.dataset.view) ?? 'topics'));
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-lang]')) {
  button.addEventListener('click', () => {
    lang = button.dataset.lang === 'zh' ? 'zh' : 'en';
    say = words(lang);
    store(kLangKey, lang);
    drawFrame();
    if (api === null) drawSignIn();
    else void show(shown);
  });
}
byId('sign-out').addEventListener('click', () => signOut());

drawFrame();
const token = stored(kTokenKey);
if (token === '') drawSignIn();
else void signIn(token);
