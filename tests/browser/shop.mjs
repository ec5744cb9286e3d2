// The views of the shop itself in the console, in a real browser, against a small shop that has been released twice:
//   AGENT_TOKENS="MANAGER OTHER" node shop.mjs BASE_URL [--screenshots DIR]
// Exit status 0 when every check passed, 1 when one failed, 2 for bad use.
import { expect, expectAccessible, expectNoSidewaysScroll, launch, readArguments, Tally, withWatchedPage } from './harness.mjs';

const given = readArguments(process.argv.slice(2), 1);
const [manager, other] = (process.env.AGENT_TOKENS ?? '').split(' ');
if (given === null || !manager || !other) {
  console.error('usage: AGENT_TOKENS="MANAGER OTHER" node shop.mjs BASE_URL [--screenshots DIR]');
  process.exit(2);
}
const origin = new URL(given.urls[0]).origin;
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const views = [['review', '#review-figure'], ['knowledge', '#knowledge-search'], ['intentsTab', '.intent'], ['tests', '#tests-ran'], ['releases', '[data-live]'], ['usage', '[data-figure=money]']];
const browser = await launch();
const tally = new Tally();
const shot = (page, name) => given.shot(page, `console-${name}`);
const check = (name, options, work) => tally.check(name, () => withWatchedPage(browser, [origin], options, work));

async function read(path) {
  const response = await fetch(new URL(path, origin), { headers: { authorization: `Bearer ${manager}` } });
  expect(response.ok, `${path} answered ${response.status}: ${await response.clone().text()}`);
  return response;
}

async function open(page, token, view, shown) {
  await page.goto(new URL('/console', origin).href);
  await page.fill('#token', token);
  await page.press('#token', 'Enter');
  await page.locator('#list').waitFor();
  await show(page, view, shown);
}

async function show(page, view, shown = views.find(([name]) => name === view)[1]) {
  await page.click(`[data-view=${view}]`);
  await page.locator(shown).first().waitFor();
}

await check('answers drawn at random are judged', { locale: 'en-GB' }, async (page) => {
  const before = await (await read('/v1/agent/report/review')).json();
  expect(before.drawn.length > 1 && before.judged === 0, `nothing to judge: ${JSON.stringify(before)}`);
  await open(page, other, 'review');
  for (const [word, said] of [['reviewRight', '0 of 1 judged are wrong'], ['reviewWrong', '1 of 2 judged are wrong']]) {
    await page.locator(`[data-judge=${word}]`).first().click();
    await page.locator('#review-figure', { hasText: said }).waitFor();
  }
  const after = await (await read('/v1/agent/report/review')).json();
  expect(after.wrong === 1 && after.drawn[0]?.trace_id === before.drawn[2]?.trace_id, `judged in their turn: ${JSON.stringify(after)}`);
  await shot(page, 'review');
});

await check('a document is uploaded, found, quoted and deleted', { locale: 'en-GB' }, async (page) => {
  await open(page, manager, 'knowledge');
  const ask = async (text) => {
    await page.fill('#knowledge-search', text);
    const answered = page.waitForResponse((response) => response.url().includes('/knowledge/search'));
    await page.press('#knowledge-search', 'Enter');
    await answered;
    await page.locator('#found .empty').waitFor();
  };
  const quotesNothing = (message) => page.locator('.quote').first().waitFor({ state: 'detached' }).catch(() => expect(false, message));
  await ask('when is the lift out of order');
  await quotesNothing('something was quoted before there was a document');
  await page.setInputFiles('#upload', { name: 'lift.md', mimeType: 'text/markdown', buffer: Buffer.from('# The lift\n\nThe lift is out of order until Friday, <b>sorry</b>.\n') });
  await page.locator('[data-remove="lift.md"]').waitFor();
  await ask('when is the lift out of order');
  await page.locator('.quote', { hasText: 'out of order until Friday' }).waitFor();
  await shot(page, 'knowledge');
  await page.click('[data-remove="lift.md"]');
  expect(await page.locator('[data-no]').evaluate((button) => button === document.activeElement), 'the focus is not on the way back');
  await page.keyboard.press('Escape');
  await page.click('[data-remove="lift.md"]');
  await page.click('[data-yes]');
  await page.locator('[data-remove="lift.md"]').waitFor({ state: 'detached' });
  await ask('when is the lift out of order');
  await quotesNothing('a deleted document is quoted');
});

