import { describe, expect, it } from 'vitest';
import { bandOutlines, kBox, layout, marksUpTo, placeOf, ticks } from './chart';
import { readAlarms, readDocuments, readEvidence, readOverview, readSeries, webAddress } from './read';
import { whenOf } from '../src/tables';
import { fileName, seriesCsv, seriesJson, seriesSvg } from './export';
import { durationOf, readSpans, spanCells } from './latency';
import { inGap, periodOf, pointText } from './views';
import { readUnsure, readWeeks, weekCells } from './drift';
import { noticeCells, readNotices } from './notices';
import { bodyOf, delayOf, keyOf, kRuleKeys, pairs, readReplayed, readRules } from './replay';
import { differenceText, wrongText } from './replay_view';
import { isWord, words } from './words';

const series = readSeries({
  topic: 'tea',
  step_minutes: 10,
  points: [
    { begins: '2026-11-27T08:00:00.000Z', total: 6, negative: 2, positive: 1 },
    { begins: '2026-11-27T08:10:00.000Z', total: 0, negative: 0, positive: 0 },
    { begins: '2026-11-27T08:20:00.000Z', total: 4, negative: 4, positive: 0 },
  ],
  alarms: [{ alarm: 'tea@1', fired: '2026-11-27T08:25:00.000Z', firing: true }],
  gaps: [{ from: '2026-11-27T08:12:00.000Z', to: '2026-11-27T08:18:00.000Z' }],
});

describe('the chart', () => {
  it('has every document once, negative below the line and the rest above it', () => {
    const { bars, zero, most_up, most_down } = layout(series);
    expect([most_up, most_down]).toEqual([4, 4]);
    const unit = (kBox.height - kBox.axis) / 8;
    expect(bars[0]?.negative).toEqual({ y: zero, height: 2 * unit });
    expect(bars[0]?.neutral).toEqual({ y: zero - 3 * unit, height: 3 * unit });
    expect(bars[0]?.positive.y).toBeCloseTo(zero - 4 * unit);
    expect(bars[2]?.negative.height).toBeCloseTo(kBox.height - kBox.axis - zero);
    expect(bars[1]?.neutral.height).toBe(0);
  });
  it('has a scale of whole round numbers on both sides, and a band only where one is known', () => {
    expect(marksUpTo(4, 3)).toEqual([2, 4]);
    expect(marksUpTo(1, 1)).toEqual([1]);
    expect(marksUpTo(730, 4)).toEqual([200, 400, 600]);
    const marks = ticks(layout(series));
    expect(marks.map((tick) => tick.value)).toEqual([4, 2, 0, 2, 4]);
    expect(marks.map((tick) => tick.y)).toEqual([...marks].map((tick) => tick.y).sort((a, b) => a - b));
    expect(bandOutlines(series)).toEqual([]);
    const banded = readSeries({ topic: 'tea', step_minutes: 10, points: [{ begins: '2026-11-27T08:00:00.000Z', total: 1, negative: 1, low: 0, high: 9 }, { begins: '2026-11-27T08:10:00.000Z', total: 0, negative: 0 }] });
    const { zero, most_down } = layout(banded);
    expect(most_down).toBe(9);
    const unit = (kBox.height - kBox.axis) / 10;
    expect(bandOutlines(banded)).toEqual([[[0, zero], [kBox.width / 2, zero], [kBox.width / 2, zero + 9 * unit], [0, zero + 9 * unit]]]);
    expect(seriesCsv(banded)).toBe('begins,total,negative,neutral,positive,expected_low,expected_high\r\n2026-11-27T08:00:00.000Z,1,1,0,0,0,9\r\n2026-11-27T08:10:00.000Z,0,0,0,0,,\r\n');
    expect(pointText(banded, 0, { say: words('en'), locale: 'en' })).toContain('usually 0–9 negative');
  });
  it('puts times where they belong and holds them to the box', () => {
    expect(placeOf(series, '2026-11-27T08:15:00Z')).toBeCloseTo(kBox.width / 2);
    expect(placeOf(series, '2026-11-26T08:15:00Z')).toBe(0);
    expect(placeOf(series, '2026-11-28T08:15:00Z')).toBe(kBox.width);
    expect(placeOf(series, 'never')).toBe(0);
    expect(placeOf(readSeries({}), '2026-11-28T08:15:00Z')).toBe(0);
  });
  it('says of a gap that it is no calm', () => {
    expect([0, 1, 2].map((index) => inGap(series, index))).toEqual([false, true, false]);
    const place = { say: words('en'), locale: 'en' };
    expect(pointText(series, 1, place)).toContain('not calm');
    expect(pointText(series, 0, place)).toContain('6 documents, 2 negative, 1 positive');
    expect(pointText(series, 9, place)).toBe('');
    expect(periodOf(series, 2).to).toBe('2026-11-27T08:30:00.000Z');
  });
});

