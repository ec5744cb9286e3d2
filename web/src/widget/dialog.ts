// The button in the corner, and the dialog it opens: focus stays inside until it is closed, Escape closes it, and the
// focus goes back to where it came from.

import { el, svg } from '../dom';
import type { Lang } from '../i18n';
import { Chat, type ChatOptions } from './chat';
import { word } from './words';

const kBubble = 'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5Z';
const kFocusable = 'a[href], button:not(:disabled), textarea, input, summary, [tabindex="0"]';

export class Dialog {
  readonly launcher: HTMLButtonElement;
  readonly chat: Chat;
  readonly notice: HTMLElement; // for screen readers: the log of a closed dialog is not read
  private readonly lang: Lang;
  private opener: HTMLElement | null = null;

  constructor(options: Omit<ChatOptions, 'close'>) {
    this.lang = options.lang;
    const name = word(this.lang, 'open');
    this.launcher = el('button', { type: 'button', class: 'launcher', 'aria-label': name, title: name, 'aria-haspopup': 'dialog', 'aria-expanded': 'false' },
      svg('0 0 24 24', 'icon', ['path', { d: kBubble }]));
    this.chat = new Chat({ ...options, close: () => this.close() });
    this.chat.panel.hidden = true;
    this.notice = el('div', { class: 'hidden-text', role: 'status' });
    this.chat.spoken = () => this.mark(this.chat.panel.hidden);
    this.launcher.addEventListener('click', () => this.open());
    this.chat.panel.addEventListener('keydown', (event) => this.key(event));
  }

  // `opener`: a link of the page; else the button in the corner.
  open(opener: HTMLElement = this.launcher): void {
    this.opener = opener;
    this.chat.panel.hidden = false;
    this.launcher.hidden = true;
    this.launcher.setAttribute('aria-expanded', 'true');
    this.mark(false);
    this.chat.focus();
  }

  close(): void {
    this.chat.panel.hidden = true;
    this.launcher.hidden = false;
    this.launcher.setAttribute('aria-expanded', 'false');
    (this.opener?.isConnected ? this.opener : this.launcher).focus();
  }

  // Whether a person has said something that nobody has seen.
  private mark(unread: boolean): void {
    const name = word(this.lang, unread ? 'openUnread' : 'open');
    this.launcher.classList.toggle('unread', unread);
    this.notice.textContent = unread ? word(this.lang, 'unread') : '';
    this.launcher.setAttribute('aria-label', name);
    this.launcher.title = name;
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.close();
    } else if (event.key === 'Tab') {
      this.keepInside(event);
    }
  }

  private keepInside(event: KeyboardEvent): void {
    const { panel } = this.chat;
    const stops = [...panel.querySelectorAll<HTMLElement>(kFocusable)].filter((element) => element.getClientRects().length > 0);
    const first = stops[0];
    const last = stops[stops.length - 1];
    if (first === undefined || last === undefined) return;
    const at = (panel.getRootNode() as ShadowRoot).activeElement;
    const from = event.shiftKey ? first : last;
    if (at !== from && !(event.shiftKey && at === panel)) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
