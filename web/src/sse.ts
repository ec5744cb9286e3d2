// Server-sent events out of the text of a response (WHATWG HTML, section 9.2.6), for pages that have to send headers
// with their request, which EventSource cannot. `retry` is not read: the pages wait in their own way (backoff_ms).

export interface ServerEvent {
  name: string;
  data: string;
  id: string; // of this event or the last one that had one; '': none had
}

export class EventParser {
  private rest = '';
  private name = '';
  private data: string[] = [];
  private id = '';

  feed(text: string): ServerEvent[] {
    const whole = this.rest + text;
    // A carriage return at the end may be the first half of a line's end.
    const whole_end = whole.endsWith('\r') ? whole.length - 1 : whole.length;
    const lines = whole.slice(0, whole_end).split(/\r\n|\r|\n/);
    this.rest = (lines.pop() ?? '') + whole.slice(whole_end);
    const events: ServerEvent[] = [];
    for (const line of lines) {
      if (line !== '') this.take(line);
      else if (this.data.length > 0) events.push({ name: this.name || 'message', data: this.data.join('\n'), id: this.id });
      if (line !== '') continue;
      this.name = '';
      this.data = [];
    }
    return events;
  }

  private take(line: string): void {
    const colon = line.indexOf(':'); // at 0: a comment, which is a heart-beat
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = value;
    if (field === 'data') this.data.push(value);
    if (field === 'id' && !value.includes('\0')) this.id = value;
  }
}

const kSilence_ms = 40_000; // longer than two heart-beats: the connection is dead, whatever the browser thinks

// Until the response ends. `abort` is called when nothing has come for too long.
export async function readEvents(body: ReadableStream<Uint8Array>, abort: () => void, take: (event: ServerEvent) => void): Promise<void> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let watchdog = setTimeout(abort, kSilence_ms);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(watchdog);
      watchdog = setTimeout(abort, kSilence_ms);
      for (const event of parser.feed(decoder.decode(part.value, { stream: true }))) take(event);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

const kRetry_ms = 1000;
const kRetryMost_ms = 30_000;

// How long to wait after so many failures in a row. `chance` in 0..1 spreads readers who were cut off together.
export function backoff_ms(failures: number, chance: number): number {
  return Math.min(kRetryMost_ms, kRetry_ms * 2 ** failures) * (0.5 + 0.5 * chance);
}
