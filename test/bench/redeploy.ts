import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from './support/lab.ts';
import { type Row, row, timed } from './support/measure.ts';

const rounds = 5;
const everyMs = 5;
const body = JSON.stringify({ text: 'hello' });

/** What a client notices of a redeploy: the longest time in which none of its messages was accepted, and how many were not. */
export async function redeploy(): Promise<Row[]> {
  await using lab = await Lab.open();
  const backend = await lab.jsonGraph();
  await lab.deploy(backend);
  const endpoints = await lab.call('backend.forward', { backend });
  const url = endpoints.find(({ alias }) => alias === 'in')?.url as string;
  const took: number[] = [];
  const usual: number[] = [];
  const gaps: number[] = [];
  const refused: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const client = new Client(url);
    await sleep(500);
    usual.push(client.longestGapMs());
    took.push(await timed(() => lab.call('backend.redeploy', { backend })));
    await sleep(200);
    await client.stop();
    gaps.push(client.longestGapMs());
    refused.push(client.refused);
  }
  return [
    row('redeploy', 'from the call to the old being gone', 'ms', took),
    row('redeploy', 'longest time without a 202, redeploying', 'ms', gaps),
    row('redeploy', 'the same just before', 'ms', usual),
    row('redeploy', `messages not accepted, one every ${everyMs} ms`, 'messages', refused),
  ];
}

/** Sends a message every few milliseconds, whether or not those before were answered. */
class Client {
  refused = 0;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();
  #last = performance.now();
  #longest = 0;

  constructor(url: string) {
    this.#url = url;
    this.#timer = setInterval(() => {
      const sent = this.#post().finally(() => this.#open.delete(sent));
      this.#open.add(sent);
    }, everyMs);
  }

  longestGapMs(): number {
    return Math.max(this.#longest, performance.now() - this.#last);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
  }

  async #post(): Promise<void> {
    const status = await new Promise<number>(answered => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const sent = request(this.#url, { method: 'POST', agent: this.#agent, headers }, response => {
        response.resume();
        answered(response.statusCode ?? 0);
      });
      sent.on('error', () => answered(0));
      sent.end(body);
    });
    if (status !== 202) {
      this.refused++;
      return;
    }
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }
}
