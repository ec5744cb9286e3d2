// The pages of recommendation in a real browser (recommend.sh sets the shop up):
//   RECOMMEND_TOKEN=TOKEN RECOMMEND_OTHER=TOKEN RECOMMEND_KEY=KEY node recommend.mjs BASE_URL [--screenshots DIR]
// The token is Li's, a manager; the other one that of somebody who is none; the key the tenant's. Exit status 0 when every check passed, 1 when one failed, 2 for bad use.
import { expect, expectAccessible, expectNoSidewaysScroll, launch, readArguments, Tally, withWatchedPage } from './harness.mjs';

const given = readArguments(process.argv.slice(2), 1);
const token = process.env.RECOMMEND_TOKEN;
const other = process.env.RECOMMEND_OTHER;
const key = process.env.RECOMMEND_KEY;
if (given === null || !token || !other || !key) {
  console.error('usage: RECOMMEND_TOKEN=TOKEN RECOMMEND_OTHER=TOKEN RECOMMEND_KEY=KEY node recommend.mjs BASE_URL [--screenshots DIR]');
  process.exit(2);
}
const base = new URL('/recommend', given.urls[0]).href;
const origin = new URL(base).origin;
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const browser = await launch();
const tally = new Tally();
const shot = (page, name) => given.shot(page, `recommend-${name}`);
const check = (name, options, work) => tally.check(name, () => withWatchedPage(browser, [origin], options, work));

async function post(path, body) {
  const response = await fetch(origin + path, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
}

async function signIn(page, as = token) {
  const response = await page.goto(base);
  const csp = response.headers()['content-security-policy'] ?? '';
  expect(response.ok() && !/unsafe-inline|unsafe-eval/.test(csp) && csp !== '', `the page answered ${response.status()} with the policy "${csp}"`);
  await page.fill('#token', as);
  await page.press('#token', 'Enter');
  await page.locator('[data-user]').first().waitFor();
}

await check('a wrong token is refused in words', { locale: 'en-GB', expected: /401/ }, async (page) => {
  await page.goto(base);
  await page.fill('#token', 'ya_wrong');
  await page.press('#token', 'Enter');
  await page.locator('.problem-line').waitFor();
  expect(/not right/.test(await page.innerText('.problem-line')), await page.innerText('.problem-line'));
});

await check('a reader is found, with what they did and what they would get, and why', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  await page.fill('#words', 'reader-01');
  await page.press('#words', 'Enter');
  await page.locator('.list .empty', { hasText: /^1 found/ }).waitFor();
  await page.click('[data-user="reader-01"]');
  await page.locator('#preview li').first().waitFor();
  expect((await page.locator('#preview li').count()) === 10, 'the preview has no ten items');
  expect((await page.locator('#preview .why', { hasText: 'because of' }).count()) > 0, 'no reason out of the history');
  expect((await page.locator('#history tbody tr').count()) > 3, 'no history');
  await shot(page, 'user');
});

await check('what is taken down is in no list at once, and comes back', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  await page.click('[data-user="reader-01"]');
  await page.locator('#preview li').first().waitFor();
  const first = await page.locator('#preview li').first().getAttribute('data-listed');
  const listed = async () => (await post('/v1/recommend', { user: 'reader-01', count: 100 })).items.map((item) => item.id);
  await page.click('[data-view=items]');
  await page.fill('#words', first);
  await page.press('#words', 'Enter');
  await page.click(`[data-hide="${first}"]`);
  await page.locator(`[data-item="${first}"] .hidden-item`).waitFor();
  expect(!(await listed()).includes(first), 'a hidden item is given');
  expect((await page.evaluate(() => document.activeElement?.getAttribute('data-hide'))) === first, 'the focus is lost');
  await page.keyboard.press('Enter');
  await page.locator(`[data-item="${first}"] .hidden-item`).waitFor({ state: 'detached' });
  expect((await listed()).includes(first), 'a shown item is not given');
  await page.fill('#words', 'odd');
  await page.press('#words', 'Enter');
  await page.locator('[data-item=odd]').waitFor();
  expect((await page.locator('[data-item=odd] b').count()) === 0, 'markup of a title became elements');
  await shot(page, 'items');
});

await check('what is typed stays, and where, while the items are drawn anew', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  await page.click('[data-view=items]');
  await page.locator('[data-item]').first().waitFor();
  let letGo;
  const open = new Promise((done) => (letGo = done));
  await page.route((url) => url.pathname === '/v1/recommend/items', async (route) => {
    await open;
    await route.continue();
  });
  const asked = page.waitForRequest((request) => new URL(request.url()).pathname === '/v1/recommend/items');
  const first = await page.locator('[data-item]').first().getAttribute('data-item');
  await page.click(`[data-hide="${first}"]`);
  await asked;
  await page.locator('#words').pressSequentially('oxd');
  await page.locator('#words').evaluate((field) => field.setSelectionRange(1, 2));
  letGo();
  await page.locator(`[data-item="${first}"] .hidden-item`).waitFor();
  const field = await page.evaluate(() => [document.activeElement.id, document.activeElement.value, document.activeElement.selectionStart].join('|'));
  expect(field === 'words|oxd|1', `after the view was drawn anew: ${field}`);
  await page.keyboard.type('d');
  await page.keyboard.press('Enter');
  await page.locator('#view .empty', { hasText: /^1 found/ }).waitFor();
  await page.fill('#words', first);
  await page.press('#words', 'Enter');
  await page.click(`[data-hide="${first}"]`);
  await page.locator(`[data-item="${first}"] .hidden-item`).waitFor({ state: 'detached' });
});