// The documents are read again after an upload or a removal: holds that answer back until it is let go.
async function holdDocuments(page) {
  const gate = {};
  const open = new Promise((done) => (gate.letGo = done));
  gate.asked = new Promise((done) => (gate.hasAsked = done));
  await page.route((url) => url.pathname === '/v1/console/knowledge', async (route) => {
    if (route.request().method() === 'GET') {
      gate.hasAsked();
      await open;
    }
    await route.continue();
  });
  return gate;
}

const searchField = (page) => page.evaluate(() => {
  const { id, value, selectionStart, selectionEnd } = document.activeElement;
  return [id, value, selectionStart, selectionEnd].join('|');
});

await check('what is typed stays, and where, while an answer draws the view anew', { locale: 'en-GB' }, async (page) => {
  await open(page, manager, 'knowledge');
  const documents = await holdDocuments(page);
  await page.setInputFiles('#upload', { name: 'stairs.md', mimeType: 'text/markdown', buffer: Buffer.from('# Stairs\n\nThe stairs are behind the till.\n') });
  await documents.asked;
  await page.locator('#knowledge-search').pressSequentially('where are teh stairs');
  await page.locator('#knowledge-search').evaluate((field) => field.setSelectionRange(10, 13));
  documents.letGo();
  await page.locator('[data-remove="stairs.md"]').waitFor();
  expect((await searchField(page)) === 'knowledge-search|where are teh stairs|10|13', `after the view was drawn anew: ${await searchField(page)}`);
  await page.keyboard.type('the');
  const sent = page.waitForRequest((request) => request.url().includes('/knowledge/search'));
  await page.keyboard.press('Enter');
  expect(new URL((await sent).url()).searchParams.get('q') === 'where are the stairs', `asked: ${(await sent).url()}`);
  await page.locator('.quote', { hasText: 'behind the till' }).waitFor();
});

await check('a question stays open while the view is drawn anew, until what it is about is gone', { locale: 'en-GB' }, async (page) => {
  const upload = (name) => page.setInputFiles('#upload', { name, mimeType: 'text/markdown', buffer: Buffer.from(`# ${name}\n\nNothing of it matters.\n`) });
  const headers = { authorization: `Bearer ${manager}`, 'content-type': 'application/json' };
  const remove = (source) => fetch(new URL('/v1/console/knowledge/remove', origin), { method: 'POST', headers, body: JSON.stringify({ source }) });
  await open(page, manager, 'knowledge');
  await upload('roof.md');
  await page.locator('[data-remove="roof.md"]').waitFor();
  const documents = await holdDocuments(page);
  await upload('attic.md');
  await documents.asked;
  await page.click('[data-remove="roof.md"]');
  documents.letGo();
  await page.locator('[data-remove="attic.md"]').waitFor();
  const asked = await page.locator('.asked').allInnerTexts();
  expect(asked.length === 1 && asked[0].includes('roof.md'), `questions: ${JSON.stringify(asked)}`);
  expect(await page.locator('[data-no]').evaluate((button) => button === document.activeElement), 'the focus is not on the way back');
  expect((await remove('roof.md')).ok, 'roof.md was not removed');
  await upload('cellar.md');
  await page.locator('[data-remove="cellar.md"]').waitFor();
  expect((await page.locator('.asked, [data-remove="roof.md"]').count()) === 0, 'a question about what is gone');
  for (const name of ['attic.md', 'cellar.md']) expect((await remove(name)).ok, `${name} was not removed`);
});

