#!/usr/bin/env node
// The built command line on a suitable Node, built first where it is not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './install.mjs';
import { root, run, suitableNode } from './node.mjs';

const ppl = join(root, 'out/cli/ppl.js');
installPackages();
const node = suitableNode();
if (!existsSync(ppl)) {
  const code = await run(node, [
    join(root, 'node_modules/electron-vite/bin/electron-vite.js'),
    'build',
    '--logLevel',
    'error',
  ]);
  if (code !== 0) process.exit(code);
}
process.exit(await run(node, [ppl, ...process.argv.slice(2)], { cwd: process.cwd(), channel: true }));
