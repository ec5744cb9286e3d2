// The chat on another origin's page, and on its own:  node widget.mjs CHAT_URL LISTED_URL UNLISTED_URL [--screenshots DIR]
// The two pages are those of embedding.mjs. Exit status as run.mjs.
import { answered, ask, chatPage, openChat } from './chat.mjs';
import { expect, expectAccessible, expectNoSidewaysScroll, launch, readArguments, Tally, withWatchedPage } from './harness.mjs';

const given = readArguments(process.argv.slice(2), 3);
if (given === null) {
  console.error('usage: node widget.mjs CHAT_URL LISTED_URL UNLISTED_URL [--screenshots DIR]');
  process.exit(2);
}
const [chat, listed, unlisted] = given.urls;
const zh = '快递几天能送到？';
const en = 'Can I cancel my order?';
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const browser = await launch();
const tally = new Tally();
const shot = (page, name) => given.shot(page, `widget-${name}`);

const check = (name, options, work) => tally.check(name, () => withWatchedPage(browser, [new URL(chat).origin, listed, unlisted], options, work));
const shopPage = (page, more = '') => chatPage(page, listed, chat, more);

// A question the bot would rather ask about, found as a caller of its own would find it.
async function vagueQuestion() {
  for (const text of ['我的订单', '茶的事', '那个钱的事情', '地址', '我想改一下', '包装', 'my order', 'the money', 'the tea thing', 'change it']) {
    const response = await fetch(`${chat}/v1/answer`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ bot: 'shop', text }) });
    const said = await response.json();
    if (said.decision === 'clarify' && said.options.length > 0) return text;
  }
  return '';
}
const vague = await vagueQuestion();

const focused = (page) => page.evaluate(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === null ? '' : at.className || at.localName;
});

await check('on a page with a strict policy: ask, tap, answer with source, rate', {}, async (page) => {
  expect(vague !== '', 'no question makes the bot ask back');
  const calls = [];
  page.on('request', (request) => calls.push(request));
  await shopPage(page);
  await openChat(page);
  await shot(page, 'welcome');
  const first = await ask(page, zh);
  expect((await first.locator('.bot.answer .text').innerText()).length > 0, 'no answer');
  expect((await first.locator('.sources li').count()) > 0, 'no source');
  const asked = await ask(page, vague);
  const option = asked.locator('.chips .chip').first();
  const title = await option.innerText();
  await option.click();
  const tapped = await answered(page, 2);
  expect((await tapped.locator('.visitor').innerText()).includes(title), 'a tapped option was not sent');
  expect((await tapped.locator('.bot.answer').count()) === 1, `the tap got: ${await tapped.innerText()}`);
  await shot(page, 'desktop');
  await tapped.locator('.rate.down').click();
  await tapped.locator('form.reason .chip').first().click();
  await tapped.locator('form.reason').waitFor({ state: 'detached' });
  await first.locator('.rate.up').click();
  await first.locator('.rate.up[aria-pressed=true]').waitFor();
  await first.locator('.rate.down').click();
  await first.locator('.rate.down[aria-pressed=true]').waitFor();
  expect((await first.locator('.rate.up').getAttribute('aria-pressed')) === 'false', 'a changed vote left the first one');

  const tokens = calls.map((request) => request.headers()['yupu-visitor']).filter(Boolean);
  const votes = calls.filter((request) => request.url().endsWith('/v1/feedback') && request.method() === 'POST').map((request) => request.postDataJSON());
  expect(new Set(tokens).size === 1 && tokens[0].startsWith('vt_'), `tokens: ${tokens}`);
  expect(calls.every((request) => !request.url().includes(tokens[0]) && !('authorization' in request.headers())), 'the token stands in a URL, or a key was sent');
  expect(votes.map(({ rating }) => rating).join() === '-1,-1,1,-1' && votes[1].reason !== '', `votes: ${JSON.stringify(votes)}`);
});

