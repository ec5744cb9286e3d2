import { defineConfig, mergeConfig } from 'vite';
import widget from './vite.widget.config';

// Another classic script, under the same limit of size: recommend.js.
export default mergeConfig(widget, defineConfig({
  build: { rollupOptions: { input: 'src/shelf/main.ts', output: { entryFileNames: 'recommend.js' } } },
}));
