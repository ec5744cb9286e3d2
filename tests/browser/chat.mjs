// How the checks use the chat: on another origin's page (embedding.mjs) and on its own.
export const chatPage = (page, at, chat, more = '') => page.goto(`${at}/?chat=${chat}${more}`, { waitUntil: 'networkidle' });

export async function openChat(page) {
  await page.locator('.launcher').click();
  await page.locator('.panel').waitFor();
}

export async function send(page, text) {
  await page.locator('.composer textarea').fill(text);
  await page.locator('.composer textarea').press('Enter');
}

export async function answered(page, index) {
  const turn = page.locator('.turns > li').nth(index);
  await turn.locator('.bot:not(.pending)').first().waitFor();
  return turn;
}

// Types the question, sends it; returns its turn, answered.
export async function ask(page, text) {
  const before = await page.locator('.turns > li').count();
  await send(page, text);
  return answered(page, before);
}