await check('a reload keeps the conversation, and it goes on; starting again begins another', {}, async (page) => {
  const conversations = [];
  page.on('response', async (response) => {
    if (response.url().endsWith('/v1/answer') && response.request().method() === 'POST') conversations.push((await response.json()).conversation);
  });
  await shopPage(page);
  await openChat(page);
  await ask(page, zh);
  await page.reload({ waitUntil: 'networkidle' });
  await openChat(page);
  expect((await page.locator('.turns > li').count()) === 1, 'the conversation is gone after a reload');
  await ask(page, '怎么退货？');
  await page.locator('.restart').click();
  expect((await page.locator('.turns > li').count()) === 0, 'starting again left the old conversation');
  await ask(page, zh);
  expect(conversations.length === 3 && conversations[0] === conversations[1] && conversations[2] !== conversations[1], `conversations: ${conversations}`);
});

await check('a page that is not listed shows nothing, and its link still works', { expected: /CORS|403|ERR_FAILED/ }, async (page) => {
  // The browser reports the refused call, and the answer it may not read, on its console.
  const told = page.waitForEvent('console', (message) => message.text().includes('yupu widget: not shown'));
  await page.goto(`${unlisted}/?chat=${chat}`);
  await told;
  expect((await page.locator('[data-yupu-host]').count()) === 0, 'something was rendered');
  const refused = await page.request.post(`${chat}/v1/visitors`, { headers: { origin: unlisted }, data: { bot: 'shop' } });
  expect(refused.status() === 403 && (await refused.json()).field === 'Origin', `the server said ${refused.status()}`);
  await page.locator('[data-yupu-chat]').click();
  await page.waitForURL(`${chat}/chat/shop`);
  await page.locator('.panel').waitFor();
});

await check('keyboard alone: opens, stays inside, Escape closes and gives the focus back', { locale: 'en-GB' }, async (page) => {
  await shopPage(page, '&lang=en');
  await page.keyboard.press('Tab'); // the link
  await page.keyboard.press('Enter');
  await page.locator('.panel').waitFor();
  expect((await focused(page)) === 'textarea', `the focus is on ${await focused(page)}`);
  await page.keyboard.type(en);
  await page.keyboard.press('Enter');
  await answered(page, 0);
  const seen = new Set();
  for (let presses = 0; presses < 14; presses += 1) {
    await page.keyboard.press(presses < 10 ? 'Tab' : 'Shift+Tab');
    const inside = await page.evaluate(() => document.activeElement?.hasAttribute('data-yupu-host') ?? false);
    expect(inside, 'Tab left the dialog');
    seen.add(await focused(page));
  }
  for (const stop of ['restart', 'close', 'log', 'rate up', 'textarea', 'send']) expect(seen.has(stop), `Tab does not reach ${stop}: ${[...seen]}`);
  await page.keyboard.press('Escape');
  expect(!(await page.locator('.panel').isVisible()), 'Escape does not close');
  expect((await page.evaluate(() => document.activeElement?.hasAttribute('data-yupu-chat'))) === true, 'the focus did not go back to the link');
  await page.keyboard.press('Tab');
  expect((await focused(page)) === 'launcher', `after the link comes ${await focused(page)}`);
  await page.keyboard.press('Enter');
  expect((await page.locator('.turns > li').count()) === 1, 'closing lost the conversation');
});

await check('a screen reader is told: dialog, live log, names; the page decides the language', { locale: 'zh-CN' }, async (page) => {
  await shopPage(page, '&lang=en');
  expect((await page.locator('.launcher').getAttribute('aria-label')) === 'Open the chat', 'the launcher does not speak the language of the page');
  await openChat(page);
  expect((await page.getByRole('dialog', { name: 'Ask Green Hill Tea' }).count()) === 1, 'no dialog of that name');
  expect((await page.getByRole('log').getAttribute('aria-live')) === 'polite', 'the log is not a polite live region');
  await ask(page, en);
  expect((await page.locator('.bot .hidden-text').first().textContent()) === 'The shop said: ', 'who speaks is not said');
  await ask(page, 'let me talk to a person');
  const state = page.locator('.state:not(:empty)');
  await state.waitFor();
  expect((await state.getAttribute('role')) === 'status' && (await state.innerText()).includes('Nobody is here'), `the handoff is not shown: ${await page.locator('.panel').innerText()}`);
  await shot(page, 'handoff');
});

