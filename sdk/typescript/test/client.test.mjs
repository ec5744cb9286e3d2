// The client against a server that misbehaves.   npm run build && npm test
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';

import * as yupu from '../dist/index.js';
import { eventsOf } from '../dist/events.js';
import { kRetryPolicy, retryAfterMs, waitMs } from '../dist/retry.js';

const kEvents = 'data: {"choices":[{"delta":{"content":"语"}}]}\n\n: a comment\n\ndata: {"choices":\ndata: []}\r\n\r\n' +
  'data:{"yupu":{"decision":"answer"}}\n\ndata: [DONE]\n\n';
const kShort = { tries: 1 };

let server, client, waits, asked, answers;

const problem = (status, code, more = {}) => ({ status, body: { status, code, detail: `what ${code}`, request_id: 'req_1', ...more } });
const ok = (body = {}) => ({ status: 200, body });

before(async () => {
  server = createServer(async (request, response) => {
    let raw = '';
    for await (const piece of request) raw += piece;
    asked.push({ method: request.method, url: request.url, headers: request.headers, body: raw === '' ? null : JSON.parse(raw) });
    const answer = answers.shift() ?? ok();
    if (answer.waitMs) await new Promise((resolve) => setTimeout(resolve, answer.waitMs));
    if (answer.drop) return request.socket.destroy();
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status, answer.headers);
    if (!answer.breakOff) return response.end(body);
    response.write(body);
    setTimeout(() => request.socket.destroy(), 20);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  [waits, asked, answers] = [[], [], []];
  client = new yupu.Client({
    baseUrl: `http://127.0.0.1:${server.address().port}/base/`, apiKey: 'yp_1', timeoutMs: 5_000, chance: () => 1,
    sleep: async (ms) => void waits.push(ms),
  });
});

const answer = (options) => client.answer({ bot: 'shop', text: '你好' }, options);
const stream = (more = {}) => client.streamChatCompletions({ model: 'shop', messages: [{ role: 'user', content: 'a' }], ...more });
const collect = async (events) => {
  const all = [];
  for await (const event of events) all.push(event);
  return all;
};

test('sends what was said and nothing else', async () => {
  answers = [ok({ decision: 'answer', text: '是' })];
  assert.equal((await answer()).text, '是');
  assert.equal(asked[0].method, 'POST');
  assert.equal(asked[0].url, '/base/v1/answer');
  assert.deepEqual(asked[0].body, { bot: 'shop', text: '你好' });
  assert.equal(asked[0].headers.authorization, 'Bearer yp_1');
  assert.equal(asked[0].headers['user-agent'], `yupu-typescript/${yupu.VERSION}`);
  assert.match(asked[0].headers['idempotency-key'], /^[0-9a-f]{32}$/);
  await client.usage({ month: '2026-11' });
  await client.usage();
  assert.deepEqual(asked.slice(1).map((one) => one.url), ['/base/v1/usage?month=2026-11', '/base/v1/usage']);
  assert.equal(asked[1].headers['idempotency-key'], undefined);
});

test('tries again with the same key', async () => {
  answers = [problem(503, 'unavailable'), { drop: true }, ok({ decision: 'answer' })];
  assert.equal((await answer()).decision, 'answer');
  assert.deepEqual(waits, [500, 1000]);
  assert.equal(new Set(asked.map((one) => one.headers['idempotency-key'])).size, 1);
  await answer();
  await answer({ idempotencyKey: 'mine' });
  assert.equal(asked[4].headers['idempotency-key'], 'mine');
  assert.equal(new Set(asked.map((one) => one.headers['idempotency-key'])).size, 3);
});

test('gives up after the last try, and waits as long as it is asked to', async () => {
  answers = Array(9).fill(problem(429, 'resource_exhausted'));
  await assert.rejects(answer(), yupu.ResourceExhausted);
  assert.equal(asked.length, 3);
  waits = [];
  answers = ['7', '61'].map((s) => ({ ...problem(429, 'resource_exhausted'), headers: { 'retry-after': s } }));
  await assert.rejects(answer(), { name: 'ResourceExhausted', retryAfterMs: 61_000 });
  assert.deepEqual(waits, [7_500]);
});

test('does not repeat what is the caller\'s mistake', async () => {
  const rows = [[400, 'invalid_argument', yupu.InvalidArgument], [401, 'unauthenticated', yupu.Unauthenticated],
    [402, 'payment_required', yupu.PaymentRequired], [403, 'permission_denied', yupu.PermissionDenied], [404, 'not_found', yupu.NotFound],
    [409, 'conflict', yupu.Conflict], [413, 'too_large', yupu.TooLarge], [500, 'internal', yupu.Internal],
    [405, 'method_not_allowed', yupu.APIError]];
  for (const [status, code, kind] of rows) {
    answers = [problem(status, code, { field: 'text' })];
    const error = await answer().then(() => assert.fail(code), (thrown) => thrown);
    assert.equal(error.constructor, kind);
    assert.deepEqual([error.status, error.code, error.field, error.requestId, error.detail], [status, code, 'text', 'req_1', `what ${code}`]);
  }
  assert.equal(asked.length, rows.length);
});

test('a conflict with its own lost try is waited out', async () => {
  answers = [{ ...ok(), waitMs: 400 }, problem(409, 'conflict'), ok({ decision: 'answer' })];
  assert.equal((await answer({ timeoutMs: 100 })).decision, 'answer');
});

test('silence and broken answers', async () => {
  answers = Array(3).fill({ ...ok(), waitMs: 300 });
  await assert.rejects(answer({ timeoutMs: 50 }), yupu.TimedOut);
  answers = Array(3).fill({ drop: true });
  await assert.rejects(answer(), yupu.ConnectionFailed);
  answers = [{ status: 200, headers: { 'content-length': '50' }, body: '{}', breakOff: true }, ok({ decision: 'answer' })];
  assert.equal((await answer()).decision, 'answer');
  answers = Array(3).fill({ status: 502, body: '<html>bad gateway', headers: { 'x-request-id': 'r' } });
  await assert.rejects(answer(), { code: 'http_502', detail: '<html>bad gateway', requestId: 'r' });
  await assert.rejects(new yupu.Client({ baseUrl: 'http://127.0.0.1:1', retry: kShort }).models(), yupu.ConnectionFailed);
  assert.throws(() => new yupu.Client({ baseUrl: 'ftp://shop.example' }), TypeError);
});

test('ends when the caller says so', async () => {
  answers = [{ ...ok(), waitMs: 300 }];
  const end = new AbortController();
  const call = answer({ signal: end.signal });
  const asking = setInterval(() => asked.length > 0 && end.abort(new Error('enough')), 5);
  await assert.rejects(call, { message: 'enough' });
  clearInterval(asking);
  assert.equal(asked.length, 1);
  await assert.rejects(answer({ signal: AbortSignal.abort(new Error('before')) }), { message: 'before' });
});

test('streams', async () => {
  answers = [problem(503, 'unavailable'), { status: 200, body: kEvents, headers: { 'content-type': 'text/event-stream' } }];
  assert.deepEqual(await collect(stream()), [{ choices: [{ delta: { content: '语' } }] }, { choices: [] }, { yupu: { decision: 'answer' } }]);
  assert.equal(asked[1].body.stream, true);
  answers = [problem(400, 'invalid_argument', { field: 'n' })];
  await assert.rejects(collect(stream({ n: 2 })), { name: 'InvalidArgument', field: 'n' });
  answers = [{ status: 200, body: kEvents.slice(0, 60), breakOff: true }];
  await assert.rejects(collect(stream()), yupu.ConnectionFailed);
});

test('events come whole however the bytes are cut', async () => {
  const bytes = new TextEncoder().encode(kEvents.replaceAll('\n', '\r\n').replaceAll('\r\r', '\r'));
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    const events = await collect(eventsOf(body));
    assert.equal(events.length, 3, `pieces of ${size}`);
    assert.equal(events[0].choices[0].delta.content, '语');
  }
});

test('what is no JSON is text', async () => {
  answers = [{ status: 200, body: 'calls_total 1\n' }];
  assert.equal(await client.metrics(), 'calls_total 1\n');
});

test('waits double and end; both forms of Retry-After', () => {
  const policy = { ...kRetryPolicy, tries: 9, firstWaitMs: 1, longestWaitMs: 5 };
  assert.deepEqual([1, 2, 3, 4, 5].map((n) => waitMs(policy, n, undefined, 1)), [1, 2, 4, 5, 5]);
  assert.equal(waitMs(policy, 1, undefined, 0), 0.5);
  assert.equal(waitMs(policy, 9, undefined, 1), undefined);
  assert.equal(waitMs(policy, 1, 3, 0), 3);
  assert.equal(retryAfterMs('12', 0), 12_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 20_000), 40_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:00:00 GMT', 20_000), 0);
  assert.equal(retryAfterMs('soon', 0), undefined);
  assert.equal(retryAfterMs(null, 0), undefined);
});