describe('what the server sends', () => {
  it('is read member by member, whatever it is', () => {
    for (const json of [null, 7, [], { topics: 'x', points: {}, alarms: 3, documents: [null] }]) {
      expect(readOverview(json).topics).toEqual([]);
      expect(readSeries(json).points).toEqual([]);
      expect(readAlarms(json)).toEqual({ rows: [], precision: { judged: 0, justified: 0 } });
      expect(readEvidence(json).series).toEqual([]);
    }
    expect(readDocuments({ documents: [{}] })[0]?.sentiment).toBe('neutral');
    expect(readOverview({ topics: [{ topic: 'a', state: 'odd' }] }).topics[0]?.state).toBe('learning');
  });
  it('has links only to the web', () => {
    expect(webAddress('https://a.example/x')).toBe('https://a.example/x');
    for (const address of ['javascript:alert(1)', 'data:text/html,x', '//a.example', 'ftp://a', '']) expect(webAddress(address)).toBe('');
  });
  it('reads the evidence of an alarm in its units', () => {
    const evidence = readEvidence({
      alarm: 'tea@1', topic: 'tea', state: 'acknowledged', acknowledged_by: 'Li', note: 'calls',
      explanation: { cause: 'surge', window_ns: 900e9, negative: 9, total: 12, publishers: [1, 2, 3], threshold_micro: 7_500_000, test: { log10_count_tail: -8.25, log10_share_tail: -4, score_micro: 9_000_000 }, series: [{ time_ns: 1e15, negative: 3, low: 0, high: 2 }] },
    });
    expect([evidence.minutes, evidence.publishers, evidence.score, evidence.threshold, evidence.count_tail]).toEqual([15, 3, 9, 7.5, -8.25]);
    expect(evidence.limit).toBeNull();
    expect(evidence.series[0]).toEqual({ time_ms: 1e9, negative: 3, low: 0, high: 2 });
    expect(evidence.row.acknowledged_by).toBe('Li');
    expect(evidence.terms).toEqual([]);
    const terms = { before: 20, terms: [{ term: 'glass', documents: 3, before: 0 }, {}] };
    expect([readEvidence({ terms }).terms, readEvidence({ terms }).before]).toEqual([[{ term: 'glass', documents: 3, before: 0 }], 20]);
  });
});

describe('words', () => {
  it('are there in both languages, with the same gaps', () => {
    const names = ['expected', 'judgedAs', 'precisionLine', 'alarmJudged', 'pointSays', 'scoredBy', 'inWindow', 'silenceLine', 'acknowledged'] as const;
    for (const name of names) {
      const gaps = (lang: 'zh' | 'en'): string => (words(lang)(name).match(/\{\w+\}/g) ?? []).sort().join();
      expect(gaps('zh')).toBe(gaps('en'));
      expect(gaps('en')).not.toBe('');
    }
    expect(isWord('state_firing')).toBe(true);
    expect(isWord('toString')).toBe(false);
    expect(whenOf('never', 'en')).toBe('never');
  });
});

