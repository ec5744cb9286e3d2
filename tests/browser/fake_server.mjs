// A FAKE of yupu's server, for developing the pages and for trying run.mjs and widget.mjs without a binary. Serves web/dist
// under the product's content security policy and canned answers: nothing here understands anything.
//   node fake_server.mjs [--port N] [--origin URL]     prints "listening http://127.0.0.1:N"; URL: whose pages may embed the chat
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../../web/dist');
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const intents = {
  shipping_time: { zh: '多久能到', en: 'Delivery time' },
  shipping_cost: { zh: '运费多少', en: 'Delivery cost' },
  return_policy: { zh: '退货规则', en: 'Return rules' },
  cancel_order: { zh: '取消订单', en: 'Cancel an order' },
};
const texts = {
  shipping_time: {
    zh: '每天下午三点前付款当天发货，其余最迟两天内发出。发货后一般两到四天送达。',
    en: 'Orders paid before three in the afternoon leave the same day, all others within two days. After dispatch, delivery usually takes two to four days.',
  },
  return_policy: { zh: '签收后十五天内，未拆封的茶叶可以退。', en: 'Within fifteen days of delivery you may return unopened tea.' },
  cancel_order: { zh: '发货前都可以自己取消。', en: 'You can cancel any time before dispatch.' },
  shipping_cost: { zh: '满九十九元包邮。', en: 'Delivery is free from ninety-nine yuan.' },
};
const words = [
  [/运费|cost|how much/i, 'shipping_cost'],
  [/多久|几天|发货|送达|how long|delivery|arrive/i, 'shipping_time'],
  [/退|return/i, 'return_policy'],
  [/取消|cancel/i, 'cancel_order'],
];

const word = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const listed = word('--origin');
let count = 0;
export const feedback = [];

function answer(text) {
  const lang = /\p{Script=Han}/u.test(text) ? 'zh' : 'en';
  const common = { lang, trace_id: `tr_fake${++count}`, options: [], sources: [], release_id: 'rel_fake0123456789abcdef' };
  if (/转人工|person/.test(text)) return { ...common, decision: 'handoff', handover: { state: 'offline' }, score: 0.9, intent: 'talk_to_human', text: lang === 'zh' ? '正在为您转接人工客服。' : 'I am handing you over to a person.' };
  const intent = words.find(([pattern]) => pattern.test(text))?.[1];
  if (intent) return { ...common, decision: 'answer', text: texts[intent][lang], score: 0.941, intent, sources: [`policy/${intent}#2`] };
  if (/订单|order/i.test(text)) {
    const options = ['cancel_order', 'shipping_time'].map((name) => ({ intent: name, title: intents[name][lang] }));
    return { ...common, decision: 'clarify', score: 0.52, intent: 'cancel_order', options, text: lang === 'zh' ? '您是想问哪一个？' : 'Which of these do you mean?' };
  }
  return { ...common, decision: 'refuse', score: 0.17, intent: '', text: lang === 'zh' ? '这个问题我答不了，店里的人可以帮您。' : 'I cannot answer this; somebody at the shop can help.' };
}

function problem(response, status, code, detail, headers = {}, field = '') {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  return response.end(JSON.stringify({ code, detail, field, request_id: `rq_fake${++count}` }));
}

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text || '{}');
}

// Pages of the listed origin may call; `true`: the answer is on its way already.
function crossOrigin(request, response, path) {
  const { origin, host } = request.headers;
  if (origin === undefined || origin === `http://${host}`) return false;
  if (origin !== listed) return path.startsWith('/v1/') && problem(response, 403, 'permission_denied', origin, {}, 'Origin');
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'retry-after, x-request-id, yupu-visitor');
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204, { 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'content-type, last-event-id, yupu-visitor' }).end();
  return true;
}

async function handle(request, response) {
  const path = new URL(request.url, 'http://fake').pathname;
  if (crossOrigin(request, response, path)) return undefined;
  if (request.headers['yupu-visitor'] === 'vt_forged') return problem(response, 401, 'unauthenticated', 'over', {}, 'yupu-visitor');
  const json = (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (path === '/v1/models') {
    return json({ data: [{ id: 'shop', kind: 'bot', labels: Object.keys(intents), release_id: 'rel_fake0123456789abcdef', titles: intents }] });
  }
  if (path === '/v1/answer') {
    const { text, conversation } = await body(request);
    if (/too fast/.test(text)) return problem(response, 429, 'resource_exhausted', 'slow down', { 'retry-after': '2' });
    await new Promise((done) => setTimeout(done, 120));
    return json({ ...answer(text), conversation: conversation ?? `cv_fake${++count}` });
  }
  if (path === '/v1/feedback') {
    feedback.push(await body(request));
    return json({ id: `fb_fake${++count}` });
  }
  // Nobody is ever on duty here.
  if (/^\/v1\/conversations\/\w+\/events$/.test(path)) {
    return response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: state\ndata: {"state":"offline"}\n\n');
  }
  if (/^\/v1\/conversations\/\w+\/contact$/.test(path)) return json({ conversation: path.split('/')[3] });
  if (/^\/v1\/conversations\/\w+\/rating$/.test(path)) return json({ conversation: path.split('/')[3], score: 5 });
  if (path === '/openapi.json') return json({ openapi: '3.1.0' });
  if (path === '/report') return response.writeHead(200, { 'content-type': types['.html'] }).end('<!doctype html><title>report</title>');
  if (path === '/v1/visitors') return json({ token: `vt_fake${++count}`, bot: 'shop', expires_at: '' });
  if (path === '/v1/widget') {
    return json({ bot: 'shop', title: { zh: '青山茶铺客服', en: 'Ask Green Hill Tea' }, accent: '#2f6a4b', examples: ['快递几天能送到？', '怎么退货？', 'Can I cancel my order?'] });
  }
  const chat = path === '/chat/shop';
  const name = normalize(path === '/' ? '/index.html' : chat ? '/chat.html' : path);
  const bytes = await readFile(join(dist, name)).catch(() => null);
  if (bytes === null) return problem(response, 404, 'not_found', path);
  response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream', 'content-security-policy': chat ? csp.replace("frame-ancestors 'none'", `frame-ancestors 'self' ${listed}`) : csp, 'x-content-type-options': 'nosniff' });
  response.end(bytes);
}

const server = createServer((request, response) => void handle(request, response).catch((error) => problem(response, 500, 'internal', String(error))));
server.listen(Number(word('--port') ?? 0), '127.0.0.1', () => console.log(`listening http://127.0.0.1:${server.address().port}`));
