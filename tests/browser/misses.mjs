// From a question nobody could answer to a release that answers it, in a real browser, against a server over the shop of
// ../loop/misses_shop.py:
//   AGENT_TOKEN=TOKEN node misses.mjs BASE_URL [--screenshots DIR] -- COMMAND...     COMMAND: `yupu improve ... --json` of that shop
// Exit status 0 when every check passed, 1 when one failed, 2 for bad use.
import { spawnSync } from 'node:child_process';
import { expect, expectAccessible, launch, readArguments, Tally, withWatchedPage } from './harness.mjs';

const words = process.argv.slice(2);
const bar = words.indexOf('--');
const given = readArguments(bar < 0 ? words : words.slice(0, bar), 1);
const improve = bar < 0 ? [] : words.slice(bar + 1);
const token = process.env.AGENT_TOKEN;
if (given === null || improve.length === 0 || !token) {
  console.error('usage: AGENT_TOKEN=TOKEN node misses.mjs BASE_URL [--screenshots DIR] -- COMMAND...');
  process.exit(2);
}
const origin = new URL(given.urls[0]).origin;
const question = 'is the money desk staffed at christmas';
const others = ['christmas staffing of the money desk', 'who staffs the desk at christmas', 'well is the money desk staffed at christmas',
  'hello who staffs the desk at christmas', 'the money desk at christmas staffed or not'];
const spam = 'buy pills at pills';
const browser = await launch();
const tally = new Tally();
const shot = (page, name) => given.shot(page, `misses-${name}`);
const check = (name, options, work) => tally.check(name, () => withWatchedPage(browser, [origin], options, work));

// The door lets ten through at once and then one a second: whoever is asked to wait does.
async function post(path, body) {
  const send = () => fetch(new URL(path, origin), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  let response = await send();
  for (let tries = 0; tries < 5 && response.status === 429; tries += 1) {
    await new Promise((later) => setTimeout(later, 1000 * Number(response.headers.get('retry-after'))));
    response = await send();
  }
  expect(response.ok, `${path} answered ${response.status}: ${await response.clone().text()}`);
  return response.json();
}

// A wrong guess of the model is voted down, as a visitor would.
async function vote(answer, wanted) {
  if (answer.decision === 'answer' || answer.decision === 'handoff' || answer.slot) {
    expect(answer.intent !== wanted, `"${wanted}" was known before anybody taught it: ${JSON.stringify(answer)}`);
    await post('/v1/feedback', { trace_id: answer.trace_id, rating: -1 });
  }
}

async function askOnThePage(page, text) {
  await page.goto(origin, { waitUntil: 'networkidle' });
  const answered = page.waitForResponse((response) => response.url().endsWith('/v1/answer'));
  await page.fill('#question', text);
  await page.press('#question', 'Enter');
  return (await answered).json();
}

async function openMisses(page) {
  await page.goto(new URL('/console', origin).href);
  await page.fill('#token', token);
  await page.press('#token', 'Enter');
  await page.locator('#list').waitFor();
  await page.click('[data-view=misses]');
  await page.locator('.miss li').first().waitFor();
}

// By its questions: the choice of clusters to merge into has the questions of the others in it.
const about = (page, text) => page.locator('.miss', { has: page.locator('li', { hasText: text }) });
const settled = (page) => page.locator('#announce', { hasText: 'Done.' });

await check('a visitor asks what nobody can answer', { locale: 'en-GB' }, async (page) => {
  await vote(await askOnThePage(page, question), 'hours');
  for (const text of others) await vote(await post('/v1/answer', { bot: 'shop', text }), 'hours');
  await vote(await post('/v1/answer', { bot: 'shop', text: spam }), '');
});

await check('the misses stand in the console as clusters', { locale: 'en-GB', bypassCSP: true }, async (page) => {
  await openMisses(page);
  expect((await about(page, question).count()) >= 1, 'the question is not among the misses');
  expect((await page.locator('.miss').count()) >= 2, 'a question and spam are one cluster');
  await expectAccessible(page, 'misses');
  await shot(page, 'clusters');
  await page.click('[data-lang=zh]');
  await page.locator('.miss button', { hasText: '采纳' }).first().waitFor();
});

await check('a new intent needs a name; what is refused is said', { locale: 'en-GB', expected: /409/ }, async (page) => {
  await openMisses(page);
  const cluster = about(page, question).first();
  await cluster.locator('[data-miss-intent]').selectOption('');
  await cluster.locator('[data-miss-action=missAccept]').click();
  expect(await cluster.locator('[data-miss-new]').evaluate((field) => field === document.activeElement), 'the name is not asked for');
  await cluster.locator('[data-miss-new]').fill('hours');
  await cluster.locator('[data-miss-action=missAccept]').click();
  await page.locator('.problem-line', { hasText: 'already' }).waitFor();
});

await check('they are accepted, spam is ignored', { locale: 'en-GB' }, async (page) => {
  await openMisses(page);
  // What is typed for one of them stays while others are settled.
  const typed = about(page, spam).first().locator('[data-miss-new]');
  await about(page, spam).first().locator('[data-miss-intent]').selectOption('');
  await typed.fill('adverts');
  for (let left = await about(page, 'christmas').count(); left > 0; left = await about(page, 'christmas').count()) {
    const cluster = about(page, 'christmas').first();
    const id = await cluster.getAttribute('data-miss');
    await cluster.locator('[data-miss-intent]').selectOption('hours');
    await cluster.locator('[data-miss-action=missAccept]').click();
    await page.locator(`[data-miss="${id}"]`).waitFor({ state: 'detached' });
    await settled(page).waitFor({ state: 'attached' });
    expect((await typed.isVisible()) && (await typed.inputValue()) === 'adverts', 'the name that was typed is gone');
  }
  await about(page, spam).first().locator('[data-miss-action=missIgnore]').click();
  await about(page, spam).first().waitFor({ state: 'detached' });
  await page.locator('.empty', { hasText: 'Nothing was left unanswered' }).waitFor();
  await shot(page, 'settled');
});

await check('the next release answers the question', { locale: 'en-GB' }, async (page) => {
  const [program, ...rest] = improve;
  const done = spawnSync(program, rest, { encoding: 'utf8' });
  expect(done.status === 0, `improve ended with ${done.status}: ${done.stderr}`);
  const outcome = JSON.parse(done.stdout);
  expect(outcome.released === true && outcome.dataset.added >= 6, `not released: ${done.stdout}`);
  let now = '';
  for (let tries = 0; tries < 100 && now !== outcome.release_id; tries += 1) {
    await new Promise((later) => setTimeout(later, 300));
    const { data, models } = await (await fetch(new URL('/v1/models', origin))).json();
    now = JSON.stringify(data ?? models).includes(outcome.release_id) ? outcome.release_id : '';
  }
  expect(now === outcome.release_id, 'the new release is not served');
  const answer = await askOnThePage(page, question);
  expect(answer.decision === 'answer' && answer.intent === 'hours', `still not answered: ${JSON.stringify(answer)}`);
  await page.locator('.line.answer', { hasText: 'From ten to six.' }).waitFor();
  await shot(page, 'answered');
});

await tally.finish(browser);
