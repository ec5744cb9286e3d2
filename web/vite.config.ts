import { defineConfig } from 'vite';

// The page must live under `default-src 'self'`: nothing is inlined, neither scripts, styles nor data: images.
export default defineConfig({
  base: '/',
  build: {
    target: 'es2021',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: { index: 'index.html', console: 'console/index.html', monitor: 'monitor/index.html', recommend: 'recommend/index.html' } },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080', '/report': 'http://127.0.0.1:8080', '/openapi.json': 'http://127.0.0.1:8080' } },
});