await check('rules are put by a manager: what is wrong is said beside its field, what is right holds at once', { locale: 'en-GB', expected: /400/ }, async (page) => {
  await signIn(page);
  await page.click('[data-view=rules]');
  await page.locator('#rules-save').waitFor();
  const top = (await post('/v1/recommend', { user: 'reader-01', count: 100 })).items.map((item) => item.id);
  await page.click('#rule-pin-add');
  expect((await page.evaluate(() => document.activeElement.id)) === 'rule-pin-0-item', 'the focus is not on the new row');
  await page.keyboard.type('odd');
  await page.fill('#rule-pin-0-position', '0');
  await page.fill('#rule-explore', '0'); // no draw moves what is pinned down
  await page.fill('#rule-blocked_words', `${top[0]}\nno such word`);
  await page.click('#rule-caps-add');
  await page.fill('#rule-caps-0-tag', 'author:*');
  await page.fill('#rule-caps-0-value', '2');
  await page.click('#rules-save');
  await page.locator('#rule-pin-0-position-wrong', { hasText: 'whole number from 1 to 100' }).waitFor();
  expect((await page.evaluate(() => document.activeElement.id)) === 'rule-pin-0-position', 'the focus is not on the field that is wrong');
  expect((await page.getAttribute('#rule-pin-0-position', 'aria-describedby')) === 'rule-pin-0-position-wrong', 'the field does not name its mistake');
  expect((await page.locator('#view .problem-line').count()) === 1, 'more than one field is wrong');
  await shot(page, 'rules-wrong');
  await page.click('[data-lang=zh]'); // what is written stays in another language too
  await page.locator('#rule-pin-0-position-wrong', { hasText: '要 1 到 100 的整数' }).waitFor();
  await page.click('[data-lang=en]');
  await page.fill('#rule-pin-0-position', '2');
  await page.fill('#rule-caps-0-value', '2');
  await page.press('#rule-caps-0-value', 'Enter');
  await page.locator('#announce', { hasText: 'rules are kept' }).waitFor();
  expect((await page.locator('#view .problem-line').count()) === 0, 'a mistake is still shown');
  const listed = (await post('/v1/recommend', { user: 'reader-01' })).items.map((item) => item.id);
  expect(listed[1] === 'odd', `the list: ${listed}`);
  await page.click('#rule-caps-add');
  await page.fill('#rule-caps-1-tag', 'author:*');
  await page.fill('#rule-caps-1-value', '5');
  await page.click('#rules-save');
  await page.locator('#rule-caps-1-tag-wrong', { hasText: 'stands twice' }).waitFor();
  await page.click('#rule-caps-0-remove');
  expect((await page.inputValue('#rule-caps-0-value')) === '5' && (await page.locator('#rule-caps-1-tag').count()) === 0, 'another row was removed');
  await page.click('#rules-discard');
  await page.waitForFunction(() => document.getElementById('rule-caps-0-value')?.value === '2');
  await shot(page, 'rules');
});

