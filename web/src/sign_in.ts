// The form that asks for an agent's token.

import { el } from './dom';

export function signInForm(words: { token: string; help: string; signIn: string }, problem: string, take: (token: string) => void): HTMLFormElement {
  const field = el('input', { id: 'token', type: 'password', autocomplete: 'off', required: true, 'aria-describedby': 'token-help' });
  const form = el(
    'form',
    { class: 'sign-in' },
    el('label', { for: 'token' }, words.token),
    field,
    el('p', { id: 'token-help', class: 'empty' }, words.help),
    problem === '' ? null : el('p', { class: 'problem-line', role: 'alert' }, problem),
    el('button', { type: 'submit', class: 'solid' }, words.signIn),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    take(field.value.trim());
  });
  return form;
}
