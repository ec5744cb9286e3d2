// A list of books on another origin's page:  node shelf.mjs SERVER_URL LISTED_URL UNLISTED_URL [--screenshots DIR]
// The two pages are those of embedding.mjs. Exit status as run.mjs.
import { expect, expectAccessible, expectNoSidewaysScroll, launch, readArguments, Tally, withWatchedPage } from './harness.mjs';

const given = readArguments(process.argv.slice(2), 3);
if (given === null) {
  console.error('usage: node shelf.mjs SERVER_URL LISTED_URL UNLISTED_URL [--screenshots DIR]');
  process.exit(2);
}
const [server, listed, unlisted] = given.urls;
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const browser = await launch();
const tally = new Tally();
const shot = (page, name) => given.shot(page, `shelf-${name}`);
const check = (name, options, work) => tally.check(name, () => withWatchedPage(browser, [new URL(server).origin, listed, unlisted], options, work));

const open = (page, at, more = '') => page.goto(`${at}/?chat=${new URL(server).origin}&shelf${more}`);
const cards = (page) => page.locator('[data-yupu-shelf] ol .card');
async function shown(page) {
  await cards(page).first().waitFor();
  return cards(page).evaluateAll((items) => items.map((item) => item.getAttribute('data-item')));
}

await check('on a page with a strict policy: a list for what the page is about, a click is kept and is in no list again', {}, async (page) => {
  const answers = [];
  page.on('response', (response) => answers.push(response));
  await open(page, listed);
  const first = await shown(page);
  expect(first.length === 6 && new Set(first).size === 6, `the list: ${first}`);
  expect(!first.includes('tea-1'), 'the book of the page itself is in the list');
  expect(first.some((id) => id.startsWith('tea-')), `nothing like the book of the page: ${first}`);
  expect((await page.locator('[data-yupu-shelf] h2').innerText()) !== '', 'the list has no title');
  await shot(page, 'desktop');
  const sent = page.waitForRequest((request) => new URL(request.url()).pathname === '/v1/widget/events' && request.method() === 'POST');
  await cards(page).first().locator('a').click();
  await page.waitForURL(`${listed}/books/${first[0]}`);
  const click = (await sent).postDataJSON();
  expect(click.item === first[0] && click.kind === 'click', `what was told: ${JSON.stringify(click)}`);
  await open(page, listed);
  const next = await shown(page);
  expect(!next.includes(first[0]), `what was clicked is offered again: ${next}`);
  const lists = answers.filter((response) => new URL(response.url()).pathname === '/v1/widget/recommend' && response.request().method() === 'POST');
  expect(lists.length === 2 && lists.every((response) => response.ok()), `lists: ${lists.map((response) => response.status())}`);
  await expectAccessible(page);
});

await check('in English on a phone, in the dark', { locale: 'en-GB', colorScheme: 'dark', ...phone }, async (page) => {
  await open(page, listed, '&lang=en');
  await shown(page);
  expect(/[a-z]/.test(await page.locator('[data-yupu-shelf] h2').innerText()), 'the title is not English');
  await cards(page).first().scrollIntoViewIfNeeded();
  await expectNoSidewaysScroll(page, 360);
  await expectAccessible(page);
  await shot(page, 'phone-dark');
});

await check('on a page that is not listed nothing is drawn', { expected: /CORS|403|Failed to load|not shown/ }, async (page) => {
  const said = page.waitForEvent('console', (message) => /not shown/.test(message.text()));
  await open(page, unlisted);
  await said;
  await page.locator('[data-yupu-shelf]').waitFor({ state: 'detached' });
  expect((await page.locator('h1').innerText()) !== '', 'the page itself is gone');
});

await tally.finish(browser);
