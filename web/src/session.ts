// Whether somebody is signed in, with which calls, and which of their questions is the newest.

import type { Outcome, Problem } from './api';

export interface SessionParts<Calls, First> {
  calls: (token: string) => Calls;
  first: (calls: Calls) => Promise<Outcome<First>>; // what is asked to see whether the token is taken
  opened: (first: First, token: string) => void;
  refused: (problem: Problem) => void; // nobody is signed in, nor was
  closed: () => void;
  keep: (token: string) => void; // for the next load of the page; '': no longer
}

export class Session<Calls, First> {
  api: Calls | null = null;
  private newest = 0;

  constructor(private readonly parts: SessionParts<Calls, First>) {}

  async signIn(token: string): Promise<void> {
    const tried = this.parts.calls(token);
    const outcome = await this.parts.first(tried);
    if (!outcome.ok) {
      if (outcome.problem.status === 401) this.parts.keep('');
      this.parts.refused(outcome.problem);
      return;
    }
    this.parts.keep(token);
    this.api = tried;
    this.parts.opened(outcome.value, token);
  }

  signOut(): void {
    this.api = null;
    this.newest += 1;
    this.parts.keep('');
    this.parts.closed();
  }

  // The number of a question, to be given with its answer.
  ask(): number {
    return (this.newest += 1);
  }

  // Whether nothing has been asked for since, and somebody is still there.
  isNewest(number: number): boolean {
    return number === this.newest;
  }

  // The outcome, unless something else has been asked for meanwhile, or nobody was there to ask.
  async answer<T>(question: Promise<Outcome<T>> | undefined, number: number): Promise<Outcome<T> | null> {
    const outcome = await question;
    return outcome === undefined || !this.isNewest(number) ? null : outcome;
  }
}
