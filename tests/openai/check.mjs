// A yupu server asked by OpenAI's own JavaScript client.   check.mjs URL KEY KEY_THAT_MAY_ONLY_READ
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { VERSION } from 'openai/version';

const [url, key, reader] = process.argv.slice(2);
const options = { apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 };
const client = new OpenAI(options);
const refund = [{ role: 'user', content: 'please refund me' }];
const parcel = [{ role: 'developer', content: 'be kind' }, { role: 'user', content: 'where is my parcel' }];
const ask = (messages, more = {}) => client.chat.completions.create({ model: 'shop', messages, ...more });

const models = [];
for await (const model of client.models.list()) models.push(model);
const bot = models.find((model) => model.id === 'shop');
assert.equal(bot.object, 'model');
assert.equal(bot.owned_by, 'yupu');

const said = await ask(refund, { temperature: 0.2, seed: 7 });
assert.equal(said.choices[0].message.content, 'Within three days.');
assert.equal(said.choices[0].finish_reason, 'stop');
assert.ok(said.usage.total_tokens > 0);
assert.equal(said.yupu.decision, 'answer');
assert.equal(said.yupu.trace_id, said.id);

const asked = await ask(parcel);
const confirm = await ask([...parcel, asked.choices[0].message, { role: 'user', content: [{ type: 'text', text: 'GH12345678' }] }]);
assert.equal(confirm.choices[0].message.content, 'GH12345678, is that right?');
const done = await ask([{ role: 'user', content: 'yes' }], { metadata: { conversation: confirm.yupu.conversation } });
assert.equal(done.choices[0].message.content, 'Order GH12345678 is on its way.');
assert.equal(done.yupu.conversation, confirm.yupu.conversation);

const chunks = [];
for await (const chunk of await ask(refund, { stream: true, stream_options: { include_usage: true } })) chunks.push(chunk);
assert.equal(chunks.flatMap((chunk) => chunk.choices).map((choice) => choice.delta.content ?? '').join(''), 'Within three days.');
assert.equal(chunks.at(-1).usage.total_tokens, said.usage.total_tokens);
assert.equal(chunks.at(-2).yupu.decision, 'answer');
const stream = client.chat.completions.stream({ model: 'shop', messages: refund });
assert.equal(await stream.finalContent(), 'Within three days.');

const vectors = await client.embeddings.create({ model: 'vectors', input: ['where', 'when'] });
assert.equal(vectors.data.length, 2);
assert.equal(typeof vectors.data[0].embedding[0], 'number');

async function refused(kind, field, call) {
  const error = await call.then(() => assert.fail(`${kind.name} was not thrown`), (thrown) => thrown);
  assert.equal(error.constructor, kind, `${error}`);
  assert.equal(error.param, field);
  assert.ok(error.code && error.error.message && error.requestID, `${kind.name}: ${JSON.stringify(error)}`);
}
const other = (apiKey) => new OpenAI({ ...options, apiKey });
await refused(OpenAI.BadRequestError, 'n', ask(refund, { n: 2 }));
await refused(OpenAI.BadRequestError, 'max_tokens', ask(refund, { max_tokens: 5 }));
await refused(OpenAI.BadRequestError, 'tools', ask(refund, { stream: true, tools: [{ type: 'function', function: { name: 'f' } }] }));
await refused(OpenAI.NotFoundError, 'model', client.chat.completions.create({ model: 'none', messages: refund }));
await refused(OpenAI.NotFoundError, 'metadata.conversation', ask(refund, { metadata: { conversation: 'cv_guessed' } }));
await refused(OpenAI.AuthenticationError, null, other('yp_wrong').models.list());
await refused(OpenAI.PermissionDeniedError, null, other(reader).chat.completions.create({ model: 'shop', messages: refund }));

console.log(`openai ${VERSION} for JavaScript is answered`);
