// Draws a part of the page anew and takes nothing from who works in it: what they have typed, ticked or chosen, the
// focus, the selection, what is unfolded and how far it is scrolled. While an input method composes a word in it the
// drawing waits for the word: a field that is replaced would lose it.
//
// A control is the same one as before when its tag, id and data- attributes are, those of what it stands in, and, of
// several such, its place among them (of a box: its value). What nobody has touched is as it was drawn. A field whose
// value is given back says so by an "input" event: what follows a field listens to that one, and acts on "change" alone.
// A field marked data-drawn is always as it is drawn: its value is one that the page keeps, or that has been acted upon.

const kKept = 'input, textarea, select, button, a, summary, details, aside, [tabindex], [data-asking]';

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
const isField = (element: Element): element is Field => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
const isBox = (element: Element): element is HTMLInputElement => element instanceof HTMLInputElement && (element.type === 'checkbox' || element.type === 'radio');
const isText = (element: Element): element is HTMLInputElement | HTMLTextAreaElement => element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && !isBox(element));

const touched = new WeakSet<EventTarget>(); // fields a person has changed
const waiting = new Map<HTMLElement, () => void>(); // the newest drawing of each part, while a word is composed in it
let composing: Node | null = null;

// What stands open in a way of its own, as a question does (console/parts.ts): opened again on what is drawn in its
// place. It carries data-asking, which says what it is about.
export interface Opening {
  isOpen: () => boolean;
  open: () => void; // leaves the focus where it is
}
const openings = new WeakMap<Element, Opening>();
export const keepsOpen = (element: HTMLElement, opening: Opening): void => void openings.set(element, opening);

function composed(): void {
  composing = null;
  const draws = [...waiting];
  for (const [into, draw] of draws) redraw(into, draw);
}

let isWatching = false;
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  for (const name of ['input', 'change']) document.addEventListener(name, ({ target }) => void (target !== null && touched.add(target)), true);
  document.addEventListener('compositionstart', ({ target }) => void (composing = target instanceof Node ? target : null), true);
  // After what else hears of the end: the field's own listeners read the whole word.
  document.addEventListener('compositionend', () => setTimeout(composed), true);
}

interface Held {
  element: HTMLElement;
  value: string | null; // null: as it is drawn
  checked: boolean;
  isOpen: boolean;
  isFocused: boolean;
  selection: [number, number, 'forward' | 'backward' | 'none'] | null;
  top: number;
  left: number;
}

const markOf = (element: HTMLElement): string => [element.id, ...Object.entries(element.dataset).map(([name, value]) => `${name}=${value ?? ''}`).sort()].join(' ').trim();

function pathOf(element: HTMLElement, into: HTMLElement): string {
  const marks = [`${element.tagName} ${markOf(element)} ${isBox(element) ? element.value : ''}`];
  for (let above = element.parentElement; above !== null && above !== into; above = above.parentElement) marks.push(markOf(above));
  return JSON.stringify(marks.filter((mark) => mark !== ''));
}

function* keyed(into: HTMLElement): Generator<[string, HTMLElement]> {
  const counts = new Map<string, number>();
  for (const element of into.querySelectorAll<HTMLElement>(kKept)) {
    const path = pathOf(element, into);
    const number = counts.get(path) ?? 0;
    counts.set(path, number + 1);
    yield [`${number} ${path}`, element];
  }
}

function holdOne(element: HTMLElement): Held {
  const isKept = isField(element) && touched.has(element) && element.dataset.drawn === undefined && !(element instanceof HTMLInputElement && element.type === 'file');
  const range = isText(element) && element.selectionStart !== null ? element : null;
  return {
    element,
    value: isKept ? element.value : null,
    checked: isBox(element) && element.checked,
    isOpen: element instanceof HTMLDetailsElement ? element.open : openings.get(element)?.isOpen() === true,
    isFocused: element === document.activeElement,
    selection: range === null ? null : [range.selectionStart ?? 0, range.selectionEnd ?? 0, range.selectionDirection ?? 'none'],
    top: element.scrollTop,
    left: element.scrollLeft,
  };
}

function giveValue(field: Field, held: Held): void {
  if (held.value === null) return;
  if (isBox(field)) {
    field.checked = held.checked;
  } else {
    const drawn = field.value;
    field.value = held.value;
    if (field instanceof HTMLSelectElement && field.selectedIndex < 0) field.value = drawn; // it is no choice any more
  }
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function giveBack(element: HTMLElement, held: Held): void {
  if (element !== held.element) {
    if (isField(element)) giveValue(element, held);
    if (element instanceof HTMLDetailsElement) element.open = held.isOpen;
  }
  if (element.scrollTop !== held.top || element.scrollLeft !== held.left) element.scrollTo({ top: held.top, left: held.left, behavior: 'instant' });
}

const isFocusLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

// To this element, unless a person is somewhere already.
export function focusIfLost(element: HTMLElement | null): void {
  if (isFocusLost()) element?.focus();
}

// `draw` replaces what stands in `into`, now or when a word that is composed there is whole: it looks by itself whether
// it is still wanted.
export function redraw(into: HTMLElement, draw: () => void): void {
  watch();
  if (composing !== null && into.contains(composing)) {
    waiting.set(into, draw);
    return;
  }
  waiting.delete(into);
  const before = new Map<string, Held>();
  for (const [key, element] of keyed(into)) before.set(key, holdOne(element));
  const { scrollTop, scrollLeft } = into;
  draw();
  for (const [key, element] of [...keyed(into)]) if (before.get(key)?.isOpen === true) openings.get(element)?.open();
  let focused: [HTMLElement, Held] | null = null;
  for (const [key, element] of keyed(into)) {
    const held = before.get(key);
    if (held === undefined) continue;
    giveBack(element, held);
    if (held.isFocused) focused = [element, held];
  }
  if (into.scrollTop !== scrollTop || into.scrollLeft !== scrollLeft) into.scrollTo({ top: scrollTop, left: scrollLeft, behavior: 'instant' });
  if (focused === null || !isFocusLost()) return; // or the drawing has put it elsewhere
  const [element, { selection }] = focused;
  element.focus({ preventScroll: true });
  if (selection !== null && isText(element)) element.setSelectionRange(...selection);
}
