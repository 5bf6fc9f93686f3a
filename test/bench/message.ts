import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import { docker, Lab } from './support/lab.ts';
import { against, percentile, type Row, row } from './support/measure.ts';
import { clearPeers, type PeerSpec, specOf, startPeer } from './support/peer.ts';

const blocks = 10;
const perBlock = 50;
const body = JSON.stringify({ text: 'x'.repeat(200 - JSON.stringify({ text: '' }).length) });
const echoServer = `require('http').createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  request.pipe(response);
}).listen(8080, () => console.log('ready'))`;

/** A message of 200 bytes through three vertices, POST to frame, one at a time. */
export async function message(): Promise<Row[]> {
  await using lab = await Lab.open();
  const backend = await lab.jsonGraph();
  const deployment = await lab.deploy(backend);
  const endpoints = await lab.call('backend.forward', { backend });
  const url = (alias: string) => endpoints.find(endpoint => endpoint.alias === alias)?.url as string;
  const echo = await startEcho(await specOf((await lab.inspect(deployment))[0] as never));
  const socket = new WebSocket(url('out').replace('http', 'ws'));
  await new Promise((opened, failed) => socket.once('open', opened).once('error', failed));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const through = async () => {
    const start = performance.now();
    const frame = new Promise<number>(received => socket.once('message', () => received(performance.now())));
    const accepted = post(agent, url('in'), 202);
    const took = (await frame) - start;
    await accepted;
    return took;
  };
  const echoed = async () => {
    const start = performance.now();
    await post(agent, echo, 200);
    return performance.now() - start;
  };
  const block = async (send: () => Promise<number>) => {
    const took: number[] = [];
    for (let sent = 0; sent < perBlock; sent++) took.push(await send());
    return took;
  };
  await block(through);
  await block(echoed);
  const ours: number[][] = [];
  const peer: number[][] = [];
  for (let round = 0; round < blocks; round++) {
    ours.push(await block(through));
    peer.push(await block(echoed));
  }
  socket.close();
  agent.destroy();
  await clearPeers();

  const [peer50, peer99] = [0.5, 0.99].map(p => latency('HTTP echo, published port', peer, p)) as [Row, Row];
  return [
    against(latency('proofbench, 3 vertices', ours, 0.5), peer50, '≤ 3'),
    against(latency('proofbench, 3 vertices', ours, 0.99), peer99, '≤ 3'),
    peer50,
    peer99,
  ];
}

/** The percentile of all messages; its spread is that of the same percentile of the blocks. */
function latency(name: string, took: readonly number[][], p: number): Row {
  const spread = row(
    'message',
    `${name}, p${p * 100}`,
    'ms',
    took.map(each => percentile(each, p)),
  );
  return { ...spread, median: percentile(took.flat(), p), rounds: took.flat().length };
}

async function startEcho(spec: PeerSpec): Promise<string> {
  const { id } = await startPeer(spec, { network: 'bridge', entrypoint: ['node', '-e', echoServer], publish: 8080 });
  const { NetworkSettings } = await docker.getContainer(id).inspect();
  return `http://127.0.0.1:${NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort}/`;
}

function post(agent: Agent, url: string, expected: number): Promise<void> {
  return new Promise((done, failed) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    request(url, { agent, method: 'POST', headers }, response => {
      response.resume().once('end', () => {
        if (response.statusCode === expected) done();
        else failed(new Error(`${url} answered ${response.statusCode}`));
      });
    })
      .once('error', failed)
      .end(body);
  });
}
