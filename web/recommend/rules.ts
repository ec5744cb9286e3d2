// What a shop says about its lists (docs/recommend.md, rules): what the server sends, the fields it is written in, and
// the place among them that a refusal is about. Nothing here draws (rules_view.ts).

import { list, number, object, text } from '../console/read';

// What stands in the fields, as it is written.
export interface PinRow {
  item: string;
  position: string;
  surface: string;
}
export interface TagRow {
  tag: string;
  value: string;
}
export interface RulesForm {
  pin: PinRow[];
  lift: TagRow[];
  caps: TagRow[];
  half_life_days: string;
  explore: string;
  blocked_tags: string; // a line each
  blocked_words: string;
  unnamed_tags: string;
}
export const kByTag = ['lift', 'caps'] as const;
export const kLists = ['blocked_tags', 'blocked_words', 'unnamed_tags'] as const;
export const kNumbers = ['half_life_days', 'explore'] as const;
type Member = keyof RulesForm;

export const emptyPin = (): PinRow => ({ item: '', position: '1', surface: '' });
export const emptyTag = (): TagRow => ({ tag: '', value: '' });

const lines = (written: string): string[] => written.split('\n').map((line) => line.trim()).filter((line) => line !== '');

export function readRules(json: unknown): RulesForm {
  const all = object(json);
  const byTag = (of: unknown): TagRow[] => Object.entries(object(of)).map(([tag, value]) => ({ tag, value: String(number(value)) }));
  const joined = (of: unknown): string => list(of).map(text).filter((one) => one !== '').join('\n');
  return {
    pin: list(all.pin).map(object).map((row) => ({ item: text(row.item), position: String(number(row.position)), surface: text(row.surface) })),
    lift: byTag(all.lift),
    caps: byTag(all.caps),
    half_life_days: String(number(all.half_life_days)),
    explore: String(number(all.explore)),
    blocked_tags: joined(all.blocked_tags),
    blocked_words: joined(all.blocked_words),
    unnamed_tags: joined(all.unnamed_tags),
  };
}

// A number where it is one; else what was written, which the server refuses by its field.
function numberOf(written: string): number | string {
  const value = Number(written.trim().replace(',', '.'));
  return written.trim() === '' || Number.isNaN(value) ? written : value;
}

const isWritten = (row: PinRow): boolean => row.item.trim() !== '' || row.surface.trim() !== '';
const isTagged = (row: TagRow): boolean => row.tag.trim() !== '' || row.value.trim() !== '';

// What is sent. A row in which nothing is written is none.
export function bodyOf(form: RulesForm): Record<string, unknown> {
  const byTag = (rows: TagRow[]): Record<string, number | string> => Object.fromEntries(rows.filter(isTagged).map((row) => [row.tag.trim(), numberOf(row.value)]));
  const pin = (row: PinRow): Record<string, unknown> => ({ item: row.item.trim(), position: numberOf(row.position), ...(row.surface.trim() !== '' && { surface: row.surface.trim() }) });
  return {
    pin: form.pin.filter(isWritten).map(pin),
    lift: byTag(form.lift),
    half_life_days: numberOf(form.half_life_days),
    caps: byTag(form.caps),
    blocked_tags: lines(form.blocked_tags),
    blocked_words: lines(form.blocked_words),
    unnamed_tags: lines(form.unnamed_tags),
    explore: numberOf(form.explore),
  };
}

// What is wrong, and where: the part of a row ("item", "tag", "value", ...), the row itself where there is no part, or
// the line of a list.
export type Wrong = 'pin_item' | 'pin_position' | 'lift' | 'caps' | 'half_life_days' | 'explore' | 'line' | 'many' | 'twice' | 'other';
export interface Mistake {
  member: Member | ''; // '': of none of the fields
  row: number | null; // of the form
  part: string; // '': the member itself
  wrong: Wrong;
  about: string; // the tag that stands twice, or the number of the line
  detail: string; // what the server said
}

// A tag that stands twice would lose its first value on the way.
export function twice(form: RulesForm): Mistake | null {
  for (const member of kByTag) {
    const known = new Set<string>();
    for (const [row, { tag }] of form[member].map((one, index) => [index, one] as const)) {
      const about = tag.trim();
      if (about !== '' && known.has(about)) return { member, row, part: 'tag', wrong: 'twice', about, detail: '' };
      known.add(about);
    }
  }
  return null;
}

// The row of the form that was sent as the `sent`-th.
function rowOf<Row>(rows: Row[], isSent: (row: Row) => boolean, sent: number): number | null {
  const indexes = rows.flatMap((row, index) => (isSent(row) ? [index] : []));
  return indexes[sent] ?? null;
}

// Where the field of a refusal stands ("pin[0].position", "caps.author:*", "blocked_tags[3]").
export function mistakeOf(form: RulesForm, field: string, detail: string): Mistake {
  const other: Mistake = { member: '', row: null, part: '', wrong: 'other', about: '', detail };
  const pinned = /^pin\[(\d+)\](?:\.(item|position|surface))?$/.exec(field);
  if (pinned !== null) {
    const part = pinned[2] ?? 'item';
    const wrong = part === 'position' ? 'pin_position' : part === 'item' && /missing/.test(detail) ? 'pin_item' : 'other';
    return { ...other, member: 'pin', row: rowOf(form.pin, isWritten, Number(pinned[1])), part, wrong };
  }
  for (const member of kByTag) {
    if (!field.startsWith(`${member}.`)) continue;
    const tag = field.slice(member.length + 1);
    const rows = form[member].map((one) => (isTagged(one) ? one.tag.trim() : null));
    const row = rows.includes(tag) ? rows.indexOf(tag) : rows.findIndex((one) => one !== null && tag !== '' && one.startsWith(tag)); // a long one is cut
    return { ...other, member, row: row < 0 ? null : row, part: tag === '' ? 'tag' : 'value', wrong: member };
  }
  for (const member of kLists) {
    const listed = new RegExp(`^${member}\\[(\\d+)\\]$`).exec(field);
    if (listed !== null) return { ...other, member, wrong: 'line', about: String(Number(listed[1]) + 1) };
  }
  for (const member of kNumbers) if (field === member) return { ...other, member, wrong: member };
  const many = (['pin', ...kByTag, ...kLists] as const).find((one) => one === field);
  return many === undefined ? other : { ...other, member: many, wrong: 'many' };
}

// The control that a mistake is about.
export const idOf = (member: Member, row: number | null = null, part = ''): string => ['rule', member, ...(row === null ? [] : [String(row)]), ...(part === '' ? [] : [part])].join('-');
