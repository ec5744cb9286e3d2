import { describe, expect, it } from 'vitest';
import { bodyOf, emptyPin, emptyTag, idOf, kByTag, kLists, kNumbers, mistakeOf, readRules, twice } from './rules';
import { mistakeText } from './rules_view';
import { isWord, words } from './words';

const sent = {
  pin: [{ item: 'b3', position: 2, surface: 'home' }],
  lift: { spring: 0.2, leftover: -0.5 },
  half_life_days: 60,
  caps: { 'author:*': 1 },
  blocked_tags: ['x'],
  blocked_words: ['casino', 'quick money'],
  unnamed_tags: [],
  explore: 0.01,
};

describe('rules', () => {
  it('are read member by member, whatever it is, and sent as they came', () => {
    for (const json of [null, 7, [], { pin: 'x', lift: [], caps: 3, blocked_tags: {}, explore: 'y' }]) {
      expect(readRules(json)).toEqual({ pin: [], lift: [], caps: [], half_life_days: '0', explore: '0', blocked_tags: '', blocked_words: '', unnamed_tags: '' });
    }
    expect(bodyOf(readRules(sent))).toEqual(sent);
  });
  it('are sent without the rows in which nothing is written, and what is no number as it is written', () => {
    const form = { ...readRules(sent), pin: [emptyPin(), { item: ' b4 ', position: 'first', surface: ' ' }], lift: [emptyTag(), { tag: 'new', value: '0,3' }], caps: [{ tag: 'x', value: '' }], half_life_days: '', blocked_tags: ' a \n\n b' };
    expect(bodyOf(form)).toMatchObject({ pin: [{ item: 'b4', position: 'first' }], lift: { new: 0.3 }, caps: { x: '' }, half_life_days: '', blocked_tags: ['a', 'b'] });
  });
  it('do not lose the first of two rows with one tag', () => {
    const form = { ...readRules(sent), caps: [{ tag: 'a', value: '1' }, { tag: '', value: '' }, { tag: ' a', value: '2' }] };
    expect(twice(form)).toMatchObject({ member: 'caps', row: 2, part: 'tag', wrong: 'twice', about: 'a' });
    expect(twice(readRules(sent))).toBeNull();
  });
});

describe('a refusal', () => {
  const form = { ...readRules(sent), pin: [emptyPin(), { item: 'b3', position: '0', surface: '' }, { item: '', position: '1', surface: 'home' }], lift: [{ tag: 'abc', value: '1' }, { tag: 'ab', value: '7' }], caps: [{ tag: '', value: '3' }] };
  it('stands beside the row it is about, rows that were not sent counted', () => {
    expect(mistakeOf(form, 'pin[0].position', 'd')).toMatchObject({ member: 'pin', row: 1, part: 'position', wrong: 'pin_position' });
    expect(mistakeOf(form, 'pin[1].item', 'pin[1].item is missing')).toMatchObject({ row: 2, part: 'item', wrong: 'pin_item' });
    expect(mistakeOf(form, 'lift.ab', 'd')).toMatchObject({ member: 'lift', row: 1, part: 'value', wrong: 'lift' });
    expect(mistakeOf(form, 'caps.', 'd')).toMatchObject({ member: 'caps', row: 0, part: 'tag', wrong: 'caps' });
  });
  it('of a list says which entry, of a number what it may be, of anything else what the server said', () => {
    expect(mistakeOf(form, 'blocked_words[3]', 'd')).toMatchObject({ member: 'blocked_words', row: null, wrong: 'line', about: '4' });
    expect(mistakeOf(form, 'explore', 'd')).toMatchObject({ member: 'explore', part: '', wrong: 'explore' });
    expect(mistakeOf(form, 'pin', '201 entries')).toMatchObject({ member: 'pin', row: null, wrong: 'many' });
    expect(mistakeText(mistakeOf(form, 'body', 'rules are an object'), words('zh'))).toBe('rules are an object');
    expect(mistakeText(mistakeOf(form, 'blocked_words[3]', 'd'), words('zh'))).toBe('第 4 条太长。');
  });
  it('has its control, and every member its words', () => {
    expect([idOf('pin', 1, 'item'), idOf('explore')]).toEqual(['rule-pin-1-item', 'rule-explore']);
    for (const member of ['pin', ...kByTag, ...kNumbers, ...kLists]) expect([isWord(`rule_${member}`), isWord(`ruleSays_${member}`)]).toEqual([true, true]);
  });
});
