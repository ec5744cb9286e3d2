// Draws the rules of a shop's lists: fields for managers, as text for everybody else. Which field a refusal is about:
// rules.ts. What is written is the form's from the first letter on, so that the view can be drawn anew at any time.

import { el } from '../src/dom';
import { textLang } from '../src/format';
import { heads, wide } from '../src/tables';
import { emptyPin, emptyTag, idOf, kByTag, kLists, kNumbers, type Mistake, type PinRow, type RulesForm, type TagRow } from './rules';
import type { Place } from './views';
import type { Say, Word } from './words';

type Member = keyof RulesForm;
export interface RulesShown {
  form: RulesForm;
  mistake: Mistake | null;
  isOvertaken: boolean; // somebody else has put other rules since
}
export interface RulesActions {
  save: () => void;
  discard: () => void;
  again: (focus: string) => void; // rows have come or gone: drawn anew, the focus on that control
}

export function mistakeText(mistake: Mistake, say: Say): string {
  return mistake.wrong === 'other' ? mistake.detail : say(`wrong_${mistake.wrong}`, { about: mistake.about });
}

interface Control {
  member: Member;
  row?: number;
  part?: string;
  label: string;
  value: string;
  write: (value: string) => void;
}

// A control under its label; what is wrong with it stands below it.
function field({ member, row, part, label, value, write }: Control, { mistake }: RulesShown, say: Say, attributes: Record<string, string> | 'lines'): HTMLElement {
  const id = idOf(member, row ?? null, part ?? '');
  const isWrong = mistake !== null && mistake.member === member && mistake.row === (row ?? null) && mistake.part === (part ?? '');
  const marks: Record<string, string | boolean> = { id, 'data-drawn': true, autocomplete: 'off', ...(isWrong && { 'aria-invalid': 'true', 'aria-describedby': `${id}-wrong` }) };
  const control = attributes === 'lines' ? el('textarea', { ...marks, rows: '3' }) : el('input', { type: 'text', ...marks, ...attributes });
  control.value = value;
  control.addEventListener('input', () => write(control.value));
  const said = isWrong ? el('p', { class: 'problem-line', id: `${id}-wrong`, ...(mistake.wrong === 'other' && { lang: 'en' }) }, mistakeText(mistake, say)) : null;
  return el('div', { class: 'rule-field', 'data-part': part ?? '' }, el('label', { for: id }, label), control, said);
}

interface Rows<Row> {
  member: Member;
  rows: Row[];
  fresh: () => Row;
  first: string; // the part that the focus goes to
  cells: (row: Row, index: number) => HTMLElement[];
}

function rowsOf<Row>({ member, rows, fresh, first, cells }: Rows<Row>, shown: RulesShown, say: Say, actions: RulesActions): HTMLElement[] {
  const focusOn = (index: number): string => (rows.length === 0 ? `${idOf(member)}-add` : idOf(member, Math.min(index, rows.length - 1), first));
  const line = (row: Row, index: number): HTMLElement => {
    const button = el('button', { type: 'button', class: 'outline', id: `${idOf(member, index)}-remove`, 'aria-label': say('removeRow', { n: index + 1 }) }, '×');
    button.addEventListener('click', () => {
      rows.splice(index, 1);
      shown.mistake = null;
      actions.again(focusOn(index));
    });
    return el('div', { class: 'rule-row' }, ...cells(row, index), button);
  };
  const add = el('button', { type: 'button', class: 'outline', id: `${idOf(member)}-add` }, say('addRow'));
  add.addEventListener('click', () => {
    rows.push(fresh());
    actions.again(focusOn(rows.length - 1));
  });
  return [...rows.map(line), el('div', {}, add)];
}

function part(member: Member, shown: RulesShown, say: Say, ...content: HTMLElement[]): HTMLElement {
  const { mistake } = shown;
  const isWrong = mistake !== null && mistake.member === member && mistake.row === null && !kLists.some((one) => one === member) && !kNumbers.some((one) => one === member);
  return el(
    'fieldset',
    { class: 'rule', 'data-rule': member },
    el('legend', {}, say(`rule_${member}`)),
    el('p', { class: 'empty', id: `${idOf(member)}-says` }, say(`ruleSays_${member}`)),
    ...content,
    isWrong ? el('p', { class: 'problem-line' }, mistakeText(mistake, say)) : null,
  );
}

