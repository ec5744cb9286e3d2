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
import { calls, type Calls } from './api';
import { drawDrift } from './drift';
import { drawLatency } from './latency';
import { drawNotices } from './notices';
import type { Evidence, Overview, Sentiment, Series } from './read';
import { drawAlarms, drawChart, drawDocuments, drawLog, drawSources, drawTopics, evidencePane, periodOf, pointText, topicFrame, type AlarmActions, type Place } from './views';
import { words, type Say } from './words';

type View = 'topics' | 'alarms' | 'notices' | 'sources' | 'drift' | 'log';
const kNewsPause_ms = 1000; // a flood of documents redraws once a second

const page = new PersonPage<View, Calls, Overview>({
  tabs: [{ view: 'topics' }, { view: 'alarms', badge: 'firing' }, { view: 'notices' }, { view: 'sources' }, { view: 'drift' }, { view: 'log' }],
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
  },
  stream: { path: '/v1/monitor/events', heard },
  me: (isOpen) => (overview === null ? null : isOpen ? `${overview.person} · ${say('live')}` : say('offlineNow')),
  count: () => overview?.topics.filter((row) => row.state === 'firing').length ?? 0,
  draw: () => {
    evidence = null;
    void refresh();
  },
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
  const focused = document.activeElement?.closest<HTMLElement>('[data-topic]')?.dataset.topic ?? '';
  drawTopics(into, overview, topic, place(), (one) => {
    topic = one;
    chosen = '';
    void refresh();
  });
  if (focused !== '') into.querySelector<HTMLElement>(`[data-topic="${CSS.escape(focused)}"]`)?.focus();
  const found = await page.answer(topic === '' ? undefined : page.api?.series(topic, hours), number);
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
  void readDocuments(page.ask());
}

async function readDocuments(number: number): Promise<void> {
  if (series === null) return;
  const { from, to } = periodOf(series, pointIndex());
  const shown = series.topic; // another may be chosen, or nobody be signed in any more, before the answer is there
  const found = await page.answer(page.api?.documents(shown, from, to, sentiment), number);
  const into = document.getElementById('documents');
  if (found !== null && into !== null) drawDocuments(into, found, place(), (doc, wanted) => actions.judgeDocument(doc.id, shown, wanted));
}

// ---- alarms

let evidence: Evidence | null = null;
const did = (outcome: Outcome<true>): void => {
  page.announce(outcome.ok ? say('done') : detailOf(outcome.problem));
  if (outcome.ok) void refresh();
  else page.failed(outcome.problem);
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
  acknowledge: (one, note) => void page.api?.acknowledge(one, note).then(did),
  silence: (one, minutes, note) => void page.api?.silence(one, minutes, note).then(did),
  endSilence: (id) => void page.api?.endSilence(id).then(did),
  judge: (one, justified, note) => void page.api?.judgeAlarm(one, justified, note).then(judged),
  judgeDocument: (id, of, wanted) => void page.api?.judgeDocument(id, of, wanted).then(judged),
};

async function drawAlarmView(number: number): Promise<void> {
  const known = await page.answer(page.api?.alarms(), number);
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
  const found = await page.answer(page.api?.alarm(alarm), number);
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
  if (page.shown === 'sources') {
    const rows = await page.answer(page.api?.sources(), number);
    const spans = rows === null ? null : await page.answer(page.api?.latency(), number);
    if (rows !== null && spans !== null) drawSources(view, rows, drawLatency(spans, place()), place());
  } else if (page.shown === 'notices') {
    const known = await page.answer(page.api?.notices(), number);
    if (known !== null) drawNotices(view, known, place(), { test: (route) => void page.api?.testRoute(route).then(did), resend: (id) => void page.api?.resend(id).then(did) });
  } else if (page.shown === 'drift') {
    const weeks = await page.answer(page.api?.drift(), number);
    const unsure = weeks === null ? null : await page.answer(page.api?.unsure(), number);
    if (weeks !== null && unsure !== null) drawDrift(view, weeks, unsure, place(), actions.judgeDocument);
  } else {
    const rows = await page.answer(page.api?.log(), number);
    if (rows !== null) drawLog(view, rows, place());
  }
}

page.start();
