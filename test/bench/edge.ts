import { context, Lab } from './support/lab.ts';
import { against, type Row, row } from './support/measure.ts';
import { createNetwork, listening, type PeerSpec, removeTrio, specOf, startPeer } from './support/peer.ts';

const rounds = 5;
const sizes = [
  { name: '200 B', bytes: 200, count: 400_000 },
  { name: '64 KiB', bytes: 64 * 2 ** 10, count: 20_000 },
  { name: '6 MiB', bytes: 6 * 2 ** 20, count: 250 },
];

const source = {
  'component.yml': `name: Bench Source
language: js
worker:
  output_type: "{data: Bytes}"
  config_schema:
    bytes: {type: Int64, default: 200}
    count: {type: Int64, default: 10}
`,
  'src/main.js': `import { config, run } from 'pipelogic';

const data = Buffer.alloc(Number(config.bytes), 1);

run(function* () {
  for (let left = Number(config.count); left > 0; left--) yield { data };
});
`,
  'README.md': '# Bench Source\n',
};

/** Timed from the first message to the last, as the peer is. */
const sink = {
  'component.yml': `name: Bench Sink
language: js
worker:
  input_type: "{data: Bytes}"
  config_schema:
    count: {type: Int64, default: 10}
`,
  'src/main.js': `import { config, run } from 'pipelogic';

const count = Number(config.count);
const every = Math.ceil(count / 50);
let seen = 0;
let start;
let early = 0;
let peak = 0;

run(({ data }) => {
  if (seen++ === 0) start = performance.now();
  if (seen % every === 0) {
    peak = Math.max(peak, process.memoryUsage.rss());
    if (seen <= count / 5) early = peak;
  }
  if (seen === count) console.log(JSON.stringify({ ms: performance.now() - start, early, peak, bytes: data.length }));
});
`,
  'README.md': '# Bench Sink\n',
};

const rawSink = `let seen = 0, start;
require('net').createServer(socket => socket.on('data', chunk => {
  seen += chunk.length;
  if (start === undefined && seen >= BYTES) start = performance.now();
  if (seen === BYTES * COUNT) console.log(JSON.stringify({ ms: performance.now() - start }));
})).listen(7001)`;

const rawSource = `const data = Buffer.alloc(BYTES, 1);
let left = COUNT;
const dial = () => {
  const socket = require('net').connect({ host: 'sink', port: 7001, noDelay: true });
  const write = () => { while (left > 0) { left--; if (!socket.write(data)) break; } };
  socket.on('connect', () => { console.log('ready'); write(); }).on('drain', write);
  socket.on('error', () => setTimeout(dial, 20));
};
dial();
setInterval(() => {}, 1e6)`;

/** One way through an edge, SDK to SDK, as fast as it goes. */
export async function edge(): Promise<Row[]> {
  await using lab = await Lab.open();
  const backend = await lab.chain({ source: await lab.publish(source), sink: await lab.publish(sink) });
  const specs = (await Promise.all((await lab.inspect(await lab.deploy(backend))).map(specOf))) as [PeerSpec, PeerSpec];
  await lab.undeploy(backend);
  const rows: Row[] = [];
  for (const { name, bytes, count } of sizes) {
    const set = (vertex: string, parameter: string, value: number) =>
      lab.call('backend.change_parameter', { backend, vertex, name: parameter, value: String(value) });
    await set('source', 'bytes', bytes);
    await set('source', 'count', count);
    await set('sink', 'count', count);
    const rate = (ms: number) => (bytes * (count - 1)) / 2 ** 20 / (ms / 1000);
    const ours: number[] = [];
    const growth: number[] = [];
    const peer: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const told = await through(lab, backend);
      if (told.bytes !== bytes) throw new Error(`a message of ${told.bytes} bytes came instead of ${bytes}`);
      ours.push(rate(told.ms));
      growth.push((told.peak - told.early) / 2 ** 20);
      peer.push(rate(await raw(specs, bytes, count)));
    }
    const tcp = row('edge', `raw TCP, ${name} a write`, 'MiB/s', peer);
    rows.push(
      against(row('edge', `proofbench, ${name}`, 'MiB/s', ours), tcp, '≥ 0.8'),
      tcp,
      row('edge', `sink's memory after a fifth, ${name}`, 'MiB', growth),
    );
  }
  return rows;
}

interface Told {
  ms: number;
  early: number;
  peak: number;
  bytes: number;
}

async function through(lab: Lab, backend: string): Promise<Told> {
  const deployment = await lab.deploy(backend);
  const { items } = await lab.call('container.list', { deployment });
  const container = items.find(({ alias }) => alias === 'sink')?.id as string;
  let text = '';
  for await (const { base64 } of lab.handlers['container.logs']({ container, follow: true }, context())) {
    text += Buffer.from(base64, 'base64').toString();
    if (text.includes('\n')) break;
  }
  await lab.undeploy(backend);
  return JSON.parse(text) as Told;
}

/** The same two images with the same limits, a plain socket between them. */
async function raw([from, to]: readonly [PeerSpec, PeerSpec], bytes: number, count: number): Promise<number> {
  const script = (text: string) => [
    listening[0] as string,
    '-e',
    text.replaceAll('BYTES', String(bytes)).replaceAll('COUNT', String(count)),
  ];
  const network = await createNetwork();
  const [receiver, sender] = await Promise.all([
    startPeer(to, { network, alias: 'sink', entrypoint: script(rawSink) }),
    startPeer(from, { network, alias: 'source', entrypoint: script(rawSource) }),
  ]);
  await removeTrio({ network, ids: [receiver.id, sender.id] });
  return (JSON.parse(receiver.line) as { ms: number }).ms;
}
