// A first proof, told for people: a real photo through a real detector, compared with what it should mean.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './node.mjs';

const ppl = join(root, 'out/cli/ppl.js');
const example = join(root, 'resources/examples/pets');
const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
const startedMs = Date.now();

const say = text =>
  console.log(`${paint(2, `${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s`)}  ${text}`);
const shapes = { pass: paint(32, '● pass'), mismatch: paint(33, '◆ mismatch'), fail: paint(31, '■ fail') };

const fixtures = new Map();
const latencies = [];
let containers = 0;
let failed;
let proof;

console.log('A photo goes through a graph of three containers on your Docker engine:\n');
console.log('  [in: Input Image HTTP] ──Image──▶ [cut: Pet detector] ──[BoundingBox]──▶ [out: Output JSON HTTP]\n');

const child = spawn(process.execPath, [ppl, 'proof', 'run', join(example, 'proof.yml'), '--label', 'demo'], {
  cwd: example,
  env: { ...process.env, INIT_CWD: example },
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('SIGINT', () => child.kill('SIGINT'));
say('checking the manifest and Docker; on a first run the base images are made now, which takes a minute');
const tell = {
  lease_created: event => say(`lease ${short(event.lease_id)} opened: everything below goes when it closes`),
  prerelease_published: event => say(`Pet detector built and checked, image ${event.image_digest.slice(0, 19)}`),
  fixture_uploaded: event => {
    fixtures.set(event.name, event.sha256);
    say(`fixture ${event.name} frozen, sha256 ${event.sha256.slice(0, 8)}`);
  },
  edge_connected: event => say(`${event.from} → ${event.to} carries ${event.edge_type}`),
  deploy_started: () => say('starting containers'),
  container_status: event => {
    if (event.status === 'running') say(`container ${++containers} of 3 is running`);
  },
  ready: () => say('ready: sending the photos'),
  case: event => {
    latencies.push(event.latency_ms);
    say(`${shapes[event.verdict]}  ${event.name}: ${meanings.get(event.name) ?? ''}  ${event.latency_ms ?? '–'} ms`);
    for (const reason of event.reasons ?? []) console.log(`            ${reason}`);
  },
  failed: event => {
    failed = event;
  },
  proof: event => {
    proof = event;
  },
};
const meanings = readMeanings(join(example, 'proof.yml'));
for await (const line of createInterface({ input: child.stdout })) {
  const event = JSON.parse(line);
  tell[event.type]?.(event);
}
const code = await new Promise(resolve =>
  child.exitCode === null ? child.once('close', resolve) : resolve(child.exitCode),
);

if (failed !== undefined) {
  console.log(`\n${shapes.fail} at ${failed.stage}: ${failed.error.message}`);
  if (failed.error.hint) console.log(failed.error.hint);
}
if (proof !== undefined) {
  const [first, ...later] = latencies.filter(latency => latency !== null);
  console.log(`\nverdict        ${shapes[proof.verdict]}`);
  if (first !== undefined) console.log(`first request  ${first} ms`);
  if (later.length > 0) console.log(`later          ${median(later)} ms (median of ${later.length})`);
  console.log(`evidence       ${proof.evidence_id}`);
  console.log(`bundle         ${proof.bundle}`);
  const verify = spawnSync(process.execPath, [ppl, 'evidence', 'verify', proof.bundle], { encoding: 'utf8' });
  const report = verify.status === 0 ? JSON.parse(verify.stdout) : undefined;
  console.log(
    report === undefined
      ? `verify         failed: ${verify.stdout}${verify.stderr}`
      : `verify         ${report.files} files and ${report.signatures.length} signature, all right`,
  );
  const shown = spawnSync(process.execPath, [ppl, 'evidence', 'show', proof.evidence_id], { encoding: 'utf8' });
  if (shown.status === 0) {
    const { record } = JSON.parse(shown.stdout);
    console.log('not covered:');
    for (const risk of record.conclusion.risks) console.log(`  - ${risk.text}`);
    const receipt = record.runtime_signal.receipt;
    if (receipt !== null)
      console.log(
        `lease closed   ${receipt.removed.length} removed, ${receipt.kept.length} kept as evidence, ${receipt.failed.length} left over`,
      );
  }
  const left = leftOnEngine();
  console.log(`left running   ${left === '' ? 'nothing' : left}`);
  console.log(`\nCheck it yourself:  npm run -s ppl -- evidence verify ${proof.bundle}`);
}
process.exit(code ?? 1);

/** Containers and networks of ours, less the gateway, which stays a moment for the next run. */
function leftOnEngine() {
  const info = spawnSync(process.execPath, [ppl, 'host', 'info'], { encoding: 'utf8' });
  const workspace = info.status === 0 ? JSON.parse(info.stdout).workspace_id : '';
  const filters = ['--filter', 'label=proofbench.deployment', '--filter', `label=proofbench.workspace=${workspace}`];
  const list = (kind, format) =>
    spawnSync('docker', [kind, 'ls', ...filters, '--format', format], { encoding: 'utf8' });
  const answers = [list('container', '{{.Names}}'), list('network', '{{.Name}}')];
  if (answers.some(answer => answer.status !== 0)) return 'unknown (no docker client to ask)';
  return answers.flatMap(answer => answer.stdout.split('\n').filter(name => name !== '')).join(', ');
}

function short(id) {
  return `${id.slice(0, 10)}…`;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** What each case means, in its author's words. */
function readMeanings(path) {
  const found = new Map();
  let name;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    name = /^\s*- name: (.*)$/.exec(line)?.[1] ?? name;
    const meaning = /^\s*meaning: (.*)$/.exec(line)?.[1];
    if (meaning !== undefined) found.set(name, meaning.replace(/^"|"$/g, ''));
  }
  return found;
}
