// Draws what the monitor's pages show. Text is always text: whatever a source wrote stays letters.

import { textLang } from '../src/format';
import { heads, whenOf, wide, type PlaceOf } from '../src/tables';
import { el } from '../src/dom';
import { drawEvidence, drawSeries, kBox, layout, ticks } from './chart';
import { exportButtons } from './export';
import { kSentiments, type AlarmRow, type Alarms, type Doc, type Evidence, type LogRow, type Overview, type Sentiment, type Series, type SourceRow, type TopicRow } from './read';
import { isWord, type Say, type Word } from './words';

export const kHours = [6, 24, 168, 720] as const;
const kSilenceMinutes = [60, 240, 1440, 10080] as const;

export type Place = PlaceOf<Say>;
const percent = (share: number): string => (100 * share).toFixed(0);
const shareOf = (part: number, whole: number): string => percent(whole > 0 ? part / whole : 0);
const endOf = (series: Series, index: number): string => new Date(Date.parse(series.points[index]?.begins ?? '') + series.step_minutes * 60_000).toISOString();
const stateWord = (state: TopicRow['state'] | AlarmRow['state']): Word => `state_${state}`;
const stateBadge = (state: TopicRow['state'] | AlarmRow['state'], say: Say): HTMLElement => el('span', { class: `state ${state}` }, say(stateWord(state)));
export const column = (say: Say, ...names: Word[]): HTMLElement => heads(names.map((name) => say(name)));

// ---- topics

// How much of all that was said each topic is, as a bar; the numbers stand beside it.
function shareBar(row: TopicRow, total: number): HTMLElement {
  const fill = el('span', { class: 'share-fill' });
  fill.style.width = `${shareOf(row.total, total)}%`;
  return el('span', { class: 'share', 'aria-hidden': 'true' }, fill);
}

export function drawTopics(into: HTMLElement, overview: Overview, chosen: string, { say }: Place, pick: (topic: string) => void): void {
  const total = overview.topics.reduce((sum, row) => sum + row.total, 0);
  into.replaceChildren(
    el('h2', {}, say('topics')),
    el(
      'ul',
      { class: 'items' },
      ...overview.topics.map((row) => {
        const button = el(
          'button',
          { type: 'button', class: 'item', 'data-topic': row.topic, 'aria-current': row.topic === chosen ? 'true' : 'false' },
          el('span', { class: 'item-text', lang: textLang(row.topic) }, row.topic),
          stateBadge(row.state, say),
          row.silenced ? el('span', { class: 'item-meta' }, say('silenced')) : null,
          el('span', { class: 'item-meta counts' }, `${say('negative')} ${row.negative} / ${row.total}`),
          row.total === 0 ? null : el('span', { class: 'item-meta shares' }, shareBar(row, total), `${say('ofAll', { share: shareOf(row.total, total) })} · ${say('negativeShare', { share: shareOf(row.negative, row.total) })}`),
        );
        button.addEventListener('click', () => pick(row.topic));
        return el('li', {}, button);
      }),
    ),
    el('p', { class: 'empty model-line' }, overview.release === '' ? say('noModel') : say('modelLine', { release: overview.release })),
  );
}

export interface SeriesActions {
  hours: (hours: number) => void;
  point: (index: number) => void;
  show: (index: number, sentiment: Sentiment | '') => void;
}

// Whether nothing was watched at some moment of the point.
export function inGap(series: Series, index: number): boolean {
  const begin = Date.parse(series.points[index]?.begins ?? '');
  const end = begin + series.step_minutes * 60_000;
  return series.gaps.some((gap) => Date.parse(gap.from) < end && (gap.to === '' || Date.parse(gap.to) > begin));
}

export function pointText(series: Series, index: number, { say, locale }: Place): string {
  const point = series.points[index];
  if (point === undefined) return '';
  const values = { from: whenOf(point.begins, locale), to: whenOf(endOf(series, index), locale), total: point.total, negative: point.negative, positive: point.positive };
  const expected = point.low === null || point.high === null ? '' : ` · ${say('expected', { low: point.low, high: point.high })}`;
  return say('pointSays', values) + expected + (inGap(series, index) ? ` ${say('pointInGap')}` : '');
}

export const periodOf = (series: Series, index: number): { from: string; to: string } => ({ from: series.points[index]?.begins ?? '', to: endOf(series, index) });