describe('the model', () => {
  it('is shown week by week, and what was not compared has no figures', () => {
    const weeks = readWeeks({
      weeks: [
        { release: 'r2', week: '2026-11-23', verdict: 'drifted', stories: 600, unsure: 90, judged: 4, confirmed: 1, psi: 0.31234, ks: 0.2, reference: '2026-11-09' },
        { release: 'r2', week: '2026-11-16', verdict: 'no such', stories: 0, psi: null },
        'nonsense',
      ],
    });
    const place = { say: words('en'), locale: 'en' };
    expect(weekCells(weeks[0]!, place)).toEqual(['drifted', '0.312', '0.200', '2026-11-09', '600', '15.0%', '1 / 4', 'r2']);
    expect(weekCells(weeks[1]!, place)).toEqual(['too few', '–', '–', '–', '0', '–', '–', 'r2']);
    expect(readWeeks(null)).toEqual([]);
  });
  it('asks about documents under their topic', () => {
    const unsure = readUnsure({ documents: [{ id: 7, topic: 'tea', title: 'x', url: 'javascript:alert(1)', sentiment: 'neutral', score: { release: 'r', negative: 0.4, neutral: 0.41, positive: 0.19 } }] });
    expect(unsure[0]).toMatchObject({ id: 7, topic: 'tea', url: '', sentiment: 'neutral' });
    expect(readUnsure({})).toEqual([]);
  });
});

describe('the notices', () => {
  it('say what became of each', () => {
    const known = readNotices({
      routes: [{ name: 'desk', kind: 'webhook', topics: ['tea'] }, { kind: 'mail' }, 7],
      notices: [{ id: 'ntc_1', route: 'mail', recipient: 'li@a.example', state: 'dead', attempts: 3, last_error: '550', status: 'firing', topics: ['tea', '水'] }, { id: 'ntc_2', state: 'odd', status: 'new kind' }, {}],
    });
    expect(known.routes).toEqual([{ name: 'desk', kind: 'webhook', topics: ['tea'] }]);
    const place = { say: words('en'), locale: 'en' };
    expect(noticeCells(known.notices[0]!, place).slice(1)).toEqual(['mail · li@a.example', 'alarm: tea, 水', 'not delivered', '3', '550']);
    expect(noticeCells(known.notices[1]!, place).slice(2)).toEqual(['new kind', 'waiting', '0', '']);
    expect(known.notices.length).toBe(2);
    expect(readNotices(null)).toEqual({ notices: [], routes: [] });
  });
});

