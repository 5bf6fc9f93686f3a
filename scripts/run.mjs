// Behind every npm script: brings what is missing, then runs the task with a suitable Node.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDocker } from './docker-engine.mjs';
import { installPackages } from './install.mjs';
import { root, run, suitableNode } from './node.mjs';

const [task, ...args] = process.argv.slice(2);
const bin = path => join(root, 'node_modules', path);
const vite = bin('vite/bin/vite.js');
const vitest = bin('vitest/vitest.mjs');
const biome = bin('@biomejs/biome/bin/biome');
const tsc = bin('typescript/bin/tsc');

const tasks = {
  build: [build],
  demo: [ensureDocker, build, node => run(node, [join(root, 'scripts/demo.mjs'), ...args])],
  test: [ensureDocker, build, node => run(node, [vitest, 'run', ...args])],
  lint: [
    node => run(node, [biome, 'check', '--error-on-warnings', '.']),
    node => run(node, [tsc, '-p', root]),
    node => run(node, [vitest, 'run', '--project', 'unit', 'test/unit/layers']),
  ],
  format: [node => run(node, [biome, 'check', '--write', '.'])],
  schema: [node => run(node, [join(root, 'scripts/write-schema.ts')])],
  bench: [ensureDocker, build, node => run(node, [join(root, 'test/bench/index.ts'), ...args])],
};

if (!Object.hasOwn(tasks, task ?? '')) {
  console.error(`Usage: npm run <${Object.keys(tasks).join(' | ')}>`);
  process.exit(2);
}
installPackages();
const node = suitableNode();
for (const step of tasks[task]) {
  const code = (await step(node)) ?? 0;
  if (code !== 0) process.exit(code);
}

function build(node) {
  rmSync(join(root, 'out'), { recursive: true, force: true });
  return run(node, [vite, 'build', '--logLevel', 'warn']);
}
