// The monitor's page in a real browser, while the monitor itself runs beside it:
//   MONITOR_TOKEN=TOKEN MONITOR_OTHER=TOKEN MONITOR_FEED=FILE MONITOR_NOTICES=FILE node monitor.mjs BASE_URL [--screenshots DIR] -- COMMAND...
// FILE is what the monitor reads ([[monitor.file]] of monitor.sh's strategy), its topics are tea and 青山茶, tea fires above five
// negatives. Li, a manager, holds the token; the other one is of somebody who is none. COMMAND is `yupu monitor run` of it; what it says is written to run.log. Exit status 0 when every
// check passed, 1 when one failed, 2 for bad use.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, openSync, readFileSync } from 'node:fs';
import { expect, expectAccessible, expectNoSidewaysScroll, launch, readArguments, Tally, withWatchedPage } from './harness.mjs';

const words = process.argv.slice(2);
const bar = words.indexOf('--');
const given = readArguments(bar < 0 ? words : words.slice(0, bar), 1);
const monitor = bar < 0 ? [] : words.slice(bar + 1);
const token = process.env.MONITOR_TOKEN;
const other = process.env.MONITOR_OTHER;
const feed = process.env.MONITOR_FEED;
const notices = process.env.MONITOR_NOTICES ?? ''; // what arrived at the routes (receivers.py)
if (given === null || monitor.length === 0 || !token || !other || !feed) {
  console.error('usage: MONITOR_TOKEN=TOKEN MONITOR_OTHER=TOKEN MONITOR_FEED=FILE node monitor.mjs BASE_URL [--screenshots DIR] -- COMMAND...');
  process.exit(2);
}
const base = new URL('/monitor', given.urls[0]).href;
const origin = new URL(base).origin;
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const browser = await launch();
const tally = new Tally();
const shot = (page, name) => given.shot(page, `monitor-${name}`);
const check = (name, options, work) => tally.check(name, () => withWatchedPage(browser, [origin], options, work));
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
let running = null;
function startMonitor() {
  const [program, ...rest] = monitor;
  const log = openSync('run.log', 'w');
  running = spawn(program, rest, { stdio: ['ignore', log, log] });
}
const say = (rows) => appendFileSync(feed, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

async function signIn(page, as = token) {
  const response = await page.goto(base);
  const csp = response.headers()['content-security-policy'] ?? '';
  expect(response.ok() && !/unsafe-inline|unsafe-eval/.test(csp) && csp !== '', `the page answered ${response.status()} with the policy "${csp}"`);
  await page.fill('#token', as);
  await page.press('#token', 'Enter');
  await page.locator('[data-topic=tea]').waitFor();
  await page.locator('#chart svg').waitFor();
}

await check('a wrong token is refused in words', { locale: 'en-GB', expected: /401/ }, async (page) => {
  await page.goto(base);
  await page.fill('#token', 'ya_wrong');
  await page.press('#token', 'Enter');
  await page.locator('.problem-line').waitFor();
  expect(/not right/.test(await page.innerText('.problem-line')), await page.innerText('.problem-line'));
});

await check('a surge that was planted arrives by itself, with its documents two clicks away', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  const shown = (name) => page.innerText(`[data-topic=${name}] .state`);
  expect(['learning', 'quiet'].includes(await shown('tea')), `before: ${await shown('tea')}`);
  // What was published six minutes ago lies in a bucket that has ended. The last row's address is none: it is refused.
  say([...Array(7)].map((_, n) => ({ guid: `tea${n}`, title: `tea <b>story</b> ${n}`, text: `Crates of tea ${n} were recalled by inspector ${n}.`,
    url: n === 6 ? 'javascript:alert(1)' : `http://paper${n}.example/tea`, publisher: `paper ${n}`, sentiment: 'negative', published: ago(6), received: ago(6) })));
  startMonitor();
  await page.locator('[data-topic=tea] .counts', { hasText: '6 / 7' }).waitFor({ timeout: 60_000 });
  await page.locator('[data-topic=tea] .state.firing').waitFor({ timeout: 60_000 });
  say([{ guid: 'tea7', title: 'tea is drunk again', sentiment: 'neutral' }]);
  await page.locator('[data-topic=tea] .counts', { hasText: '6 / 8' }).waitFor({ timeout: 60_000 });
  expect((await page.title()).startsWith('(1)'), `the title: ${await page.title()}`);
  expect((await page.innerText('#firing')) === '1', 'the badge of the alarms');
  await shot(page, 'topics');
  await page.click('[data-view=alarms]');
  await page.click('[data-alarm^="tea@"]');
  await page.locator('.document').first().waitFor();
  expect((await page.locator('.document').count()) >= 5, 'the documents behind the alarm');
  expect((await page.locator('.document b').count()) === 0, 'markup of a title became elements');
  const links = await page.locator('.document a').evaluateAll((all) => all.map((one) => one.href));
  expect(links.length >= 5 && links.every((href) => href.startsWith('http://paper')), `links: ${links}`);
  await shot(page, 'alarm');
});

