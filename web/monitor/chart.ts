// The two pictures of the monitor: a topic's sentiment over time, and the evidence of an alarm. What they show is also
// said in words and tables beside them; the pictures are for those who see them.
//
// Negative stands below the line, the rest above it: place tells them apart, colour only helps.

import type { BandPoint, Evidence, Series } from './read';

const kSvg = 'http://www.w3.org/2000/svg';
export const kBox = { width: 720, height: 240, axis: 20 };

export interface Bar {
  x: number;
  width: number;
  neutral: { y: number; height: number };
  positive: { y: number; height: number };
  negative: { y: number; height: number };
}
export interface Layout {
  bars: Bar[];
  zero: number; // y of the line
  most_up: number;
  most_down: number;
}

// Pure, for the tests: where the bars stand. One unit is as high above the line as below it.
export function layout(series: Series): Layout {
  const up = Math.max(1, ...series.points.map((point) => point.total - point.negative));
  const down = Math.max(1, ...series.points.map((point) => Math.max(point.negative, point.high ?? 0)));
  const height = kBox.height - kBox.axis;
  const unit = height / (up + down);
  const zero = up * unit;
  const width = kBox.width / Math.max(1, series.points.length);
  const bars = series.points.map((point, index) => {
    const positive = point.positive * unit;
    const neutral = (point.total - point.negative - point.positive) * unit;
    return {
      x: index * width,
      width: Math.max(0.5, width * 0.86),
      neutral: { y: zero - neutral, height: neutral },
      positive: { y: zero - neutral - positive, height: positive },
      negative: { y: zero, height: point.negative * unit },
    };
  });
  return { bars, zero, most_up: up, most_down: down };
}

// Whole numbers from 1 on that make about `wanted` marks up to `most`: steps of 1, 2 or 5 times a power of ten.
export function marksUpTo(most: number, wanted: number): number[] {
  const rough = Math.max(1, most / Math.max(1, wanted));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.floor(most / step) }, (_, index) => (index + 1) * step);
}

export interface Tick {
  value: number; // documents; 0 at the line
  y: number;
  side: 'up' | 'zero' | 'down';
}
// Pure: what stands beside the chart, from above to below; each side by its own share of the height.
export function ticks({ zero, most_up, most_down }: Layout): Tick[] {
  const height = kBox.height - kBox.axis;
  const unit = height / (most_up + most_down);
  const wanted = (most: number): number => Math.max(1, Math.round((5 * most) / (most_up + most_down)));
  const up = marksUpTo(most_up, wanted(most_up)).map((value): Tick => ({ value, y: zero - value * unit, side: 'up' }));
  const down = marksUpTo(most_down, wanted(most_down)).map((value): Tick => ({ value, y: zero + value * unit, side: 'down' }));
  return [...up.reverse(), { value: 0, y: zero, side: 'zero' }, ...down];
}

// Pure: the stretches of points whose band is known, as closed outlines below the line.
export function bandOutlines(series: Series): [number, number][][] {
  const { zero, most_up, most_down } = layout(series);
  const unit = (kBox.height - kBox.axis) / (most_up + most_down);
  const width = kBox.width / Math.max(1, series.points.length);
  const outlines: [number, number][][] = [];
  let upper: [number, number][] = [];
  let lower: [number, number][] = [];
  const close = (): void => {
    if (upper.length > 0) outlines.push([...upper, ...lower.reverse()]);
    upper = [];
    lower = [];
  };
  series.points.forEach((point, index) => {
    if (point.low === null || point.high === null) return close();
    for (const x of [index * width, (index + 1) * width]) {
      upper.push([x, zero + point.low * unit]);
      lower.push([x, zero + point.high * unit]);
    }
  });
  close();
  return outlines;
}

// Where a time stands between the first point and the end of the last: 0..width, held to the box.
export function placeOf(series: Series, time: string): number {
  const begin = Date.parse(series.points[0]?.begins ?? '');
  const span = series.points.length * series.step_minutes * 60_000;
  const at = Date.parse(time);
  if (!Number.isFinite(begin) || !Number.isFinite(at) || span <= 0) return 0;
  return Math.min(kBox.width, Math.max(0, ((at - begin) / span) * kBox.width));
}

function shape(tag: string, className: string, place: Record<string, number | string>, title = ''): SVGElement {
  const element = document.createElementNS(kSvg, tag);
  for (const [name, value] of Object.entries(place)) element.setAttribute(name, typeof value === 'number' ? value.toFixed(2) : value);
  element.setAttribute('class', className);
  if (title !== '') {
    const label = document.createElementNS(kSvg, 'title');
    label.textContent = title;
    element.append(label);
  }
  return element;
}