describe('the files', () => {
  const place = { say: words('en'), locale: 'en' };
  it('are the numbers with what a CSV has no place for', () => {
    const json = JSON.parse(seriesJson(series));
    expect(json.points[0]).toEqual({ begins: '2026-11-27T08:00:00.000Z', total: 6, negative: 2, neutral: 3, positive: 1, expected_low: null, expected_high: null });
    expect(json.points.length).toBe(3);
    expect(json.alarms).toEqual([{ alarm: 'tea@1', fired: '2026-11-27T08:25:00.000Z', resolved: null }]);
    expect(json.gaps).toEqual([{ from: '2026-11-27T08:12:00.000Z', to: '2026-11-27T08:18:00.000Z' }]);
  });
  it('are a picture that stands alone: every bar, the alarm, the gap, words and sizes', () => {
    const svg = seriesSvg({ ...series, models: [{ time: '2026-11-27T08:15:00.000Z', detail: 'rel_2' }] }, place);
    const count = (what: string): number => svg.split(what).length - 1;
    expect([count('class="negative"'), count('class="neutral"'), count('class="positive"')]).toEqual([2, 1, 1]);
    expect([count('class="mark"'), count('class="alarm"'), count('class="gap"'), count('class="band"'), count('class="model"')]).toEqual([1, 1, 1, 0, 1]);
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    for (const said of ['>tea<', '>Negative<', '10 minutes a point']) expect(svg).toContain(said);
    expect(svg).not.toMatch(/var\(|NaN|undefined/);
    expect(seriesSvg(readSeries({}), place)).not.toMatch(/NaN|undefined|Invalid/);
  });
  it('keep a topic what it is: letters, in a picture and in a name', () => {
    const odd = { ...series, topic: '</text><script>&"青山\u0001' };
    expect(seriesSvg(odd, place)).not.toMatch(/<script|\u0001/);
    expect(seriesSvg(odd, place)).toContain('青山');
    expect(fileName({ ...series, topic: '../青山 茶/a:b' }, 'png')).toBe('.._青山_茶_a_b-2026-11-27.png');
    expect(seriesCsv(series).split('\r\n').length).toBe(5);
  });
});

describe('the delay', () => {
  it('is said as at most, in units people read, and not at all where nothing was measured', () => {
    const place = { say: words('en'), locale: 'en' };
    const spans = readSpans({ spans: [{ span: 'intake', count: 8, p50_ms: 300, p95_ms: 90_000, p99_ms: 420_000, most_ms: 14_400_000 }, { span: 'notice', count: 0, p50_ms: null }, 7] });
    expect(spanCells(spans[0]!, place)).toEqual(['received – counted', '8', '≤ 0.3 sec', '≤ 90 sec', '≤ 7 min', '≤ 4 hr']);
    expect(spanCells(spans[1]!, place)).toEqual(['notice written – taken', '0', '–', '–', '–', '–']);
    expect(spans.length).toBe(2);
    expect(durationOf(2_592_000_000, 'en')).toBe('30 days');
    expect(readSpans(null)).toEqual([]);
  });
});

describe('a replay', () => {
  const time = (minute: number): string => new Date(Date.UTC(2026, 10, 27, 8, minute)).toISOString();
  const rules = readRules({ manager: true, topics: [{ topic: 'tea', rule: { false_alarms_per_week: 0.1, publishers_min: 3, hold_minutes: 0, keep_firing_minutes: 15, reopen_minutes: 60, absolute_limit: null } }, {}] });
  it('is asked with what differs from the rule as it is', () => {
    const own = rules.topics[0]!.rule;
    expect([rules.isManager, rules.topics.length, own.absolute_limit]).toEqual([true, 1, '']);
    expect(bodyOf({ topic: 'tea', days: 7, rule: { ...own } }, own)).toEqual({ topic: 'tea', days: 7, rule: {} });
    const rule = { ...own, false_alarms_per_week: '0,5', publishers_min: '3.0', hold_minutes: 'ten', reopen_minutes: '', absolute_limit: '9' };
    expect(bodyOf({ topic: 'tea', days: 7, rule }, own).rule).toEqual({ false_alarms_per_week: 0.5, hold_minutes: 'ten', reopen_minutes: '', absolute_limit: 9 });
    expect(bodyOf({ topic: 'tea', days: 7, rule: own }, rule).rule).toMatchObject({ absolute_limit: null });
    expect([keyOf('rule.hold_minutes'), keyOf('rule.windows'), keyOf('days')]).toEqual(['hold_minutes', null, null]);
  });
  it('puts alarms beside each other that fired at one time', () => {
    const all = readReplayed({
      documents: 7,
      raised: [{ alarm: 'tea@1', fired: time(10), resolved: time(20), justified: false }, { alarm: 'tea@2', fired: time(40), resolved: null }],
      would_raise: [{ alarm: 'tea@3', fired: time(2), resolved: time(5) }, { alarm: 'tea@4', fired: time(15), resolved: time(30), cause: 'absolute_limit', negative: 6 }],
    });
    const rows = pairs(all);
    expect(rows.map(({ was, would }) => [was?.alarm, would?.alarm])).toEqual([[undefined, 'tea@3'], ['tea@1', 'tea@4'], ['tea@2', undefined]]);
    expect([rows[1]?.was?.justified, rows[1]?.would?.isLimit, rows[1]?.would?.negative]).toEqual([false, true, 6]);
    expect(rows.map(delayOf)).toEqual([null, 5, null]);
    expect(rows.map((row) => differenceText(row, words('en')))).toEqual(['new', '5 minutes later', 'not any more']);
  });
  it('survives anything, and has its words', () => {
    for (const json of [null, 7, [], { raised: 'x', would_raise: [null], topics: {} }]) {
      expect(readReplayed(json).raised).toEqual([]);
      expect(readRules(json)).toEqual({ isManager: false, topics: [] });
    }
    for (const key of kRuleKeys) expect(isWord(`rule_${key}`)).toBe(true);
    expect([wrongText('hold_minutes', words('zh')), wrongText('false_alarms_per_week', words('en'))]).toEqual(['要 0 到 1440 的整数。', 'A number from 0.001 to 100.']);
  });
});
