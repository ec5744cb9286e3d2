// What the pages show while a person is asked for: in words the notes and the standing, and the offline form.

import type { Problem, Standing } from './api';
import { el } from './dom';
import { translate, type Key, type Lang } from './i18n';
import { contactFaults, type Contact, type Line } from './live';
import { problemText } from './problem';

const nameOf = (lang: Lang, agent: string): string => agent || translate(lang, 'person');

export function speaker(lang: Lang, line: Line): string {
  return nameOf(lang, line.agent);
}

// A line that nobody said: who has come, who has gone. '': it is somebody's words.
export function noteText(lang: Lang, line: Line): string {
  switch (line.kind) {
    case 'joined':
      return translate(lang, 'joined', { agent: nameOf(lang, line.agent) });
    case 'returned':
      return translate(lang, 'returned');
    case 'ended':
      return translate(lang, 'ended');
    case 'contact':
      return translate(lang, 'contactThanks');
    case 'score':
      return translate(lang, 'scoreNoted', { n: line.text });
    default:
      return '';
  }
}

export const sentText = (lang: Lang, handover: Standing): string => translate(lang, 'sentTo', { agent: nameOf(lang, handover.agent) });

// Above the question box; '': there is nothing to say.
export function standingText(lang: Lang, standing: Standing, hasContact: boolean): string {
  switch (standing.state) {
    case 'waiting':
      return standing.place > 0 ? translate(lang, 'inQueue', { n: standing.place }) : translate(lang, 'inQueueSomewhere');
    case 'with':
      return translate(lang, 'withAgent', { agent: nameOf(lang, standing.agent) });
    case 'offline':
      return hasContact ? '' : translate(lang, 'nobodyHere');
    default:
      return '';
  }
}

interface Field {
  input: HTMLInputElement | HTMLTextAreaElement;
  fault: HTMLElement;
  row: HTMLElement;
}

// `id`: of the input, in its document or shadow root.
function field(id: string, label: string, input: HTMLInputElement | HTMLTextAreaElement): Field {
  const fault = el('p', { class: 'fault', id: `${id}-fault`, hidden: true });
  input.id = id;
  input.setAttribute('aria-describedby', fault.id);
  return { input, fault, row: el('div', { class: 'field' }, el('label', { for: id }, label), input, fault) };
}

function showFault({ input, fault }: Field, words: string): void {
  fault.textContent = words;
  fault.hidden = words === '';
  if (words === '') input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
}

// `send` answers what went wrong; null: nothing did, and the form has been taken away.
export function contactForm(lang: Lang, send: (contact: Contact) => Promise<Problem | null>): HTMLFormElement {
  const fields: Record<keyof Contact, Field> = {
    contact: field('contact', translate(lang, 'contact'), el('input', { name: 'contact', type: 'text', autocomplete: 'email', required: true })),
    text: field('contact-text', translate(lang, 'contactText'), el('textarea', { name: 'text', rows: '2', autocomplete: 'off' })),
  };
  const problem = el('p', { class: 'fault', role: 'alert' });
  const button = el('button', { type: 'submit', class: 'solid' }, translate(lang, 'send'));
  // Faults are said in the page's own words, at the field, not by the browser's bubble.
  const form = el('form', { class: 'contact', 'aria-label': translate(lang, 'leaveContact'), novalidate: true },
    fields.contact.row, fields.text.row, problem, el('div', { class: 'buttons' }, button));

  const show = (faults: Partial<Record<keyof Contact, string>>): boolean => {
    showFault(fields.contact, faults.contact ?? '');
    showFault(fields.text, faults.text ?? '');
    const first = faults.contact ? fields.contact : faults.text ? fields.text : null;
    first?.input.focus();
    return first !== null;
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    problem.textContent = '';
    const contact: Contact = { contact: fields.contact.input.value.trim(), text: fields.text.input.value.trim() };
    const faults = Object.entries(contactFaults(contact)).map(([name, fault]) => [name, translate(lang, fault as Key)]);
    if (show(Object.fromEntries(faults) as Partial<Record<keyof Contact, string>>)) return;
    button.disabled = true;
    const refused = await send(contact);
    button.disabled = false;
    if (refused === null) return;
    const words = refused.detail || problemText(lang, refused);
    if (refused.field === 'contact' || refused.field === 'text') show(refused.field === 'contact' ? { contact: words } : { text: words });
    else problem.textContent = problemText(lang, refused);
  });
  return form;
}