function picture(className: string): SVGSVGElement {
  const root = document.createElementNS(kSvg, 'svg');
  root.setAttribute('viewBox', `0 0 ${kBox.width} ${kBox.height}`);
  root.setAttribute('preserveAspectRatio', 'none');
  root.setAttribute('class', className);
  root.setAttribute('aria-hidden', 'true');
  root.setAttribute('focusable', 'false');
  return root;
}

// What a gap is filled with, by the name gap-lines.
function hatching(): SVGElement {
  const lines = shape('pattern', 'hatch', { id: 'gap-lines', width: '8', height: '8', patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
  lines.append(shape('line', 'hatch-line', { x1: '0', x2: '0', y1: '0', y2: '8' }));
  const defs = document.createElementNS(kSvg, 'defs');
  defs.append(lines);
  return defs;
}

const path = (points: [number, number][]): string => points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`).join(' ');

export function drawSeries(series: Series, chosen: number, pick: (index: number) => void): SVGSVGElement {
  const root = picture('chart');
  const placed = layout(series);
  const { bars, zero } = placed;
  const height = kBox.height - kBox.axis;
  const stretch = (className: string, from: string, to: string): void => {
    const x = placeOf(series, from);
    const end = to === '' ? kBox.width : placeOf(series, to);
    const fill: Record<string, string> = className === 'gap' ? { fill: 'url(#gap-lines)' } : {};
    root.append(shape('rect', className, { x, y: 0, width: Math.max(2, end - x), height, ...fill }));
  };
  if (series.gaps.length > 0) root.append(hatching());
  for (const gap of series.gaps) stretch('gap', gap.from, gap.to);
  for (const mark of series.alarms) stretch('alarm-time', mark.from, mark.to);
  for (const outline of bandOutlines(series)) root.append(shape('path', 'band', { d: `${path(outline)} Z` }));
  for (const tick of ticks(placed)) {
    if (tick.side !== 'zero') root.append(shape('line', 'grid', { x1: 0, x2: kBox.width, y1: tick.y, y2: tick.y }));
  }
  bars.forEach((bar, index) => {
    const group = document.createElementNS(kSvg, 'g');
    group.setAttribute('class', index === chosen ? 'point chosen' : 'point');
    group.append(shape('rect', 'back', { x: bar.x, y: 0, width: bar.width, height }));
    for (const name of ['positive', 'neutral', 'negative'] as const) {
      if (bar[name].height > 0) group.append(shape('rect', name, { x: bar.x, width: bar.width, ...bar[name] }));
    }
    group.addEventListener('click', () => pick(index));
    root.append(group);
  });
  root.append(shape('line', 'zero', { x1: 0, x2: kBox.width, y1: zero, y2: zero }));
  for (const model of series.models) {
    const x = placeOf(series, model.time);
    root.append(shape('line', 'model', { x1: x, x2: x, y1: 0, y2: height }, model.detail));
  }
  for (const mark of series.alarms) {
    const x = Math.min(kBox.width - 6, Math.max(6, placeOf(series, mark.from)));
    root.append(shape('path', 'alarm-mark', { d: `M${x - 6} ${kBox.height} L${x + 6} ${kBox.height} L${x} ${kBox.height - 14} Z` }));
  }
  return root;
}


// Negatives by time, and the band in which 98 of 100 would lie.
export function drawEvidence(evidence: Evidence): SVGSVGElement {
  const root = picture('chart evidence');
  const { series } = evidence;
  const most = Math.max(1, ...series.map((point) => Math.max(point.negative, point.high)));
  const height = kBox.height - kBox.axis;
  const y = (value: number): number => height - (value / most) * height;
  const width = kBox.width / Math.max(1, series.length);
  const middle = (index: number): number => (index + 0.5) * width;
  const hasBand = series.some((point: BandPoint) => point.high > 0);
  if (hasBand) {
    const upper = series.map((point, index): [number, number] => [middle(index), y(point.high)]);
    const lower = series.map((point, index): [number, number] => [middle(index), y(point.low)]).reverse();
    root.append(shape('path', 'band', { d: `${path([...upper, ...lower])} Z` }));
  }
  const first = series.length - Math.round((evidence.minutes * 60_000) / ((series[1]?.time_ms ?? 0) - (series[0]?.time_ms ?? 0) || 300_000));
  series.forEach((point, index) => {
    if (point.negative > 0) root.append(shape('rect', index >= first ? 'negative window' : 'negative', { x: index * width, y: y(point.negative), width: width * 0.86, height: height - y(point.negative) }));
  });
  root.append(shape('line', 'zero', { x1: 0, x2: kBox.width, y1: height, y2: height }));
  return root;
}
