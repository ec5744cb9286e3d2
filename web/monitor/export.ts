// A topic's series as files: its numbers (CSV, JSON), and the chart as a picture of its own (SVG, PNG). Made here of what
// the page shows; nothing is asked for again.

import { el } from '../src/dom';
import { whenOf } from '../src/tables';
import { bandOutlines, kBox, layout, placeOf, ticks } from './chart';
import { kSentiments, type Series } from './read';
import type { Place } from './views';

// RFC 4180; times as the server writes them, so that a program reads what the page shows.
export function seriesCsv(series: Series): string {
  const rows = series.points.map((point) => [point.begins, point.total, point.negative, point.total - point.negative - point.positive, point.positive, point.low ?? '', point.high ?? ''].join(','));
  return ['begins,total,negative,neutral,positive,expected_low,expected_high', ...rows].join('\r\n') + '\r\n';
}

// The same rows, with what the CSV has no place for: alarms, changes of the model, gaps. What is not known yet, or not over, is null.
export function seriesJson(series: Series): string {
  const orNull = (time: string): string | null => (time === '' ? null : time);
  return `${JSON.stringify(
    {
      topic: series.topic,
      step_minutes: series.step_minutes,
      points: series.points.map((point) => ({ begins: point.begins, total: point.total, negative: point.negative, neutral: point.total - point.negative - point.positive, positive: point.positive, expected_low: point.low, expected_high: point.high })),
      alarms: series.alarms.map((mark) => ({ alarm: mark.alarm, fired: mark.from, resolved: orNull(mark.to) })),
      models: series.models,
      gaps: series.gaps.map((gap) => ({ from: gap.from, to: orNull(gap.to) })),
    },
    null,
    1,
  )}\n`;
}

// Text of an SVG: markup stays letters, and what XML has no place for is left out.
const xml = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

// The picture has no page around it: its own size, margins, words, and the colours of the light page.
export const kPicture = { width: 860, height: 360, left: 64, top: 64 };
const kInk = '#24261f';
const kColors = { negative: '#a5321f', neutral: '#b3b1a8', positive: '#2f6a4b' } as const;

type Attributes = Record<string, string | number>;
const tag = (name: string, attributes: Attributes, inside = ''): string =>
  `<${name}${Object.entries(attributes).map(([key, value]) => ` ${key}="${typeof value === 'number' ? Number(value.toFixed(2)) : xml(value)}"`).join('')}${inside === '' ? '/>' : `>${inside}</${name}>`}`;
const words = (said: string, attributes: Attributes): string => tag('text', attributes, xml(said));

// What lies behind the bars, and the bars.
function plot(series: Series): string[] {
  const placed = layout(series);
  const { bars, zero } = placed;
  const height = kBox.height - kBox.axis;
  const stretch = (from: string, to: string, look: Attributes): string => {
    const x = placeOf(series, from);
    return tag('rect', { x, y: 0, width: Math.max(2, (to === '' ? kBox.width : placeOf(series, to)) - x), height, ...look });
  };
  const parts = [
    ...series.gaps.map((gap) => stretch(gap.from, gap.to, { class: 'gap', fill: 'url(#gap)' })),
    ...series.alarms.map((mark) => stretch(mark.from, mark.to, { class: 'alarm', fill: kColors.negative, 'fill-opacity': 0.14 })),
    ...bandOutlines(series).map((outline) => tag('polygon', { class: 'band', points: outline.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' '), fill: '#e6dfcf' })),
  ];
  for (const tick of ticks(placed)) {
    if (tick.side !== 'zero') parts.push(tag('line', { x1: 0, x2: kBox.width, y1: tick.y, y2: tick.y, stroke: '#ddd5c3' }));
    parts.push(words(String(tick.value), { x: -6, y: tick.y + 4, 'text-anchor': 'end' }));
  }
  for (const bar of bars) {
    for (const name of ['positive', 'neutral', 'negative'] as const) {
      if (bar[name].height > 0) parts.push(tag('rect', { class: name, x: bar.x, y: bar[name].y, width: bar.width, height: bar[name].height, fill: kColors[name] }));
    }
  }
  parts.push(tag('line', { x1: 0, x2: kBox.width, y1: zero, y2: zero, stroke: kInk }));
  return parts;
}

