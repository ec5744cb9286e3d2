import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const kGzipBytesMax = 60_000;

// The widget loads on other people's pages: it may not grow unnoticed.
function sizeLimit(bytesMax: number): Plugin {
  return {
    name: 'size-limit',
    generateBundle(_, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        const size = gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length;
        if (size > bytesMax) this.error(`${name}: ${size} bytes gzipped, ${bytesMax} are allowed`);
        console.log(`${name}: ${size} bytes gzipped of ${bytesMax}`);
      }
    },
  };
}

// One classic script, style sheet inside: widget.js.
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2021',
    emptyOutDir: false,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: 'src/widget/main.ts',
      output: { format: 'iife', entryFileNames: 'widget.js' },
    },
  },
  plugins: [sizeLimit(kGzipBytesMax)],
});
