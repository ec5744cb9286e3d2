// A shop's own pages, which embed the chat of another server under a strict policy: two origins with the same page, the
// first to be listed for the bot, the second not.   node embedding.mjs   prints "pages URL1 URL2"
//   GET /?chat=http://host[&lang=en][&frame|&shelf]   the page; lang: its language; frame: the hosted page in an <iframe>
//                                                     instead; shelf: a list of books instead, which link to
//   GET /books/ID                                     a page that says ID
import { createServer } from 'node:http';

const style = `
body { margin: 0; font: 17px/1.7 Georgia, 'Noto Serif CJK SC', serif; color: #2c2a25; background: #f6f3ea; }
main { max-width: 760px; margin: 0 auto; padding: 48px 24px 160px; }
h1 { font-size: 34px; line-height: 1.3; color: #7d2a1c; }
p { margin: 18px 0; }
a { color: #7d2a1c; }
iframe { width: 100%; height: 520px; border: 1px solid #cfc7b5; }
@media (prefers-color-scheme: dark) { body { background: #22211d; color: #e6e1d4; } h1, a { color: #e0988a; } }`;
const words = {
  zh: ['青山茶铺', '明前龙井已到店，按到店顺序发货。', '我们只卖自己喝的茶：每年三月进山，看着采、看着炒，回来一罐一罐试过才上架。', '下单前想问什么，点右下角，或者', '在新页面里问'],
  en: ['Green Hill Tea', 'The first spring picking has arrived and leaves in the order of your orders.',
    'We sell what we drink ourselves: every March we go up the hill, watch the picking and the firing, and taste tin by tin.', 'Ask anything before you order: bottom right, or', 'on a page of its own'],
};

function page(chat, lang, frame, shelf) {
  const [title, news, about, ask, link] = words[lang];
  const widget = frame ? `<iframe src="${chat}/chat/shop?lang=${lang}" title="${title}"></iframe>`
    : shelf ? `<script src="${chat}/recommend.js" data-bot="shop" data-link="/books/{id}" data-context="tea-1" async></script>`
      : `<script src="${chat}/widget.js" data-bot="shop" async></script>`;
  return `<!doctype html><html lang="${lang === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="stylesheet" href="/shop.css"></head><body><main><h1>${title}</h1><p>${news}</p><p>${about}</p>
<p>${ask} <a href="${chat}/chat/shop" data-yupu-chat>${link}</a></p>${frame || shelf ? widget : ''}</main>${frame || shelf ? '' : widget}</body></html>`;
}

function handle(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://shop');
  if (pathname === '/shop.css') return response.writeHead(200, { 'content-type': 'text/css' }).end(style);
  if (/^\/books\/[a-z0-9-]+$/.test(pathname))
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="en"><title>${pathname.slice(7)}</title><h1>${pathname.slice(7)}</h1></html>`);
  const chat = searchParams.get('chat') ?? '';
  if (pathname !== '/' || !/^http:\/\/127\.0\.0\.1:\d+$/.test(chat)) return response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
  const frame = searchParams.has('frame');
  // Nothing but what docs/widget.md asks for; and no script may be made from text.
  const policy = ["default-src 'none'", "style-src 'self'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'",
    frame ? `frame-src ${chat}` : `script-src ${chat}; connect-src ${chat}`].join('; ');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
  response.end(page(chat, searchParams.get('lang') === 'en' ? 'en' : 'zh', frame, searchParams.has('shelf')));
}

const servers = await Promise.all([0, 1].map(() => new Promise((done) => {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1', () => done(server));
})));
console.log('pages', ...servers.map((server) => `http://127.0.0.1:${server.address().port}`));