await check('the alarm has arrived by webhook and by mail', { locale: 'en-GB' }, async (page) => {
  await page.goto(base);
  const arrived = () => (existsSync(notices) ? readFileSync(notices, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)) : []);
  for (let tries = 0; tries < 150 && new Set(arrived().map(({ by }) => by)).size < 2; tries += 1) await page.waitForTimeout(200);
  const [hook, mail] = ['webhook', 'mail'].map((by) => arrived().filter((one) => one.by === by));
  expect(hook.length === 1 && hook[0].status === 'firing' && hook[0].topic === 'tea', `webhook: ${JSON.stringify(hook)}`);
  expect(mail.length === 1 && mail[0].to === 'li@bank.example' && mail[0].subject.includes('负面舆情警报：tea') && mail[0].text.includes('http://paper0.example/tea'), `mail: ${JSON.stringify(mail)}`);
});

await check('a sentiment and an alarm are judged, and the series is a file', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  await page.click('[data-view=alarms]');
  await page.click('[data-alarm^="tea@"]');
  await page.locator('.document').first().waitFor();
  await page.selectOption('.document >> nth=0 >> .judge', 'neutral');
  await page.locator('.document .judged', { hasText: 'Li says: Neutral' }).first().waitFor();
  await page.click('#alarm-false');
  await page.locator('p.judged', { hasText: 'A false alarm' }).waitFor();
  await page.click('#alarm-true');
  await page.locator('.precision', { hasText: '1 alarms judged, 1 of them true' }).waitFor();
  await page.click('[data-view=topics]');
  await page.locator('[data-topic=tea] .counts', { hasText: '6 / 8' }).waitFor(); // as it was counted
  await page.locator('#chart svg').waitFor(); // comes after the counts, with an answer of its own
  expect((await page.locator('.y-scale .tick').count()) >= 3 && (await page.locator('.x-scale .tick').count()) === 6, 'the chart has no scales');
  const exported = async (format) => {
    const download = page.waitForEvent('download');
    await page.click(`#export-${format}`);
    return readFileSync(await (await download).path());
  };
  const rows = (await exported('csv')).toString('utf8').split('\r\n');
  expect(rows[0] === 'begins,total,negative,neutral,positive,expected_low,expected_high', rows[0]);
  expect(rows.slice(1).reduce((sum, row) => sum + Number(row.split(',')[2] ?? 0), 0) === 6, 'the negatives of the file');
  const json = JSON.parse((await exported('json')).toString('utf8'));
  expect(json.topic === 'tea' && json.points.reduce((sum, point) => sum + point.negative, 0) === 6 && json.alarms[0].alarm.startsWith('tea@'), `the JSON: ${JSON.stringify(json).slice(0, 300)}`);
  const svg = await page.evaluate((text) => {
    const picture = new DOMParser().parseFromString(text, 'image/svg+xml');
    return { wrong: picture.querySelector('parsererror')?.textContent ?? '', bars: picture.querySelectorAll('rect.negative').length, marks: picture.querySelectorAll('path.mark').length };
  }, (await exported('svg')).toString('utf8'));
  expect(svg.wrong === '' && svg.bars >= 1 && svg.marks === 1, `the SVG: ${JSON.stringify(svg)}`);
  const png = await exported('png');
  expect(png.subarray(1, 4).toString('latin1') === 'PNG' && png.readUInt32BE(16) === 1720 && png.readUInt32BE(20) === 720 && png.length > 5000, `the PNG: ${png.length} bytes`);
});