await check('a word that an input method composes is whole after the view was drawn anew', { locale: 'en-GB' }, async (page, context) => {
  await open(page, manager, 'knowledge');
  const documents = await holdDocuments(page);
  await page.click('[data-remove="stairs.md"]');
  await page.click('[data-yes]');
  await documents.asked;
  await page.focus('#knowledge-search');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Input.imeSetComposition', { text: '楼梯', selectionStart: 2, selectionEnd: 2 });
  const read = page.waitForResponse((response) => new URL(response.url()).pathname === '/v1/console/knowledge');
  documents.letGo();
  await (await read).finished();
  await devtools.send('Input.insertText', { text: '楼梯在哪' });
  await page.locator('.asked').waitFor({ state: 'detached' });
  expect((await searchField(page)) === 'knowledge-search|楼梯在哪|4|4', `after the word: ${await searchField(page)}`);
  expect((await page.locator('[data-remove="stairs.md"]').count()) === 0, 'what was removed is shown');
});

await check('intents are shown with rows, answers and hits', { locale: 'en-GB' }, async (page) => {
  await open(page, other, 'intentsTab');
  const { intents } = await (await read('/v1/console/intents')).json();
  expect((await page.locator('.intent').count()) === intents.length && intents.some((row) => row.rows > 0 && row.answers.length > 0), 'the intents are not those of the records');
  const hours = page.locator('[data-intent=hours]');
  await hours.locator('summary').click();
  await hours.locator('.approved', { hasText: 'From ten to six.' }).waitFor();
  await shot(page, 'intents');
  await page.fill('#intent-filter', 'ten to six');
  expect((await page.locator('.intent:visible').count()) === 1, 'the filter does not filter');
});

await check('the tests are played, and what differs is shown', { locale: 'en-GB' }, async (page) => {
  await open(page, manager, 'tests');
  await page.click('#run-tests');
  await page.locator('#tests-ran', { hasText: 'by Wang' }).waitFor();
  const { passed, failed } = await (await read('/v1/console/tests')).json();
  expect(passed > 0 && failed > 0, `passed ${passed}, failed ${failed}`);
  expect((await page.locator('.test[data-result=passed]').count()) === passed && (await page.locator('.test[data-result=failed]').count()) === failed, 'the results are not those of the run');
  await page.locator('.diff ins', { hasText: 'From ten to six.' }).waitFor();
  await shot(page, 'tests');
});

await check('what an older release would decide otherwise is shown beside the live one', { locale: 'en-GB' }, async (page) => {
  const texts = ['is the money desk staffed at christmas', 'when do you open']; // the older one has never heard of the first
  for (const text of texts) await fetch(new URL('/v1/answer', origin), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ bot: 'shop', text }) });
  let shadow = null;
  for (let tries = 0; tries < 100 && !(shadow?.calls >= texts.length); tries += 1) {
    await new Promise((later) => setTimeout(later, 100));
    ({ shadow } = await (await read('/v1/console/releases')).json());
  }
  expect(shadow?.calls >= texts.length && shadow.changed > 0 && shadow.dropped === 0, `what it has read: ${JSON.stringify(shadow)}`);
  await open(page, other, 'releases');
  expect(Number(await page.locator('[data-shadow-calls]').getAttribute('data-shadow-calls')) >= texts.length, 'the console shows less');
  await page.locator('.shadow-intents tbody tr').first().waitFor();
  const shown = await page.locator('.shadow-examples tbody th').allInnerTexts();
  expect(shown.length === shadow.examples.length, `examples: ${shown}, the records: ${JSON.stringify(shadow.examples)}`);
  await shot(page, 'shadow');
});

