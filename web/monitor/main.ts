// The monitor: signs in, follows the stream, asks for what is shown whenever there is news of it.

import '../src/style.css';
import '../console/console.css';
import './monitor.css';
import { list, object, text } from '../console/read';
import type { Outcome, Problem } from '../src/api';
import { byId, el } from '../src/dom';
import { htmlLang } from '../src/i18n';
import { detailOf } from '../src/person_calls';
import { PersonPage } from '../src/person_page';
import { focusIfLost } from '../src/redraw';
import { calls, type Calls } from './api';
import { drawDrift } from './drift';
import { drawLatency } from './latency';
import { drawNotices } from './notices';
import type { Overview, Sentiment, Series } from './read';
import { ReplayPage } from './replay_page';
import { drawAlarms, drawChart, drawDocuments, drawLog, drawSources, drawTopics, evidencePane, periodOf, pointText, topicFrame, type AlarmActions, type Place } from './views';
import { words, type Say } from './words';

type View = 'topics' | 'alarms' | 'notices' | 'sources' | 'drift' | 'replay' | 'log';
const kNewsPause_ms = 1000; // a flood of documents redraws once a second

const page = new PersonPage<View, Calls, Overview>({
  tabs: [{ view: 'topics' }, { view: 'alarms', badge: 'firing' }, { view: 'notices' }, { view: 'sources' }, { view: 'drift' }, { view: 'replay' }, { view: 'log' }],
  words,
  calls,
  first: (api) => api.overview(hours),
  refusal,
  opened: (first) => {
    overview = first;
    topic = first.topics[0]?.topic ?? '';
  },
  closed: () => {
    overview = null;
    series = null;
    replays.close();
  },
  stream: { path: '/v1/monitor/events', heard },
  me: (isOpen) => (overview === null ? null : isOpen ? `${overview.person} · ${say('live')}` : say('offlineNow')),
  count: () => overview?.topics.filter((row) => row.state === 'firing').length ?? 0,
  draw: () => void refresh(),
});
const { view } = page;
const say: Say = (word, values) => words(page.lang)(word, values);
let overview: Overview | null = null;
let hours = 24;
let topic = '';
let series: Series | null = null;
let chosen = ''; // when the point begins; '': the newest
let sentiment: Sentiment | '' = '';
let alarm = '';

const replays = new ReplayPage({
  view: page.view,
  api: () => page.api,
  place: () => place(),
  isShown: () => page.shown === 'replay' && page.api !== null,
});

const place = (): Place => ({ say, locale: htmlLang[page.lang] });
function pointIndex(): number {
  if (series === null) return 0;
  const found = series.points.findIndex((point) => point.begins === chosen);
  return found < 0 ? Math.max(0, series.points.length - 1) : found;
}

function refusal(problem: Problem): string | null {
  if (problem.status === 403) return say('forbidden', { detail: detailOf(problem) });
  return problem.status === 404 ? say('noMonitor') : null;
}

// ---- news

let waiting = false;
function heard(name: string, data: unknown): void {
  const said = object(data);
  const topics = list(said.topics).map(text);
  if (name === 'changed' && topics.length > 0) page.announce(say('newAlarm', { topic: topics.join(', ') }));
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    void refresh();
  }, kNewsPause_ms);
}

async function refresh(): Promise<void> {
  const number = page.ask();
  const found = await page.answer(page.api?.overview(hours), number);
  if (found === null) return;
  overview = found;
  page.drawFrame();
  if (page.shown === 'topics') await drawTopicView(number);
  else if (page.shown === 'alarms') await drawAlarmView(number);
  else await drawTable(number);
}

// ---- topics

function frame(): { list: HTMLElement; pane: HTMLElement } {
  const known = document.getElementById('list');
  const pane = document.getElementById('pane');
  if (known !== null && pane !== null) return { list: known, pane };
  const made = { list: el('aside', { id: 'list', class: 'list', 'aria-label': say(page.shown) }), pane: el('section', { id: 'pane', class: 'pane' }) };
  view.replaceChildren(made.list, made.pane);
  return made;
}