await check('an alarm is acknowledged and silenced under the name of who did it', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  await page.click('[data-view=alarms]');
  await page.click('[data-alarm^="tea@"]');
  await page.fill('#note', 'calling <i>the factory</i>');
  await page.click('#acknowledge');
  await page.locator('p.acknowledged').waitFor();
  expect((await page.innerText('p.acknowledged')).includes('Li') && (await page.locator('p.acknowledged i').count()) === 0, await page.innerText('p.acknowledged'));
  expect(await page.isDisabled('#acknowledge'), 'it can be acknowledged twice');
  await page.selectOption('#minutes', '60');
  await page.click('#silence');
  await page.locator('[data-end-silence]').waitFor();
  await page.click('[data-view=topics]');
  await page.locator('[data-topic=tea]', { hasText: 'silenced' }).waitFor();
  await page.click('[data-view=alarms]');
  await page.click('[data-end-silence]');
  await page.locator('[data-end-silence]').waitFor({ state: 'detached' });
  await page.click('[data-view=notices]');
  await page.locator('[data-notice]', { hasText: 'alarm: tea' }).first().waitFor();
  await page.click('[data-test-route=desk]');
  await page.locator('[data-notice]', { hasText: 'desk' }).filter({ hasText: 'test' }).first().waitFor();
  await page.click('[data-view=log]');
  const log = await page.innerText('#view table');
  for (const word of ['seen to', 'silenced', 'silence_ended', 'Li']) expect(log.includes(word), `the log lacks ${word}: ${log}`);
  await page.click('[data-view=sources]');
  await page.locator('#view table', { hasText: 'refused_url' }).waitFor();
  const intake = await page.innerText('[data-span=intake]');
  expect(/received – counted\s+8\s+≤/.test(intake), `the delay of the documents: ${intake}`);
  const metrics = await (await page.request.get(`${origin}/metrics/monitor`)).text();
  expect(/^monitor_latency_measured\{monitor="newsroom",span="intake"\} 8$/m.test(metrics), metrics);
});

await check('what is written beside an alarm, and what is unfolded, stays while documents come in', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  await page.click('.numbers summary');
  await page.locator('#documents > *').first().waitFor();
  say([{ guid: 'tea8', title: 'tea is poured', sentiment: 'neutral' }]);
  await page.locator('[data-topic=tea] .counts', { hasText: '6 / 9' }).waitFor({ timeout: 60_000 });
  await page.locator('.point-row').waitFor();
  expect(await page.locator('.numbers').evaluate((numbers) => numbers.open), 'the numbers were folded away');
  await page.click('[data-view=alarms]');
  await page.click('[data-alarm^="tea@"]');
  await page.locator('#note').pressSequentially('teh factory');
  await page.locator('#note').evaluate((field) => {
    field.setSelectionRange(0, 3);
    field.isOld = true; // of this element, not of what is drawn in its place
  });
  say([{ guid: 'tea9', title: 'tea is sipped', sentiment: 'neutral' }]);
  await page.waitForFunction(() => document.getElementById('note')?.isOld === undefined, null, { timeout: 60_000 });
  const field = await page.evaluate(() => [document.activeElement.id, document.activeElement.value, document.activeElement.selectionStart, document.activeElement.selectionEnd].join('|'));
  expect(field === 'note|teh factory|0|3', `after the alarm was drawn anew: ${field}`);
  await page.keyboard.type('the');
  await page.click('#alarm-true');
  await page.waitForFunction(() => document.getElementById('note')?.value === '');
});

await check('a replay with another rule stands beside what was raised; who is no manager may look', { locale: 'en-GB', expected: /400/ }, async (page) => {
  await signIn(page, other);
  await page.click('[data-view=replay]');
  await page.locator('#replay-run').waitFor();
  expect(await page.isDisabled('#replay-run'), 'a replay is offered to who is no manager');
  await page.click('#sign-out');
  await signIn(page);
  await page.click('[data-view=replay]');
  await page.locator('#replay-run').waitFor();
  await page.selectOption('#replay-topic', 'tea');
  expect((await page.inputValue('#replay-absolute_limit')) === '5' && (await page.inputValue('#replay-publishers_min')) === '3', 'the rule is not that of the strategy');
  await page.fill('#replay-hold_minutes', '2000');
  await page.click('#replay-run');
  await page.locator('#replay-hold_minutes-wrong', { hasText: 'whole number from 0 to 1440' }).waitFor();
  expect((await page.evaluate(() => document.activeElement.id)) === 'replay-hold_minutes', 'the focus is not on the field that is wrong');
  await page.fill('#replay-hold_minutes', '0');
  await page.click('#replay-run');
  await page.locator('#replay-sum', { hasText: '1 were raised, this rule would raise 1; 1 of them' }).waitFor({ timeout: 60_000 });
  await page.locator('[data-pair=both]', { hasText: 'A true alarm' }).waitFor();
  await page.fill('#replay-absolute_limit', '7');
  await page.press('#replay-absolute_limit', 'Enter');
  await page.locator('[data-pair=was]', { hasText: 'not any more' }).waitFor({ timeout: 60_000 });
  await shot(page, 'replay');
  await page.click('[data-view=topics]');
  await page.click('[data-view=replay]');
  await page.locator('[data-pair=was]').waitFor(); // and what was written is still there
  expect((await page.inputValue('#replay-absolute_limit')) === '7', 'what was written is gone');
});

