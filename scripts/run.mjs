// Behind every npm script: brings what is missing, then runs the task with a suitable Node.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDocker } from './docker-engine.mjs';
import { installPackages } from './install.mjs';
import { ensureJq } from './jq.mjs';
import { root, run, suitableNode } from './node.mjs';
import { developApp, startApp } from './start.mjs';
import { ensureTestElectron } from './test-electron.mjs';

const [task, ...args] = process.argv.slice(2);
const bin = path => join(root, 'node_modules', path);
const electronVite = bin('electron-vite/bin/electron-vite.js');
const vitest = bin('vitest/vitest.mjs');
const biome = bin('@biomejs/biome/bin/biome');
const tsc = bin('typescript/bin/tsc');

const tasks = {
  build: [build],
  demo: [ensureDocker, build, node => run(node, [join(root, 'scripts/demo.mjs'), ...args])],
  start: [build, node => startApp(node, args)],
  dev: [node => developApp(node, electronVite)],
  test: [ensureDocker, build, test],
  lint: [
    node => run(node, [biome, 'check', '--error-on-warnings', '.']),
    node => run(node, [tsc, '-p', root]),
    node => run(node, [tsc, '-p', join(root, 'renderer')]),
    node => run(node, [vitest, 'run', '--project', 'unit', 'test/unit/layers']),
  ],
  format: [node => run(node, [biome, 'check', '--write', '.'])],
  schema: [node => run(node, [join(root, 'scripts/write-schema.ts')])],
  bench: [ensureDocker, build, bench],
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
  return run(node, [electronVite, 'build', '--logLevel', 'warn']);
}

/** What drives or kills the app needs an Electron, what runs scripts needs jq; whoever names other projects does not wait for them. */
async function test(node) {
  const projects = args.filter((_, index) => args[index - 1] === '--project');
  const runs = project => projects.length === 0 || projects.includes(project);
  if (runs('e2e') || runs('fault')) await exportTestElectron();
  if (runs('integration')) ensureJq();
  return run(node, [vitest, 'run', ...args]);
}

async function bench(node) {
  await exportTestElectron();
  return run(node, [join(root, 'test/bench/index.ts'), ...args]);
}

async function exportTestElectron() {
  const { executablePath, nativeBinding } = await ensureTestElectron();
  process.env.PROOFBENCH_TEST_ELECTRON = executablePath;
  if (nativeBinding !== undefined) process.env.PROOFBENCH_SQLITE_BINDING = nativeBinding;
}
