import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

/** Builds the command line: plain ES modules for Node ≥ 22.14; packages stay in node_modules. */
export default defineConfig({
  build: {
    ssr: true,
    outDir: 'out/cli',
    target: 'node20.18',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { ppl: 'electron/cli/index.ts', 'cel-worker': 'electron/runtime/proof/cel-worker.ts' },
      external: [/^node:/, ...builtinModules],
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
    },
  },
});