// No agent is on duty as long as these checks run.
const refusedContact = { status: 400, contentType: 'application/problem+json', body: '{"code":"invalid_argument","field":"contact","detail":"contact is not so"}' };
for (const [where, show] of [['a page of another origin', (page) => shopPage(page, '&lang=en').then(() => openChat(page))],
  ['the hosted page', (page) => page.goto(`${chat}/chat/shop?lang=en`, { waitUntil: 'networkidle' })]]) {
  await check(`nobody on duty: the offline form on ${where}`, { locale: 'en-GB', expected: /400/ }, async (page) => {
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/contact') && sent.push(request.postDataJSON()));
    await show(page);
    await ask(page, 'let me talk to a person');
    const form = page.locator('form.contact');
    const field = form.locator('[name=contact]');
    await form.waitFor();
    await form.locator('[type=submit]').click();
    expect(sent.length === 0 && (await field.getAttribute('aria-invalid')) === 'true', 'an empty form was sent, or nobody was told');
    const fault = form.locator(`#${await field.getAttribute('aria-describedby')}`);
    expect(/how to reach you/.test(await fault.innerText()), `said: ${await fault.innerText()}`);
    await field.fill('me@example.org');
    await form.locator('[name=text]').fill('about my order');
    await page.route('**/contact', (route) => (route.request().method() === 'POST'
      ? route.fulfill({ ...refusedContact, headers: { 'access-control-allow-origin': listed } }) : route.continue()));
    await form.locator('[type=submit]').click();
    await form.locator('.fault', { hasText: 'contact is not so' }).waitFor();
    await page.unroute('**/contact');
    expect((await field.inputValue()) === 'me@example.org', 'what was typed is gone');
    if (where === 'the hosted page') await shot(page, 'offline');
    await field.press('Enter');
    await page.locator('.happened', { hasText: 'Thank you' }).waitFor();
    await form.waitFor({ state: 'detached' });
    expect(JSON.stringify(sent.at(-1)) === '{"contact":"me@example.org","text":"about my order"}', `sent: ${JSON.stringify(sent)}`);
    await page.reload(); // a stream is open: the network is not idle
    if (where !== 'the hosted page') await openChat(page);
    await page.locator('.happened', { hasText: 'Thank you' }).waitFor();
    expect((await form.count()) === 0, 'the form came back after a reload');
  });
}

await check('a token that is over or forged: another visitor, without history', { expected: /401/ }, async (page) => {
  await shopPage(page);
  await openChat(page);
  await ask(page, zh);
  await page.evaluate(() => {
    const key = Object.keys(sessionStorage).find((name) => name.startsWith('yupu.chat'));
    sessionStorage.setItem(key, sessionStorage.getItem(key).replace(/vt_[a-z0-9]+/, 'vt_forged'));
  });
  await page.reload({ waitUntil: 'networkidle' });
  await openChat(page);
  await page.locator('.composer textarea').fill('怎么退货？');
  await page.locator('.composer textarea').press('Enter');
  await page.locator('.state:not(:empty)').waitFor();
  const turn = await answered(page, 0);
  expect((await page.locator('.turns > li').count()) === 1, 'the history of another visitor stayed');
  expect((await turn.locator('.bot.problem').count()) === 0, `got: ${await turn.innerText()}`);
  expect((await page.locator('.state').innerText()).includes('重新开始'), 'the visitor is not told');
});

await check('429 says how long to wait, and can be tried again', { expected: /429/, locale: 'en-GB' }, async (page) => {
  await shopPage(page, '&lang=en');
  await openChat(page);
  await page.route('**/v1/answer', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 429, contentType: 'application/problem+json',
    headers: { 'retry-after': '2', 'access-control-allow-origin': listed, 'access-control-expose-headers': 'retry-after' }, body: '{"code":"resource_exhausted"}' }) : route.continue()));
  const turn = await ask(page, en);
  expect(/2 seconds/.test(await turn.locator('.bot.problem').innerText()), `said: ${await turn.innerText()}`);
  await page.unroute('**/v1/answer');
  await turn.locator('.problem .chip:enabled').click({ timeout: 6000 });
  await turn.locator('.bot.answer').waitFor();
});