// The frame of a topic; the chart, the point's words and the documents are put into #chart, #point-says, #documents.
export function topicFrame(series: Series, hours: number, chosen: number, sentiment: Sentiment | '', place: Place, actions: SeriesActions): HTMLElement[] {
  const { say, locale } = place;
  const range = el('select', { id: 'range' }, ...kHours.map((one) => el('option', { value: String(one), selected: one === hours }, say(`hours_${one}`))));
  range.addEventListener('change', () => actions.hours(Number(range.value)));
  const slider = el('input', { id: 'point', type: 'range', 'data-drawn': true, min: '0', max: String(Math.max(0, series.points.length - 1)), step: '1', value: String(chosen) });
  slider.addEventListener('input', () => actions.point(Number(slider.value)));
  const which = el('select', { id: 'which' }, el('option', { value: '' }, say('anySentiment')), ...kSentiments.map((one) => el('option', { value: one, selected: one === sentiment }, say(one))));
  const show = (): void => actions.show(Number(slider.value), kSentiments.find((one) => one === which.value) ?? '');
  which.addEventListener('change', show);
  slider.addEventListener('change', show);
  return [
    el('div', { class: 'topic-top' }, el('h2', { lang: textLang(series.topic) }, series.topic), el('label', { for: 'range' }, say('range'), ' ', range)),
    el('h3', {}, say('overTime')),
    el('div', { id: 'chart', class: 'chart-box' }),
    el('ul', { class: 'legend' }, ...kSentiments.map((one) => el('li', { class: `key ${one}` }, say(one)))),
    el('p', { class: 'empty' }, say('chartBand')),
    el('div', { class: 'point-row' }, el('label', { for: 'point' }, say('choosePoint')), slider, el('label', { for: 'which' }, say('show')), which),
    el('p', { id: 'point-says', class: 'point-says', 'aria-live': 'polite' }, pointText(series, chosen, place)),
    el('h3', {}, say('behind')),
    el('div', { id: 'documents' }),
    exportButtons(series, place),
    el(
      'details',
      { class: 'numbers' },
      el('summary', {}, say('asTable')),
      wide(
        say('asTable'),
        el(
          'table',
          {},
          column(say, 'time', 'documents', 'negative', 'neutral', 'positive', 'expectedColumn'),
          el('tbody', {}, ...series.points.map((point) => el('tr', {}, el('th', { scope: 'row' }, whenOf(point.begins, locale)), ...[point.total, point.negative, point.total - point.negative - point.positive, point.positive, point.high ?? '–'].map((value) => el('td', {}, String(value)))))),
        ),
      ),
    ),
  ];
}

// The scales stand beside the picture as text: the picture is stretched to its place.
export function drawChart(into: HTMLElement, series: Series, chosen: number, pick: (index: number) => void, { say, locale }: Place): void {
  const at = (text: string, side: 'top' | 'left', share: number, className: string): HTMLElement => {
    const label = el('span', { class: className }, text);
    label.style[side] = `${(100 * share).toFixed(2)}%`;
    return label;
  };
  const values = ticks(layout(series)).map((tick) => at(String(tick.value), 'top', tick.y / kBox.height, `tick ${tick.side}`));
  const days = (series.points.length * series.step_minutes) / 1440;
  const count = Math.min(6, series.points.length);
  const times = Array.from({ length: count }, (_, index) => {
    const point = Math.floor((index * series.points.length) / count);
    const begins = new Date(series.points[point]?.begins ?? '');
    const said = days > 2 ? begins.toLocaleDateString(locale, { month: 'numeric', day: 'numeric' }) : begins.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    return at(said, 'left', point / Math.max(1, series.points.length), 'tick time');
  });
  into.replaceChildren(
    el('div', { class: 'y-scale', 'aria-hidden': 'true' }, ...values, el('span', { class: 'unit up' }, say('axisUp')), el('span', { class: 'unit down' }, say('axisDown'))),
    el('div', { class: 'plot' }, drawSeries(series, chosen, pick), el('div', { class: 'x-scale', 'aria-hidden': 'true' }, ...times)),
  );
}

export type Judge = (doc: Doc, sentiment: Sentiment) => void;

function judgeForm(doc: Doc, { say }: Place, judge: Judge): HTMLElement {
  const select = el('select', { class: 'judge', 'data-drawn': true, 'aria-label': say('judge') }, el('option', { value: '' }, say('judgeAs')), ...kSentiments.map((one) => el('option', { value: one }, say(one))));
  select.addEventListener('change', () => {
    const wanted = kSentiments.find((one) => one === select.value);
    if (wanted !== undefined) judge(doc, wanted);
  });
  const said = doc.judged === null ? null : el('span', { class: 'judged' }, say('judgedAs', { who: doc.judged.by, sentiment: say(doc.judged.sentiment) }), ' ');
  return el('p', { class: 'item-meta' }, said, select);
}

