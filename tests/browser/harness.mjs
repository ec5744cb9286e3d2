// What the checks in a browser share: a browser, findings, a page that is watched for what it does wrong.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export class Failure extends Error {}
export function expect(condition, message) {
  if (!condition) throw new Failure(message);
}

// URLs and the folder for screenshots, or null for bad use.
export function readArguments(words, urlCount) {
  const urls = words.slice(0, urlCount);
  const rest = words.slice(urlCount);
  const shots = rest[0] === '--screenshots' ? rest[1] : undefined;
  const good = urls.length === urlCount && urls.every((url) => /^https?:\/\//.test(url)) && (rest.length === 0 || (shots && rest.length === 2));
  if (!good) return null;
  if (shots) mkdirSync(shots, { recursive: true });
  return { urls, shot: async (page, name) => void (shots && (await page.screenshot({ path: join(shots, `${name}.png`) }))) };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

// With SLOW_MS=300 every answer comes that much later and scripts run at a quarter of their speed: a check that looks at what a page
// is yet to draw passes on a quiet machine and fails here.
async function slowDown(page, context) {
  const latency = Number(process.env.SLOW_MS ?? 0);
  if (!(latency > 0)) return;
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
}

// A page of its own, in a context of its own: no state passes from one check to the next. What it did wrong (errors on
// the console, exceptions, violated policies, requests to other origins, cookies) fails the check at its end.
// `options`: of the context, and `expected`: a pattern of what the console may complain about.
export async function withWatchedPage(browser, origins, options, work) {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await slowDown(page, context);
  const wrong = [];
  const { expected } = options;
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !expected?.test(text)) wrong.push(`console error: ${text}`);
  });
  page.on('pageerror', (error) => wrong.push(`exception in the page: ${error.message}`));
  page.on('request', (request) => {
    if (!origins.includes(new URL(request.url()).origin)) wrong.push(`request to another origin: ${request.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`));
  });
  try {
    await work(page, context);
    const cookies = await context.cookies();
    expect(cookies.length === 0, `the page set ${cookies.length} cookies`);
    expect(wrong.length === 0, wrong.join('; '));
  } finally {
    await context.close();
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// The page's context needs bypassCSP: axe is put into it past its policy.
export async function expectAccessible(page, what) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  expect(found.passes.length > 5, `${what}: axe looked at almost nothing`);
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.length === 0, `${what}: ${serious.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target.join(' ')).join(', ')}`).join('; ')}`);
}

export async function expectNoSidewaysScroll(page, width) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide <= width, `the page is ${wide} px wide on a screen of ${width} px`);
}

// Counts checks; `finish` ends the process with 1 when one failed.
export class Tally {
  passed = 0;
  failed = 0;
  async check(name, work) {
    try {
      await work();
      this.passed += 1;
      console.log(`ok    ${name}`);
    } catch (error) {
      this.failed += 1;
      const where = /([a-z]+\.mjs:\d+)/.exec(String(error.stack).replaceAll('harness.mjs', ''))?.[1] ?? 'somewhere';
      console.log(`FAIL  ${name}: ${where}: ${error instanceof Failure ? error.message : String(error.message).split('\n')[0]}`);
    }
  }
  async finish(browser) {
    await browser.close();
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exit(this.failed === 0 ? 0 : 1);
  }
}
