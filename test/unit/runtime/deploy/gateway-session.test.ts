import { createServer } from 'node:http2';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewaySession } from '../../../../electron/runtime/deploy/gateway-session.ts';
import type { DeploymentPlan } from '../../../../electron/runtime/deploy/plan.ts';
import type { ExecSession } from '../../../../electron/runtime/engine/engine.ts';

const plan: DeploymentPlan = { backend_id: 'b', head_seq: 0, head_hash: '', graph_hash: '', vertices: [], edges: [] };

const asks: Record<string, (of: GatewaySession) => Promise<unknown>> = {
  'is told a deployment': of => of.putDeployment('d', plan, 'info'),
  'is told a value': of => of.setConfig('d', 'v', 'x', 1),
  'is to forget a deployment': of => of.deleteDeployment('d'),
};

let session: GatewaySession;
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  session.close();
  vi.useRealTimers();
});

function over(near: unknown): GatewaySession {
  return new GatewaySession({ stream: near, stderrText: () => '' } as ExecSession);
}

describe('A gateway whose connection is open and silent, as a Docker that hangs leaves it', () => {
  it.each(Object.entries(asks))('is waited for no longer than 10 s when it %s', async (_what, ask) => {
    session = over(duplexPair()[0]);
    let isOver = false;
    const asked = ask(session).finally(() => {
      isOver = true;
    });
    const refused = expect(asked).rejects.toMatchObject({ code: 'timed_out' });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await refused;
    expect(session.isOpen, 'what else goes over it goes on when it thaws').toBe(true);
  });
});

it('A gateway that answers in time leaves no timer behind', async () => {
  const [near, far] = duplexPair();
  const server = createServer((_request, response) => response.writeHead(204).end());
  server.on('session', each => each.on('error', () => undefined));
  server.emit('connection', far);
  session = over(near);
  for (const ask of Object.values(asks)) await ask(session);
  expect(vi.getTimerCount()).toBe(0);
});