export function documentLine(doc: Doc, place: Place, judge: Judge): HTMLElement {
  const { say, locale } = place;
  const title = doc.title || say('untitled');
  const heading = doc.url === '' ? el('span', {}, title) : el('a', { href: doc.url, rel: 'noopener noreferrer nofollow', target: '_blank' }, title);
  return el(
    'li',
    { class: 'document', 'data-document': String(doc.id) },
    el('p', { class: 'document-title', lang: textLang(title) }, el('span', { class: `key ${doc.sentiment}` }, say(doc.sentiment)), ' ', heading),
    el('p', { class: 'item-meta' }, [doc.publisher, whenOf(doc.published, locale), doc.in_story > 1 ? say('inStory', { n: doc.in_story, publishers: doc.story_publishers }) : '', doc.counted ? '' : say('notCounted')].filter((part) => part !== '').join(' · ')),
    doc.text === '' || doc.text === doc.title ? null : el('p', { class: 'document-text', lang: textLang(doc.text) }, doc.text),
    el('p', { class: 'item-meta' }, doc.score === null ? say('saidItself') : say('scoredBy', { release: doc.score.release, negative: percent(doc.score.negative), neutral: percent(doc.score.neutral), positive: percent(doc.score.positive) })),
    judgeForm(doc, place, judge),
  );
}

export function drawDocuments(into: HTMLElement, documents: Doc[], place: Place, judge: Judge): void {
  if (documents.length === 0) into.replaceChildren(el('p', { class: 'empty' }, place.say('noDocuments')));
  else into.replaceChildren(el('ol', { class: 'documents' }, ...documents.map((doc) => documentLine(doc, place, judge))));
}

// ---- alarms

export interface AlarmActions {
  pick: (alarm: string) => void;
  acknowledge: (alarm: string, note: string) => void;
  silence: (topic: string, minutes: number, note: string) => void;
  endSilence: (id: string) => void;
  judge: (alarm: string, justified: boolean, note: string) => void;
  judgeDocument: (id: number, topic: string, sentiment: Sentiment) => void;
}

const replaceWith = (into: HTMLElement, parts: (HTMLElement | null)[]): void => into.replaceChildren(...parts.filter((part) => part !== null));

export function drawAlarms(into: HTMLElement, { rows, precision }: Alarms, overview: Overview, chosen: string, place: Place, actions: AlarmActions): void {
  const { say, locale } = place;
  const line = (row: AlarmRow): HTMLElement => {
    const button = el(
      'button',
      { type: 'button', class: 'item', 'data-alarm': row.alarm, 'aria-current': row.alarm === chosen ? 'true' : 'false' },
      el('span', { class: 'item-text', lang: textLang(row.topic) }, row.topic),
      stateBadge(row.state, say),
      el('span', { class: 'item-meta' }, whenOf(row.fired, locale)),
    );
    button.addEventListener('click', () => actions.pick(row.alarm));
    return el('li', {}, button);
  };
  const silence = (one: Overview['silences'][number]): HTMLElement => {
    const button = el('button', { type: 'button', class: 'outline', 'data-end-silence': one.id }, say('end'));
    button.addEventListener('click', () => actions.endSilence(one.id));
    const said = say('silenceLine', { topic: one.topic || say('allTopics'), ends: whenOf(one.ends, locale), who: one.created_by });
    return el('li', { class: 'waiting' }, el('div', {}, el('span', {}, said), el('span', { class: 'item-meta' }, one.note)), button);
  };
  replaceWith(into, [
    el('h2', {}, say('alarms')),
    rows.length === 0 ? el('p', { class: 'empty' }, say('noAlarms')) : el('ul', { class: 'items' }, ...rows.map(line)),
    precision.judged === 0 ? null : el('p', { class: 'empty precision' }, say('precisionLine', { judged: precision.judged, justified: precision.justified, share: shareOf(precision.justified, precision.judged) })),
    ...(overview.silences.length === 0 ? [] : [el('h2', {}, say('silences')), el('ul', { class: 'items' }, ...overview.silences.map(silence))]),
  ]);
}

function alarmForms(row: AlarmRow, say: Say, actions: AlarmActions): HTMLElement {
  const note = el('input', { id: 'note', type: 'text', maxlength: '500', autocomplete: 'off' });
  const minutes = el('select', { id: 'minutes' }, ...kSilenceMinutes.map((one) => el('option', { value: String(one) }, say(`minutes_${one}`))));
  const acknowledge = el('button', { type: 'button', class: 'solid', id: 'acknowledge', disabled: row.state !== 'firing' }, say('acknowledge'));
  acknowledge.addEventListener('click', () => actions.acknowledge(row.alarm, note.value.trim()));
  const silence = el('button', { type: 'button', class: 'outline', id: 'silence' }, say('silence'));
  silence.addEventListener('click', () => actions.silence(row.topic, Number(minutes.value), note.value.trim()));
  const verdict = (justified: boolean): HTMLElement => {
    const button = el('button', { type: 'button', class: 'outline', id: justified ? 'alarm-true' : 'alarm-false', 'aria-pressed': String(row.judged?.justified === justified) }, say(justified ? 'alarmTrue' : 'alarmFalse'));
    button.addEventListener('click', () => actions.judge(row.alarm, justified, note.value.trim()));
    return button;
  };
  return el('div', { class: 'alarm-actions', 'data-of': row.alarm }, el('label', { for: 'note' }, say('note')), note, acknowledge, el('label', { for: 'minutes' }, say('silenceFor')), minutes, silence, verdict(true), verdict(false));
}

