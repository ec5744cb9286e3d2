// What the compiler must let pass, and what not: checked, never run.
import { Client, NotFound, type AnswerResponse, type ChatCompletionsEvent } from '../dist/index.js';

export async function passes(client: Client): Promise<string[]> {
  const said: AnswerResponse = await client.answer({ bot: 'shop', text: 'a', conversation: 'cv_1' }, { timeoutMs: 5, idempotencyKey: 'k' });
  const decision: 'answer' | 'clarify' | 'refuse' | 'handoff' = said.decision;
  const slot: string | undefined = said.slot;
  const events: AsyncIterable<ChatCompletionsEvent> = client.streamChatCompletions({ model: 'shop', messages: [{ role: 'user', content: 'a' }] });
  for await (const event of events) console.log(event.choices[0]?.delta.content, event.yupu?.conversation);
  const usage = await client.usage({ month: '2026-11' });
  const text: string = await client.metrics();
  try {
    await client.models();
  } catch (error) {
    if (error instanceof NotFound) return [error.code, error.detail];
  }
  return [decision, slot ?? '', text, ...usage.lines.map((line) => line.meter)];
}

export async function fails(client: Client): Promise<void> {
  // @ts-expect-error: no bot
  await client.answer({ text: 'a' });
  // @ts-expect-error: no such member
  await client.answer({ bot: 'shop', text: 'a', txt: 'b' });
  // @ts-expect-error: not a number
  await client.feedback({ trace_id: 'tr_1', rating: '1' });
  // @ts-expect-error: a stream has a method of its own
  await client.chatCompletions({ model: 'shop', messages: [], stream: true });
  // @ts-expect-error: only one of four
  (await client.answer({ bot: 'shop', text: 'a' })).decision = 'maybe';
}
