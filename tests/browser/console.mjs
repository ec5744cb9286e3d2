// The console in a real browser, and visitors by the API and in the chat on the three pages that have it:
//   AGENT_TOKENS="TOKEN TOKEN" node console.mjs BASE_URL LISTED_URL [--screenshots DIR]     LISTED_URL: of embedding.mjs
// The agents are called Mei and Lin. Exit status 0 when every check passed, 1 when one failed, 2 for bad use.
import { chatPage, openChat, send } from './chat.mjs';
import { expect, expectAccessible, expectNoSidewaysScroll, launch, readArguments, Tally, withWatchedPage } from './harness.mjs';
import { nonsense } from './nonsense.mjs';

const given = readArguments(process.argv.slice(2), 2);
const [meisToken, linsToken] = (process.env.AGENT_TOKENS ?? '').split(' ');
if (given === null || !meisToken || !linsToken) {
  console.error('usage: AGENT_TOKENS="TOKEN TOKEN" node console.mjs BASE_URL LISTED_URL [--screenshots DIR]');
  process.exit(2);
}
const base = new URL('/console', given.urls[0]).href;
const origin = new URL(base).origin;
const listed = given.urls[1];
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const browser = await launch();
const tally = new Tally();
const shot = (page, name) => given.shot(page, `console-${name}`);
const check = (name, options, work) => tally.check(name, () => withWatchedPage(browser, [origin], options, work));