async function drawTopicView(number: number): Promise<void> {
  if (overview === null) return;
  view.className = 'view-board';
  const { list: into, pane } = frame();
  const [known, shown] = [overview, topic];
  const pick = (one: string): void => {
    topic = one;
    chosen = '';
    void refresh();
  };
  page.redraw(into, number, () => drawTopics(into, known, shown, place(), pick));
  const found = await page.answer(topic === '' ? undefined : page.api?.series(topic, hours), number);
  if (found === null) return;
  // The documents of a topic stay until those that are read now are there.
  const documents = series?.topic === found.topic ? document.getElementById('documents') : null;
  series = found;
  page.redraw(pane, number, () => {
    pane.replaceChildren(...topicFrame(found, hours, pointIndex(), sentiment, place(), { hours: chooseHours, point: choosePoint, show: chooseDocuments }));
    if (documents !== null) byId('documents').replaceWith(documents);
    redrawChart();
  });
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
  void readDocuments(page.ask());
}

async function readDocuments(number: number): Promise<void> {
  if (series === null) return;
  const { from, to } = periodOf(series, pointIndex());
  const shown = series.topic; // another may be chosen, or nobody be signed in any more, before the answer is there
  const found = await page.answer(page.api?.documents(shown, from, to, sentiment), number);
  const into = document.getElementById('documents');
  if (found !== null && into !== null) page.redraw(into, number, () => drawDocuments(into, found, place(), (doc, wanted) => actions.judgeDocument(doc.id, shown, wanted)));
}

// ---- alarms

const did = (outcome: Outcome<true>): void => {
  page.announce(outcome.ok ? say('done') : detailOf(outcome.problem));
  if (outcome.ok) void refresh().then(() => focusIfLost(view));
  else page.failed(outcome.problem);
};
// What was written beside the buttons has been sent, and is no more to be written.
const told = (sent: string) => (outcome: Outcome<true>): void => {
  const note = document.getElementById('note');
  if (outcome.ok && note instanceof HTMLInputElement && note.value.trim() === sent) note.value = '';
  did(outcome);
};
const actions: AlarmActions = {
  pick: (one) => {
    alarm = one;
    void refresh();
  },
  acknowledge: (one, note) => void page.api?.acknowledge(one, note).then(told(note)),
  silence: (one, minutes, note) => void page.api?.silence(one, minutes, note).then(told(note)),
  endSilence: (id) => void page.api?.endSilence(id).then(did),
  judge: (one, justified, note) => void page.api?.judgeAlarm(one, justified, note).then(told(note)),
  judgeDocument: (id, of, wanted) => void page.api?.judgeDocument(id, of, wanted).then(did),
};

async function drawAlarmView(number: number): Promise<void> {
  const known = await page.answer(page.api?.alarms(), number);
  if (known === null || overview === null) return;
  const [board, shown] = [overview, alarm];
  view.className = 'view-board';
  const { list: into, pane } = frame();
  page.redraw(into, number, () => drawAlarms(into, known, board, shown, place(), actions));
  if (known.rows.find((row) => row.alarm === shown) === undefined) {
    pane.replaceChildren(el('p', { class: 'empty' }, say('pickAlarm')));
    return;
  }
  const found = await page.answer(page.api?.alarm(shown), number);
  if (found !== null) page.redraw(pane, number, () => pane.replaceChildren(...evidencePane(found, place(), actions)));
}

// ---- sources and the log

async function drawTable(number: number): Promise<void> {
  view.className = 'view-table';
  const drawn = (draw: () => void): void => page.redraw(view, number, draw);
  if (page.shown === 'sources') {
    const rows = await page.answer(page.api?.sources(), number);
    const spans = rows === null ? null : await page.answer(page.api?.latency(), number);
    if (rows !== null && spans !== null) drawn(() => drawSources(view, rows, drawLatency(spans, place()), place()));
  } else if (page.shown === 'notices') {
    const known = await page.answer(page.api?.notices(), number);
    const acts = { test: (route: string) => void page.api?.testRoute(route).then(did), resend: (id: string) => void page.api?.resend(id).then(did) };
    if (known !== null) drawn(() => drawNotices(view, known, place(), acts));
  } else if (page.shown === 'replay') {
    const rules = replays.isKnown ? null : await page.answer(page.api?.rules(), number);
    if (rules !== null) replays.open(rules, topic);
    replays.draw();
  } else if (page.shown === 'drift') {
    const weeks = await page.answer(page.api?.drift(), number);
    const unsure = weeks === null ? null : await page.answer(page.api?.unsure(), number);
    if (weeks !== null && unsure !== null) drawn(() => drawDrift(view, weeks, unsure, place(), actions.judgeDocument));
  } else {
    const rows = await page.answer(page.api?.log(), number);
    if (rows !== null) drawn(() => drawLog(view, rows, place()));
  }
}

page.start();