await check('a release is rolled back and made live again; who did it stands in the history', { locale: 'en-GB' }, async (page) => {
  await open(page, manager, 'releases');
  const before = await (await read('/v1/console/releases')).json();
  expect(before.releases.length === 2 && before.back_to !== '', `not two releases: ${JSON.stringify(before.releases)}`);
  await page.click('[data-roll-back]');
  await page.click('[data-no]');
  expect((await (await read('/v1/console/releases')).json()).live === before.live, 'what was cancelled was done');
  await page.click('[data-roll-back]');
  const began = Date.now();
  await page.click('[data-yes]');
  await page.locator(`[data-live="${before.back_to}"]`).waitFor();
  let served = '';
  while (served !== before.back_to && Date.now() - began < 10_000) served = (await (await read('/v1/console/releases')).json()).served;
  expect(served === before.back_to, `the server answers with ${served}`);
  console.log(`      rolled back and served after ${Date.now() - began} ms`);
  await page.locator('.history', { hasText: 'chosen in the console by Wang' }).waitFor();
  await shot(page, 'releases');
  await page.click(`[data-choose="${before.live}"]`);
  await page.click('[data-yes]');
  await page.locator(`[data-live="${before.live}"]`).waitFor();
});

await check('who is no manager sees the same and changes nothing', { locale: 'en-GB', expected: /403/ }, async (page) => {
  await open(page, other, 'releases');
  expect((await page.locator('[data-roll-back], [data-choose]').count()) === 0, 'a roll-back is offered');
  await show(page, 'knowledge');
  expect((await page.locator('#upload, [data-remove]').count()) === 0, 'an upload is offered');
  const refused = await fetch(new URL('/v1/console/releases/live', origin), { method: 'POST', headers: { authorization: `Bearer ${other}` }, body: '{"release_id":"x","instead_of":"y"}' });
  expect(refused.status === 403, `the server answered ${refused.status}`);
});

await check('usage is the ledger’s, and the exported calls are as many as the log has', { locale: 'en-GB' }, async (page) => {
  for (const text of ['when do you open', 'ways to get my money back']) await fetch(new URL('/v1/answer', origin), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ bot: 'shop', text }) });
  await open(page, manager, 'usage');
  const usage = await (await read('/v1/console/usage')).json();
  for (const [name, value] of [['answersGiven', usage.answers], ['calls', usage.calls], ['tokens', usage.tokens]]) {
    const shown = await page.innerText(`[data-figure=${name}] dd`);
    expect(Number(shown) === value && value > 0, `${name} is shown as ${shown}, the records say ${value}`);
  }
  expect(Object.values(usage.decisions).reduce((sum, n) => sum + n, 0) === usage.answers, 'the decisions do not add up');
  expect(usage.days.reduce((sum, day) => sum + day.price_ufen, 0) === usage.price_ufen, 'the days do not add up');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export-calls')]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const rows = Buffer.concat(chunks).toString('utf8').trim().split('\r\n');
  expect(rows.length === usage.answers + 1 && rows[0].startsWith('trace_id,'), `${rows.length - 1} rows for ${usage.answers} questions`);
  await page.locator('.chart-card summary').first().click();
  expect((await page.locator('.chart-card').first().locator('tbody tr').count()) === 30, 'the table of the chart has not a row a day');
  await shot(page, 'usage');
  await page.click('[data-view=conversations]');
  await page.fill('#said', 'money back');
  await page.press('#said', 'Enter');
  await page.locator('[data-open]').first().click();
  await page.locator('#opened .said', { hasText: 'money back' }).first().waitFor();
});

for (const [look, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['phone', phone]]) {
  await check(`axe finds nothing serious in the shop's views: ${look}`, { ...options, locale: look === 'dark' ? 'zh-CN' : 'en-GB', bypassCSP: true }, async (page) => {
    await open(page, manager, 'knowledge');
    for (const [view, shown] of views) {
      await show(page, view, shown);
      await expectAccessible(page, view);
      if (look === 'phone') await expectNoSidewaysScroll(page, 360);
      if (look !== 'light') await shot(page, `${view}-${look}`);
    }
  });
}

await tally.finish(browser);
