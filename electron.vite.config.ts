import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/** The oldest JavaScript that what is built meets: Node 22.14 runs the command line, and the tests an Electron with Node 20.18. */
const target = 'node20.18';

/** Builds the app and its command line into `out`. Packages that Node loads stay in node_modules; the page's are built in. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out',
      emptyOutDir: false,
      target,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: {
          'main/index': 'electron/main/index.ts',
          'main/host-process': 'electron/main/host-process.ts',
          'cli/ppl': 'electron/cli/index.ts',
          'cli/cel-worker': 'electron/runtime/proof/cel-worker.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'cli/chunks/[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'electron/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    // Every route is served the same page, so its files are named from the root; `base` is set over by electron-vite.
    experimental: { renderBuiltUrl: name => `/${name}` },
    plugins: [react(), tailwindcss()],
    build: {
      outDir: 'out/renderer',
      target: 'chrome130',
      minify: true,
      // One file is right for a page that comes from the disk beside it.
      chunkSizeWarningLimit: 2000,
      // A font or picture inlined as data would need a looser policy.
      assetsInlineLimit: 0,
      rolldownOptions: { input: resolve(import.meta.dirname, 'renderer/index.html') },
    },
  },
});