await check('by keyboard alone: a point of the chart and its documents', { locale: 'en-GB' }, async (page) => {
  await signIn(page);
  await page.focus('#point');
  const before = await page.innerText('#point-says');
  await page.keyboard.press('ArrowLeft');
  expect((await page.innerText('#point-says')) !== before, 'the arrow chose no other point');
  await page.keyboard.press('ArrowRight'); // the newest may be the one
  expect((await page.innerText('#point-says')) === before, 'the arrow did not come back');
  let found = 0;
  for (let back = 0; back < 12 && found === 0; back += 1) {
    if (/[1-9]\d* negative/.test(await page.innerText('#point-says'))) {
      await page.locator('#documents .document').first().waitFor();
      found = await page.locator('#documents .document').count();
    } else await page.keyboard.press('ArrowLeft');
  }
  expect(found > 0, 'no point with negatives within two hours');
  await page.selectOption('#which', 'positive');
  await page.locator('#documents .empty').waitFor();
  await page.selectOption('#range', '168');
  await page.locator('#chart svg').waitFor();
  expect((await page.inputValue('#range')) === '168', 'another time was not chosen');
});

await check('Chinese, dark, and kept over a reload', { colorScheme: 'dark' }, async (page) => {
  await signIn(page);
  expect((await page.innerText('h1')) === '舆情台', await page.innerText('h1'));
  await page.click('[data-topic="青山茶"]');
  await page.locator('#pane h2', { hasText: '青山茶' }).waitFor();
  await shot(page, 'dark');
  await page.click('[data-view=replay]');
  await page.locator('#replay-run').waitFor();
  await shot(page, 'dark-replay');
  await page.reload();
  await page.locator('[data-topic=tea]').waitFor();
  await page.click('#sign-out');
  await page.locator('#token').waitFor();
  expect((await page.evaluate(() => sessionStorage.getItem('yupu.agent'))) === null, 'the token stays after signing out');
});

await check('on a phone nothing stands outside the screen', phone, async (page) => {
  await signIn(page);
  await expectNoSidewaysScroll(page, 360);
  await shot(page, 'phone-topics');
  await page.click('[data-view=replay]');
  await page.locator('#replay-run').waitFor();
  await expectNoSidewaysScroll(page, 360);
  await shot(page, 'phone-replay');
  await page.click('[data-view=alarms]');
  await page.tap('[data-alarm^="tea@"]');
  await page.locator('.document').first().waitFor();
  await expectNoSidewaysScroll(page, 360);
  await shot(page, 'phone-alarm');
});

for (const [look, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['phone', phone]]) {
  await check(`axe finds nothing serious in the monitor: ${look}`, { ...options, locale: 'en-GB', bypassCSP: true }, async (page) => {
    await page.goto(base);
    await page.locator('#token').waitFor();
    await expectAccessible(page, 'signing in');
    await signIn(page);
    await page.locator('#documents > *').first().waitFor();
    await expectAccessible(page, 'topics');
    await page.click('[data-view=alarms]');
    await page.click('[data-alarm^="tea@"]');
    await page.locator('.document').first().waitFor();
    await expectAccessible(page, 'an alarm');
    for (const view of ['notices', 'sources', 'replay', 'log']) {
      await page.click(`[data-view=${view}]`);
      await page.locator(view === 'replay' ? '#replay-run' : '#view table').first().waitFor();
      if (view === 'replay') {
        await page.click('#replay-run');
        await page.locator('#replay-table').waitFor();
      }
      await expectAccessible(page, view);
    }
  });
}

if (running !== null && running.kill()) await once(running, 'exit');
await tally.finish(browser);
