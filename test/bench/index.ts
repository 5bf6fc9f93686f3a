import { parseArgs } from 'node:util';
import { deploy } from './deploy.ts';
import { edge } from './edge.ts';
import { leases } from './leases.ts';
import { message } from './message.ts';
import { operations } from './operations.ts';
import { redeploy } from './redeploy.ts';
import { rollback } from './rollback.ts';
import { clearLabs } from './support/lab.ts';
import { type Row, table } from './support/measure.ts';
import { clearPeers } from './support/peer.ts';
import { window } from './window.ts';

const benches: Record<string, () => Promise<Row[]>> = {
  deploy,
  message,
  edge,
  redeploy,
  rollback,
  operations,
  leases,
  window,
};
const names = Object.keys(benches);

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, json: { type: 'boolean', default: false } },
});
const wanted = values.only ?? names;
const unknown = wanted.find(name => !names.includes(name));
if (unknown !== undefined) {
  console.error(`There is no bench ${unknown}. There are: ${names.join(', ')}.`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await Promise.allSettled([clearPeers(), clearLabs()]);
    process.exit(130);
  });
}

const rows: Row[] = [];
for (const name of wanted) {
  console.error(`${name} …`);
  try {
    rows.push(...(await (benches[name] as () => Promise<Row[]>)()));
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name} failed:`, error);
  } finally {
    await clearPeers();
  }
}
console.log(values.json ? JSON.stringify({ node: process.version, rows }, null, 2) : table(rows));