// Changes of the model, alarms, and the times below.
function marks(series: Series, locale: string): string[] {
  const height = kBox.height - kBox.axis;
  const count = Math.min(6, series.points.length);
  return [
    ...series.models.map((model) => tag('line', { class: 'model', x1: placeOf(series, model.time), x2: placeOf(series, model.time), y1: 0, y2: height, stroke: kInk, 'stroke-dasharray': '4 3' })),
    ...series.alarms.map((mark) => {
      const x = Math.min(kBox.width - 6, Math.max(6, placeOf(series, mark.from)));
      return tag('path', { class: 'mark', d: `M${x - 6} ${height} L${x + 6} ${height} L${x} ${height - 14} Z`, fill: kColors.negative });
    }),
    ...Array.from({ length: count }, (_, index) => {
      const point = Math.floor((index * series.points.length) / count);
      return words(whenOf(series.points[point]?.begins ?? '', locale), { x: (point / series.points.length) * kBox.width, y: height + 16 });
    }),
  ];
}

export function seriesSvg(series: Series, { say, locale }: Place): string {
  const end = new Date(Date.parse(series.points[series.points.length - 1]?.begins ?? '') + series.step_minutes * 60_000);
  const said = series.points.length === 0 ? '' : say('pictureSays', { from: whenOf(series.points[0]?.begins ?? '', locale), to: whenOf(end.toISOString(), locale), minutes: series.step_minutes });
  const hatch = tag('pattern', { id: 'gap', width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }, tag('line', { x1: 0, x2: 0, y1: 0, y2: 8, stroke: '#66655a', 'stroke-width': 2 }));
  const legend = kSentiments.map((name, index) => tag('rect', { x: index * 110, y: 0, width: 11, height: 11, fill: kColors[name] }) + words(say(name), { x: index * 110 + 16, y: 10 }));
  const at = (x: number, y: number, inside: string[]): string => tag('g', { transform: `translate(${x} ${y})` }, inside.join(''));
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    tag(
      'svg',
      { xmlns: 'http://www.w3.org/2000/svg', width: kPicture.width, height: kPicture.height, viewBox: `0 0 ${kPicture.width} ${kPicture.height}`, 'font-family': 'sans-serif', 'font-size': 12, fill: kInk },
      [
        tag('title', {}, xml(`${series.topic}: ${say('overTime')}`)),
        tag('defs', {}, hatch),
        tag('rect', { width: kPicture.width, height: kPicture.height, fill: '#fdfbf5' }),
        words(series.topic, { x: kPicture.left, y: 26, 'font-size': 18, 'font-weight': 'bold' }),
        words(said, { x: kPicture.left, y: 46, fill: '#66655a' }),
        at(kPicture.left, kPicture.top, [...plot(series), ...marks(series, locale)]),
        at(kPicture.left, kPicture.height - 34, legend),
        words(`${say('axisUp')} ↑ · ${say('axisDown')} ↓`, { x: kPicture.left + kBox.width, y: kPicture.height - 24, 'text-anchor': 'end', fill: '#66655a' }),
      ].join('\n'),
    ) +
    '\n'
  );
}

const kPngScale = 2;

// Errors: the browser draws no SVG, or has no memory for it.
async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = el('canvas', { width: String(kPicture.width * kPngScale), height: String(kPicture.height * kPngScale) });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png'));
}

export const kFormats = ['csv', 'json', 'svg', 'png'] as const;
export type Format = (typeof kFormats)[number];

async function fileOf(series: Series, format: Format, place: Place): Promise<Blob> {
  if (format === 'csv') return new Blob([seriesCsv(series)], { type: 'text/csv' });
  if (format === 'json') return new Blob([seriesJson(series)], { type: 'application/json' });
  const svg = seriesSvg(series, place);
  return format === 'png' ? pngOf(svg) : new Blob([svg], { type: 'image/svg+xml' });
}

// Letters and digits of any language; what a file system may not have in a name becomes a line.
export const fileName = (series: Series, format: Format): string => `${series.topic.replace(/[^\p{L}\p{N}._-]+/gu, '_')}-${(series.points[0]?.begins ?? '').slice(0, 10)}.${format}`;

export function exportButtons(series: Series, place: Place): HTMLElement {
  const { say } = place;
  const says = el('span', { class: 'item-meta', role: 'status' });
  const button = (format: Format): HTMLElement => {
    const made = el('button', { type: 'button', class: 'outline', id: `export-${format}` }, say(`export_${format}`));
    made.addEventListener('click', () => {
      says.textContent = '';
      void fileOf(series, format, place).then(
        (blob) => {
          const address = URL.createObjectURL(blob);
          el('a', { href: address, download: fileName(series, format) }).click();
          setTimeout(() => URL.revokeObjectURL(address), 1000);
        },
        () => {
          says.textContent = say('pictureFailed');
        },
      );
    });
    return made;
  };
  return el('p', { class: 'exports' }, `${say('exportAs')} `, ...kFormats.flatMap((format) => [button(format), ' ']), says);
}