// The form of a manager.
export function rulesForm(shown: RulesShown, { say }: Place, actions: RulesActions): HTMLElement[] {
  const { form, mistake } = shown;
  const pinCells = (row: PinRow, index: number): HTMLElement[] => [
    field({ member: 'pin', row: index, part: 'item', label: say('pinItem'), value: row.item, write: (value) => (row.item = value) }, shown, say, { maxlength: '256' }),
    field({ member: 'pin', row: index, part: 'position', label: say('position'), value: row.position, write: (value) => (row.position = value) }, shown, say, { inputmode: 'numeric' }),
    field({ member: 'pin', row: index, part: 'surface', label: say('pinSurface'), value: row.surface, write: (value) => (row.surface = value) }, shown, say, {}),
  ];
  const tagCells = (member: 'lift' | 'caps') => (row: TagRow, index: number): HTMLElement[] => [
    field({ member, row: index, part: 'tag', label: say('tag'), value: row.tag, write: (value) => (row.tag = value) }, shown, say, {}),
    field({ member, row: index, part: 'value', label: say('number'), value: row.value, write: (value) => (row.value = value) }, shown, say, { inputmode: 'decimal' }),
  ];
  const own = (member: (typeof kNumbers)[number] | (typeof kLists)[number], label: Word, how: Record<string, string> | 'lines'): HTMLElement =>
    part(member, shown, say, field({ member, label: say(label), value: form[member], write: (value) => (form[member] = value) }, shown, say, how));
  const save = el('button', { type: 'submit', class: 'solid', id: 'rules-save' }, say('save'));
  const discard = el('button', { type: 'button', class: 'outline', id: 'rules-discard' }, say('discard'));
  discard.addEventListener('click', actions.discard);
  const made = el(
    'form',
    { class: 'rules', novalidate: true, 'aria-label': say('rules') },
    part('pin', shown, say, ...rowsOf({ member: 'pin', rows: form.pin, fresh: emptyPin, first: 'item', cells: pinCells }, shown, say, actions)),
    ...kByTag.map((member) => part(member, shown, say, ...rowsOf({ member, rows: form[member], fresh: emptyTag, first: 'tag', cells: tagCells(member) }, shown, say, actions))),
    ...kNumbers.map((member) => own(member, member === 'half_life_days' ? 'halfLife' : 'share', { inputmode: 'decimal' })),
    ...kLists.map((member) => own(member, 'oneALine', 'lines')),
    mistake !== null && mistake.member === '' ? el('p', { class: 'problem-line', lang: 'en' }, mistakeText(mistake, say)) : null,
    el('div', { class: 'deeds rule-deeds' }, save, discard),
  );
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    actions.save();
  });
  return [el('h2', {}, say('rules')), el('p', { class: 'empty' }, say('rulesSay')), ...(shown.isOvertaken ? [el('p', { class: 'problem-line', id: 'rules-changed' }, say('rulesChanged'))] : []), made];
}

// The same to be read.
export function rulesText(form: RulesForm, { say }: Place): HTMLElement[] {
  const none = (): HTMLElement => el('p', {}, say('none'));
  const table = (member: Member, names: Word[], rows: string[][]): HTMLElement =>
    rows.length === 0
      ? none()
      : wide(say(`rule_${member}`), el('table', {}, heads(names.map((name) => say(name))), el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((cell, index) => (index === 0 ? el('th', { scope: 'row', lang: textLang(cell) }, cell) : el('td', {}, cell))))))));
  const shown = (member: Member, content: HTMLElement): HTMLElement => el('section', { class: 'rule', 'data-rule': member }, el('h3', {}, say(`rule_${member}`)), el('p', { class: 'empty' }, say(`ruleSays_${member}`)), content);
  return [
    el('h2', {}, say('rules')),
    el('p', { class: 'empty' }, say('rulesOfManagers')),
    shown('pin', table('pin', ['pinItem', 'position', 'pinSurface'], form.pin.map((row) => [row.item, row.position, row.surface]))),
    ...kByTag.map((member) => shown(member, table(member, ['tag', 'number'], form[member].map((row) => [row.tag, row.value])))),
    ...kNumbers.map((member) => shown(member, el('p', {}, form[member]))),
    ...kLists.map((member) => shown(member, form[member] === '' ? none() : el('p', { class: 'rule-lines', lang: textLang(form[member]) }, form[member]))),
  ];
}