async function api(path, body) {
  const response = await fetch(new URL(path, origin), body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect(response.ok, `${path} answered ${response.status}: ${await response.clone().text()}`);
  return response.json();
}

class Visitor {
  async say(text) {
    const answer = await api('/v1/answer', { bot: 'shop', text, ...(this.conversation && { conversation: this.conversation }) });
    this.conversation = answer.conversation;
    return answer;
  }
  messages = () => api(`/v1/conversations/${this.conversation}/messages`);
  async wantsAPerson(text = '转人工') {
    const answer = await this.say(text);
    expect(answer.decision === 'handoff', `"${text}" was not handed over but got: ${JSON.stringify(answer)}`);
    return answer;
  }
}

async function until(what, test) {
  for (let tries = 0; tries < 150; tries += 1) {
    if (await test()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  expect(false, `it never came true: ${what}`);
}

async function signIn(page, token) {
  const response = await page.goto(base);
  const csp = response.headers()['content-security-policy'] ?? '';
  expect(response.ok() && !/unsafe-inline|unsafe-eval/.test(csp) && csp !== '', `the console answered ${response.status()} with the policy "${csp}"`);
  await page.fill('#token', token);
  await page.press('#token', 'Enter');
  await page.locator('#list').waitFor();
  await page.locator('.team .on').first().waitFor();
}

const item = (page, visitor) => page.locator(`[data-id="${visitor.conversation}"]`);

await check('a wrong token is refused in words', { locale: 'en-GB', expected: /401/ }, async (page) => {
  await page.goto(base);
  await page.fill('#token', 'ya_wrong');
  await page.press('#token', 'Enter');
  await page.locator('.problem-line').waitFor();
  expect(/not right/.test(await page.innerText('.problem-line')), await page.innerText('.problem-line'));
  await shot(page, 'sign-in');
});

await check('a visitor is answered by a person, live, and given back to the bot', {}, async (page) => {
  await signIn(page, meisToken);
  const visitor = new Visitor();
  await visitor.say('快递几天能送到？');
  await visitor.wantsAPerson();
  await item(page, visitor).click();
  await page.locator('#log .said.visitor').nth(1).waitFor();
  expect((await page.innerText('#summary')).includes('快递几天能送到？'), 'the summary lacks the first question');
  const silent = await visitor.say('快递什么时候能到？');
  expect(silent.handover.state === 'with' && silent.handover.agent === 'Mei' && silent.text === '', `the bot is not silent: ${JSON.stringify(silent)}`);
  await page.locator('#log .said.visitor', { hasText: '什么时候能到' }).waitFor();
  await page.locator('[data-suggestion="1"]').waitFor();
  await shot(page, 'inbox');
  await page.keyboard.press('Alt+Digit1');
  const suggested = await page.inputValue('#reply');
  expect(suggested.length > 3, 'Alt + 1 put nothing into the reply box');
  await page.press('#reply', 'Enter');
  await page.locator('#log .said.person:not(.outgoing)').waitFor();
  const { messages } = await visitor.messages();
  const told = messages.filter((message) => message.author === 'person');
  expect(told.length === 1 && told[0].text === suggested && told[0].agent === 'Mei', `the visitor was told ${JSON.stringify(told)}`);
  expect((await page.inputValue('#reply')) === '', 'the reply box was not emptied');
  await page.click('[data-close=bot]');
  await item(page, visitor).waitFor({ state: 'detached' });
  const after = await visitor.say('快递几天能送到？');
  expect(after.decision !== 'handoff', `the bot did not take it back: ${JSON.stringify(after)}`);
});

// The one who came last: Mei's console holds nobody else in these checks.
const newest = (page) => page.locator('#mine .item').last();

// What is said on each page: how it is opened, asked, and where a person's words and the news stand.
const pages = [
  { name: 'the widget on another origin', show: (page) => chatPage(page, listed, origin, '&lang=en'), open: openChat,
    send, words: '.person .text', who: '.person .name', news: '.happened', state: '.state', turns: '.turns > li' },
  { name: 'the hosted page', show: (page) => page.goto(`${origin}/chat/shop?lang=en`, { waitUntil: 'networkidle' }), open: () => undefined,
    send, words: '.person .text', who: '.person .name', news: '.happened', state: '.state', turns: '.turns > li' },
  { name: 'the demo page', show: (page) => page.goto(origin, { waitUntil: 'networkidle' }), open: () => undefined,
    send: async (page, text) => { await page.fill('#question', text); await page.press('#question', 'Enter'); },
    words: '.person .text', who: '.person .name', news: '.happened', state: '#standing', turns: '#thread > li' },
];
for (const { name, show, open, send: say, words, who, news, state, turns } of pages) {
  await check(`a person in the console talks to a visitor on ${name}, live`, { locale: 'en-GB' }, async (meis) => {
    await signIn(meis, meisToken);
    await withWatchedPage(browser, [origin, listed], { locale: 'en-GB' }, async (page) => {
      await show(page);
      await open(page);
      await say(page, 'let me talk to a person');
      await page.locator(news, { hasText: 'Mei has joined' }).waitFor();
      await page.locator(state, { hasText: 'You are talking to Mei' }).waitFor();
      await newest(meis).click();
      await meis.fill('#reply', 'Mei here, <b>which order?</b>');
      await meis.press('#reply', 'Enter');
      await page.locator(words, { hasText: 'which order?' }).waitFor();
      expect((await page.locator(words).innerText()) === 'Mei here, <b>which order?</b>', 'markup of an agent became elements');
      expect((await page.locator(who).innerText()).startsWith('Mei'), `who speaks: ${await page.locator(who).innerText()}`);
      await say(page, 'GH12345678');
      await page.locator(news, { hasText: 'Mei has your message' }).waitFor();
      await meis.locator('#log .said.visitor', { hasText: 'GH12345678' }).waitFor();
      await page.reload({ waitUntil: 'load' });
      await open(page);
      await page.locator(words, { hasText: 'which order?' }).waitFor();
      await meis.fill('#reply', 'It leaves today.');
      await meis.press('#reply', 'Enter');
      await page.locator(words, { hasText: 'It leaves today.' }).waitFor();
      expect((await page.locator(words).count()) === 2, `a message came twice: ${await page.locator(words).allInnerTexts()}`);
      expect((await page.locator(news, { hasText: 'Mei has joined' }).count()) === 1, 'that she has come was said twice');
      await shot(page, `live-${pages.findIndex((one) => one.name === name)}`);
      await meis.click('[data-close=bot]');
      await page.locator(news, { hasText: 'Given back to the bot' }).waitFor();
      await until('the state is empty', async () => (await page.locator(state).innerText()) === '');
      const before = await page.locator(turns).count();
      await say(page, 'how long does delivery take?');
      const turn = page.locator(turns).nth(before);
      await turn.locator('.answer, .clarify, .refuse').first().waitFor();
    });
  });
}

await check('a visitor whose dialog is closed is told by the button that somebody has answered', { locale: 'en-GB' }, async (meis) => {
  await signIn(meis, meisToken);
  await withWatchedPage(browser, [origin, listed], { locale: 'en-GB' }, async (page) => {
    await chatPage(page, listed, origin, '&lang=en');
    await openChat(page);
    await send(page, 'let me talk to a person');
    await page.locator('.happened', { hasText: 'Mei has joined' }).waitFor();
    await page.keyboard.press('Escape');
    await newest(meis).click();
    await meis.fill('#reply', 'Are you there?');
    await meis.press('#reply', 'Enter');
    await page.locator('.launcher.unread').waitFor();
    expect(/answered/.test(await page.locator('.launcher').getAttribute('aria-label')), 'the button does not say so');
    await openChat(page);
    await page.locator('.person', { hasText: 'Are you there?' }).waitFor();
    expect((await page.locator('.launcher.unread').count()) === 0, 'the mark stays');
    await meis.click('[data-close=end]');
    await page.locator('.happened', { hasText: 'The conversation is over' }).waitFor();
  });
});

await check('a page whose streams do not come through asks instead', { locale: 'en-GB' }, async (meis) => {
  await signIn(meis, meisToken);
  await withWatchedPage(browser, [origin, listed], { locale: 'en-GB' }, async (page) => {
    let asked = 0;
    await page.route('**/events', (route) => (route.request().method() === 'GET'
      ? route.fulfill({ status: 200, contentType: 'text/html', headers: { 'access-control-allow-origin': listed }, body: 'a proxy' }) : route.continue()));
    page.on('request', (request) => (asked += request.url().includes('/messages?after=') ? 1 : 0));
    await chatPage(page, listed, origin, '&lang=en');
    await openChat(page);
    await send(page, 'let me talk to a person');
    await newest(meis).click();
    await meis.fill('#reply', 'By another way');
    await meis.press('#reply', 'Enter');
    await page.locator('.person', { hasText: 'By another way' }).waitFor({ timeout: 40_000 });
    expect(asked > 0, 'it did not come by asking');
    await meis.click('[data-close=end]');
  });
});

for (const [look, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['phone', phone]]) {
  await check(`axe finds nothing serious in the console: ${look}`, { ...options, locale: 'en-GB', bypassCSP: true }, async (page) => {
    await page.goto(base);
    await page.locator('#token').waitFor();
    await expectAccessible(page, 'signing in');
    await signIn(page, meisToken);
    await expectAccessible(page, 'an empty inbox');
    const visitor = new Visitor();
    await visitor.say('How long does delivery take?');
    await visitor.wantsAPerson('let me talk to a person');
    await item(page, visitor).click();
    await page.locator('#log .said.visitor').first().waitFor();
    const folded = page.locator('.beside:not([open]) > summary'); // where there is no room beside the conversation
    if ((await folded.count()) > 0) await folded.click();
    await page.locator('#summary dd').first().waitFor();
    await expectAccessible(page, 'a conversation');
    await page.click('[data-close=end]');
    await item(page, visitor).waitFor({ state: 'detached' });
    for (const [view, shown] of [['overview', '[data-figure=messages]'], ['conversations', '[data-open]'], ['misses', '.empty']]) {
      await page.click(`[data-view=${view}]`);
      await page.locator(shown).first().waitFor();
      await expectAccessible(page, view);
    }
  });
}

await check('markup of a visitor stays text, and a draft survives what comes in', { locale: 'en-GB' }, async (page) => {
  await signIn(page, meisToken);
  const visitor = new Visitor();
  await visitor.wantsAPerson();
  await item(page, visitor).click();
  await page.fill('#reply', 'half a sentence');
  await visitor.say('<img src=x onerror=alert(1)> <b>bold</b>');
  await page.locator('#log .said.visitor', { hasText: 'onerror' }).waitFor();
  expect((await page.locator('#log img, #log b').count()) === 0, 'markup of a visitor became elements');
  expect((await page.inputValue('#reply')) === 'half a sentence', 'the draft is gone');
  expect((await page.evaluate(() => document.activeElement?.id)) === 'reply', 'the focus left the reply box');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Alt+ArrowDown');
  expect((await page.inputValue('#reply')) === 'half a sentence', 'the draft is gone after coming back');
  await page.click('[data-close=end]');
  await item(page, visitor).waitFor({ state: 'detached' });
});

await check('two consoles: handed from one to the other, who is on a phone', phone, async (lins) => {
  await signIn(lins, linsToken);
  await expectNoSidewaysScroll(lins, 360);
  await withWatchedPage(browser, [origin], {}, async (meis) => {
    await signIn(meis, meisToken);
    const visitors = [new Visitor(), new Visitor()];
    for (const visitor of visitors) await visitor.wantsAPerson();
    await until('each has one', async () => (await meis.locator('#mine .item').count()) + (await lins.locator('#mine .item').count()) === 2);
    const meisVisitor = (await item(meis, visitors[0]).count()) > 0 ? visitors[0] : visitors[1];
    await item(meis, meisVisitor).click();
    await meis.selectOption('#hand', 'to Lin');
    await item(meis, meisVisitor).waitFor({ state: 'detached' });
    await item(lins, meisVisitor).waitFor();
    await shot(lins, 'phone-list');
    await item(lins, meisVisitor).tap();
    await lins.locator('#log .said.visitor').waitFor();
    await expectNoSidewaysScroll(lins, 360);
    await lins.fill('#reply', '我是 Lin');
    await lins.tap('.reply .ask');
    await lins.locator('#log .said.person:not(.outgoing)').waitFor();
    const box = await lins.locator('.reply').boundingBox();
    expect(box !== null && box.y >= 0 && box.y + box.height <= 740, 'the reply box is out of sight');
    await shot(lins, 'phone');
    const { messages } = await meisVisitor.messages();
    expect(messages.at(-1).agent === 'Lin', `the last message is ${JSON.stringify(messages.at(-1))}`);
    for (const visitor of visitors) {
      if (await lins.locator('.back').isVisible()) await lins.tap('.back');
      const page = (await item(lins, visitor).count()) > 0 ? lins : meis;
      await item(page, visitor).click();
      await page.click('[data-close=end]');
      await item(page, visitor).waitFor({ state: 'detached' });
    }
  });
});

await check('figures, conversations and misses are those of the records', { locale: 'en-GB' }, async (page) => {
  await signIn(page, meisToken);
  let missed = '';
  for (let tries = 0; tries < nonsense.length && missed === ''; tries += 1) {
    const answer = await new Visitor().say(nonsense[tries]);
    if (answer.decision === 'clarify' || answer.decision === 'refuse') missed = nonsense[tries];
  }
  expect(missed !== '', 'every nonsense was answered');
  await page.click('[data-view=overview]');
  await page.locator('[data-figure=messages]').waitFor();
  const figures = await (await fetch(new URL('/v1/console/overview?days=7', origin), { headers: { authorization: `Bearer ${meisToken}` } })).json();
  for (const [name, value] of [['messages', figures.messages], ['allConversations', figures.conversations], ['resolved', figures.resolved], ['handedOver', figures.handed_over]]) {
    const shown = await page.innerText(`[data-figure=${name}] dd`);
    expect(parseInt(shown, 10) === value && value > 0, `${name} is shown as ${shown}, the records say ${value}`);
  }
  expect(figures.resolved + figures.handed_over === figures.conversations, 'resolved and handed over are not all');
  expect(Object.values(figures.decisions).reduce((sum, n) => sum + n, 0) === figures.messages, 'the decisions do not add up');
  const report = await (await fetch(new URL('/v1/agent/report', origin), { headers: { authorization: `Bearer ${meisToken}` } })).json();
  const hits = (await page.locator('.entries tbody td:nth-of-type(2)').allInnerTexts()).reduce((sum, text) => sum + Number(text), 0);
  expect(hits === report.hits && report.hits + report.misses === report.calls, `hits by entry are ${hits}, the report says ${report.hits} and ${report.misses} of ${report.calls}`);
  await shot(page, 'overview');
  await page.click('[data-view=conversations]');
  await page.locator('[data-open]').first().click();
  await page.locator('#opened .said').first().waitFor();
  await page.click('[data-view=misses]');
  await page.locator('.miss li').first().waitFor();
  expect((await page.locator('.miss li', { hasText: missed }).count()) >= 1, 'the miss is not among the misses');
  await shot(page, 'misses');
  await page.click('[data-lang=zh]');
  expect((await page.innerText('h1')) === '客服台', 'the switch to Chinese did nothing');
  await page.reload();
  await page.locator('#list').waitFor();
  await page.click('#sign-out');
  await page.locator('#token').waitFor();
  expect((await page.evaluate(() => sessionStorage.getItem('yupu.agent'))) === null, 'the token stays after signing out');
});

await check('dark: text stays readable; every control has a name', { colorScheme: 'dark' }, async (page) => {
  await signIn(page, meisToken);
  const visitor = new Visitor();
  await visitor.wantsAPerson();
  await item(page, visitor).click();
  await page.locator('#log .said.visitor').waitFor();
  await page.locator('#summary dd').first().waitFor();
  const contrast = await page.evaluate(() => {
    const channel = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = (css) => { const [r, g, b] = css.match(/\d+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
    const back = luminance(getComputedStyle(document.body).backgroundColor);
    return ['.words', '.who', '.item-text', '.me', '#summary dt', '.list h2'].map((selector) => {
      const ink = luminance(getComputedStyle(document.querySelector(selector)).color);
      return [selector, (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05), back];
    });
  });
  for (const [selector, ratio, back] of contrast) {
    expect(back < 0.1, 'the page is not dark');
    expect(ratio >= 4.5, `${selector} has a contrast of only ${ratio.toFixed(2)}`);
  }
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, textarea, select, input, a')]
    .filter((element) => element.checkVisibility?.() !== false)
    .filter((element) => !(element.textContent?.trim() || element.getAttribute('aria-label') || element.labels?.length)).map((element) => element.outerHTML));
  expect(nameless.length === 0, `controls without a name: ${nameless.join(' ')}`);
  await shot(page, 'dark');
  await page.click('[data-close=end]');
  await item(page, visitor).waitFor({ state: 'detached' });
});

await tally.finish(browser);
