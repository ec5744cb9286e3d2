// text/event-stream, as far as JSON in `data` goes (HTML Living Standard, 9.2).

const kDone = '[DONE]';

/** Lines as they come, without their ends; "\r\n", "\n" and "\r" end one. A last line without an end is none. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += value === undefined ? decoder.decode() : decoder.decode(value, { stream: true });
      // A "\r" at the end may be half of "\r\n".
      const whole = done ? rest : rest.replace(/\r$/, '');
      const lines = whole.split(/\r\n|\n|\r/);
      rest = (lines.pop() ?? '') + rest.slice(whole.length);
      yield* lines;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Ends with the stream, or at [DONE]. */
export async function* eventsOf<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T> {
  let data: string[] = [];
  for await (const line of linesOf(body)) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    if (line !== '' || data.length === 0) continue;
    const event = data.join('\n');
    data = [];
    if (event === kDone) return;
    yield JSON.parse(event) as T;
  }
}