export function evidencePane(evidence: Evidence, place: Place, actions: AlarmActions): HTMLElement[] {
  const { say, locale } = place;
  const { row } = evidence;
  const cause: Word = evidence.cause === 'absolute_limit' ? 'cause_absolute_limit' : 'cause_surge';
  const fact = (word: Word, value: string): HTMLElement => el('div', { class: 'figure', 'data-figure': word }, el('dt', {}, say(word)), el('dd', {}, value));
  const tail = (log10: number | null): string => (log10 === null ? '–' : say('tail', { n: log10.toFixed(1) }));
  return [
    el('div', { class: 'topic-top' }, el('h2', { lang: textLang(row.topic) }, row.topic), stateBadge(row.state, say)),
    el('p', {}, say(cause), ' · ', say('inWindow', { minutes: evidence.minutes, total: evidence.total, negative: evidence.negative, publishers: evidence.publishers })),
    row.state === 'acknowledged' ? el('p', { class: 'acknowledged' }, say('acknowledged', { who: row.acknowledged_by, note: row.note })) : null,
    row.judged === null ? null : el('p', { class: 'judged' }, say('alarmJudged', { who: row.judged.by, verdict: say(row.judged.justified ? 'alarmTrue' : 'alarmFalse') })),
    alarmForms(row, say, actions),
    el(
      'dl',
      { class: 'figures' },
      fact('firedAt', whenOf(row.fired, locale)),
      fact('changedAt', whenOf(row.changed, locale)),
      evidence.limit === null ? fact('score', evidence.score === null || evidence.threshold === null ? '–' : `${evidence.score.toFixed(1)} / ${evidence.threshold.toFixed(1)}`) : fact('limit', String(evidence.limit)),
      fact('countTail', tail(evidence.count_tail)),
      fact('shareTail', tail(evidence.share_tail)),
    ),
    el('h3', {}, say('evidence')),
    el('div', { class: 'chart-box' }, drawEvidence(evidence)),
    el('p', { class: 'empty' }, say('bandSays')),
    evidence.terms.length === 0 ? null : el('p', { class: 'terms' }, say('terms'), ...evidence.terms.flatMap((one) => [' ', el('span', { class: 'term', lang: textLang(one.term), title: say('termSays', { n: one.documents, before: one.before, of: evidence.before }) }, one.term)])),
    el('ol', { class: 'documents' }, ...evidence.documents.map((doc) => documentLine(doc, place, (one, sentiment) => actions.judgeDocument(one.id, row.topic, sentiment)))),
  ].filter((part) => part !== null);
}

// ---- sources and the log

// `below`: what stands behind the sources.
export function drawSources(into: HTMLElement, rows: SourceRow[], below: HTMLElement[], { say, locale }: Place): void {
  const line = (row: SourceRow): HTMLElement => el('tr', {}, el('th', { scope: 'row' }, row.source), el('td', {}, row.outcome), el('td', {}, String(row.count)), el('td', {}, whenOf(row.last, locale)), el('td', {}, row.detail));
  into.replaceChildren(
    el('h2', {}, say('sources')),
    rows.length === 0 ? el('p', { class: 'empty' }, say('noSources')) : wide(say('sources'), el('table', {}, column(say, 'sources', 'outcome', 'count', 'last', 'detail'), el('tbody', {}, ...rows.map(line)))),
    ...below,
  );
}

export function drawLog(into: HTMLElement, rows: LogRow[], { say, locale }: Place): void {
  const event = (name: string): string => {
    const word = `state_${name}`;
    return isWord(word) ? say(word) : name;
  };
  const line = (row: LogRow): HTMLElement => el('tr', {}, el('td', {}, whenOf(row.time, locale)), el('td', {}, event(row.event)), el('td', {}, row.topic || row.alarm), el('td', {}, row.who || say('monitorItself')), el('td', {}, row.detail));
  into.replaceChildren(el('h2', {}, say('log')), wide(say('log'), el('table', {}, column(say, 'time', 'event', 'topic', 'who', 'detail'), el('tbody', {}, ...rows.map(line)))));
}