await check('a text with markup stays text', {}, async (page) => {
  await shopPage(page);
  await openChat(page);
  await ask(page, '<img src=x onerror=alert(1)> <b>多久能到</b>');
  expect((await page.locator('.turns img, .turns b').count()) === 0, 'markup of a visitor became elements');
});

await check('phone: the dialog fills the screen, nothing scrolls sideways', phone, async (page) => {
  await shopPage(page);
  await shot(page, 'phone-launcher');
  await openChat(page);
  await ask(page, zh);
  if (vague !== '') await ask(page, vague);
  await ask(page, 'Pneumonoultramicroscopicsilicovolcanoconiosis'.repeat(3));
  const box = await page.locator('.panel').boundingBox();
  expect(box !== null && box.x === 0 && box.width === 360 && box.height === 740, `the dialog is ${JSON.stringify(box)}`);
  const inner = await page.locator('.log').evaluate((log) => log.scrollWidth - log.clientWidth);
  expect(inner <= 0, `the conversation is ${inner} px too wide`);
  await expectNoSidewaysScroll(page, 360);
  await page.locator('.log').evaluate((log) => log.scrollTo(0, 0));
  await shot(page, 'phone');
});

await check('the hosted page: the same chat, no policy violated', {}, async (page) => {
  const response = await page.goto(`${chat}/chat/shop`, { waitUntil: 'networkidle' });
  expect(response.ok() && !/unsafe/.test(response.headers()['content-security-policy']), 'the page is not there, or its policy is not strict');
  await page.locator('.panel').waitFor();
  expect((await page.getAttribute('html', 'lang')) === 'zh-CN', 'the page does not follow the browser');
  const turn = await ask(page, zh);
  expect((await turn.locator('.bot.answer').count()) === 1, `got: ${await turn.innerText()}`);
  await page.reload({ waitUntil: 'networkidle' });
  expect((await page.locator('.turns > li').count()) === 1, 'the conversation is gone after a reload');
  await shot(page, 'page');
  expect((await page.request.get(`${chat}/chat/nobody`)).status() === 404, 'a page for a bot that is not there');
});

await check('in a frame: for listed pages', {}, async (page) => {
  await shopPage(page, '&lang=en&frame');
  const frame = page.frameLocator('iframe');
  await frame.locator('.composer textarea').fill(en);
  await frame.locator('.composer textarea').press('Enter');
  await frame.locator('.bot.answer').waitFor();
});

await check('in a frame: for no others', { expected: /frame-ancestors|ERR_BLOCKED/ }, async (page) => {
  await page.goto(`${unlisted}/?chat=${chat}&frame`);
  await page.waitForLoadState('networkidle');
  expect((await page.frameLocator('iframe').locator('.panel').count()) === 0, 'an unlisted page shows the chat in a frame');
});

for (const [name, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['phone', phone]]) {
  // axe is put into the page past its policy; all else runs under it.
  await check(`axe finds nothing serious: ${name}`, { ...options, bypassCSP: true }, async (page) => {
    await shopPage(page);
    await expectAccessible(page, 'closed');
    await openChat(page);
    await expectAccessible(page, 'greeting');
    const turn = await ask(page, zh);
    if (vague !== '') await ask(page, vague);
    await turn.locator('.rate.down').click();
    await turn.locator('form.reason').waitFor();
    await expectAccessible(page, 'conversation');
    await ask(page, '转人工');
    await page.locator('form.contact').waitFor();
    await page.locator('form.contact [type=submit]').click();
    await expectAccessible(page, 'handed over, the offline form with a fault');
    if (name === 'dark') await shot(page, 'dark');
    await page.goto(`${chat}/chat/shop`, { waitUntil: 'networkidle' });
    await ask(page, zh);
    await expectAccessible(page, 'hosted page');
  });
}

await tally.finish(browser);