await check('rules are read by who is no manager, and changed by nobody but managers', { locale: 'en-GB' }, async (page) => {
  await signIn(page, other);
  await page.click('[data-view=rules]');
  await page.locator('[data-rule=caps] th', { hasText: 'author:*' }).waitFor();
  expect((await page.innerText('[data-rule=pin] tbody tr')).startsWith('odd'), await page.innerText('[data-rule=pin]'));
  expect((await page.locator('#view input, #view textarea, #view button').count()) === 0, 'fields are offered');
  await shot(page, 'rules-read');
  await page.click('#sign-out');
  await signIn(page);
  await page.click('[data-view=rules]');
  await page.click('#rule-pin-0-remove');
  await page.fill('#rule-blocked_words', '');
  const anew = { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{"blocked_tags": ["never"]}' };
  expect((await fetch(`${origin}/v1/recommend/rules`, anew)).ok, 'the rules were not put');
  await page.click('[data-view=items]');
  await page.click('[data-view=rules]');
  await page.locator('#rules-changed').waitFor(); // and what is written is still there
  expect((await page.locator('#rule-pin-0-item').count()) === 0 && (await page.inputValue('#rule-caps-0-tag')) === 'author:*', 'what was written is gone');
  await page.click('#rules-discard');
  await page.waitForFunction(() => document.getElementById('rule-blocked_tags')?.value === 'never');
  await page.fill('#rule-blocked_tags', '');
  await page.click('#rules-save');
  await page.locator('#announce', { hasText: 'rules are kept' }).waitFor();
});

await check('lists and clicks are counted by day', { locale: 'en-GB' }, async (page) => {
  for (const user of ['reader-02', 'reader-03']) {
    const list = await post('/v1/recommend', { user });
    if (user === 'reader-02') await post('/v1/events', { user, item: list.items[0].id, kind: 'buy', time: Math.floor(Date.now() / 1000) + 2 });
  }
  await signIn(page);
  await page.click('[data-view=metrics]');
  await page.locator('#days tbody tr').first().waitFor();
  const cells = await page.locator('#days tbody tr').first().locator('td').allInnerTexts();
  expect(Number(cells[0]) >= 2 && cells[1] === '1' && cells[2] === '1' && cells[3] === '1', `the day: ${cells}`);
  await page.selectOption('#range', '7');
  await page.locator('#days tbody tr').first().waitFor();
  expect((await page.inputValue('#range')) === '7', 'another time was not chosen');
  await shot(page, 'metrics');
});

await check('what becomes of lists, what is missing and what a list costs', { locale: 'en-GB' }, async (page) => {
  const list = await post('/v1/recommend', { user: 'reader-04' });
  await post('/v1/events', { user: 'reader-04', item: list.items[0].id, kind: 'share', time: Math.floor(Date.now() / 1000) + 2, impression: list.impression });
  await signIn(page);
  await page.click('[data-view=health]');
  await page.locator('#funnel tbody tr').first().waitFor();
  const rows = await page.locator('#funnel tbody tr').allInnerTexts();
  expect(rows.length === 5 && /^Lists\s+[1-9]/.test(rows[0]) && /^share\s+[1-9]/.test(rows[3]), `the funnel: ${rows}`);
  expect((await page.locator('#record tbody tr', { hasText: 'a title and no description' }).count()) === 1, 'what the record lacks is not said');
  expect((await page.locator('#drift tbody tr').count()) === 5, 'no drift');
  const stages = await page.locator('#cost tbody th').allInnerTexts();
  expect(stages.includes('reasons') && stages.includes('keeping the list'), `stages: ${stages}`);
  await page.selectOption('#range', '7');
  await page.locator('#funnel tbody tr').first().waitFor();
  await shot(page, 'health');
});

await check('a release that was refused says why, and a click goes back', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  await page.click('[data-view=releases]');
  await page.locator('[data-release]').first().waitFor();
  expect((await page.locator('[data-release]').count()) === 3, 'not every release is shown');
  expect((await page.innerText('[data-release] >> nth=0')).includes('too few'), await page.innerText('[data-release] >> nth=0'));
  const served = () => page.locator('[data-release]', { has: page.locator('.flag.live') }).getAttribute('data-release');
  const before = await served();
  await page.click('#roll-back');
  await page.locator('#announce', { hasText: 'serves again' }).waitFor();
  expect((await served()) !== before, 'the same release serves');
  expect((await page.innerText('#changes tbody tr >> nth=0')).includes('Li'), 'the change does not say who made it');
  await shot(page, 'releases');
});

await check('Chinese, dark, and kept over a reload', { colorScheme: 'dark' }, async (page) => {
  await signIn(page);
  expect((await page.innerText('h1')) === '推荐台', await page.innerText('h1'));
  await page.click('[data-user="reader-01"]');
  await page.locator('#preview li').first().waitFor();
  await shot(page, 'dark');
  await page.click('[data-view=rules]');
  await page.locator('#rules-save').waitFor();
  await page.click('#rule-lift-add');
  await shot(page, 'dark-rules');
  await page.reload();
  await page.locator('[data-user]').first().waitFor();
  await page.click('#sign-out');
  await page.locator('#token').waitFor();
  expect((await page.evaluate(() => sessionStorage.getItem('yupu.agent'))) === null, 'the token stays after signing out');
});

await check('on a phone nothing stands outside the screen', phone, async (page) => {
  await signIn(page);
  await page.tap('[data-user="reader-01"]');
  await page.locator('#preview li').first().waitFor();
  for (const view of ['users', 'items', 'rules', 'metrics', 'health', 'releases']) {
    await page.tap(`[data-view=${view}]`);
    await page.locator('#view .empty, #view table, #view .releases').first().waitFor();
    if (view === 'rules') for (const rows of ['pin', 'lift', 'caps']) await page.tap(`#rule-${rows}-add`);
    await expectNoSidewaysScroll(page, 360);
    await shot(page, `phone-${view}`);
  }
});

for (const [look, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['phone', phone]]) {
  await check(`axe finds nothing serious: ${look}`, { ...options, locale: 'en-GB', bypassCSP: true }, async (page) => {
    await page.goto(base);
    await page.locator('#token').waitFor();
    await expectAccessible(page, 'signing in');
    await signIn(page);
    await page.click('[data-user="reader-01"]');
    await page.locator('#preview li').first().waitFor();
    await expectAccessible(page, 'a user');
    for (const view of ['items', 'rules', 'metrics', 'health', 'releases']) {
      await page.click(`[data-view=${view}]`);
      await page.locator('#view table, #rules-save').first().waitFor();
      if (view === 'rules') for (const rows of ['pin', 'lift']) await page.click(`#rule-${rows}-add`);
      await expectAccessible(page, view);
    }
  });
}

await tally.finish(browser);
