// A visitor of the shop's page: the token, and the calls that need it. The token is the chat's (../widget/session.ts has
// the same protocol), kept for this tab only under a name of its own.

import { call, isObject, text, type Outcome } from '../api';
import { readShelf, type Shelf } from './read';

const kHeader = 'yupu-visitor';

export interface VisitorOptions {
  server: string; // "https://host"
  bot: string;
  storage: Pick<Storage, 'getItem' | 'setItem'> | null; // null: another visitor after the reload
}

export class ShelfVisitor {
  private token = '';
  private readonly key: string;

  constructor(private readonly options: VisitorOptions) {
    this.key = `yupu.shelf.1 ${options.server} ${options.bot}`;
    try {
      this.token = options.storage?.getItem(this.key) ?? '';
    } catch {
      // storage is switched off
    }
  }

  // A token that is taken no more is asked for again, once.
  async ask(body: { count: number; context: string[]; surface: string }): Promise<Outcome<Shelf>> {
    let outcome = await this.send('/v1/widget/recommend', body, readShelf);
    if (!outcome.ok && outcome.problem.status === 401) {
      this.keep('');
      outcome = await this.send('/v1/widget/recommend', body, readShelf);
    }
    return outcome;
  }

  // Goes on while the page is left for the item's own.
  clicked(impression: string, item: string, sponsored: boolean): void {
    const init: RequestInit = {
      method: 'POST',
      keepalive: true,
      credentials: 'omit',
      headers: { [kHeader]: this.token, 'content-type': 'application/json' },
      body: JSON.stringify({ impression, item, kind: 'click', sponsored }),
    };
    void fetch(`${this.options.server}/v1/widget/events`, init).catch(() => undefined);
  }

  private async send<T>(path: string, body: unknown, read: (json: unknown) => T | null): Promise<Outcome<T>> {
    const { server, bot } = this.options;
    if (this.token === '') {
      const begun = await call('/v1/visitors', { bot }, (json) => (isObject(json) && text(json.token)) || null, { server });
      if (!begun.ok) return begun;
      this.keep(begun.value);
    }
    return call(path, body, read, { server, headers: { [kHeader]: this.token }, seen: (headers) => this.keep(headers.get(kHeader) ?? this.token) });
  }

  private keep(token: string): void {
    this.token = token;
    try {
      this.options.storage?.setItem(this.key, token);
    } catch {
      // storage is full or switched off
    }
  }
}
