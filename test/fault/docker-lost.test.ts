import { describe, expect, it } from 'vitest';
import { componentFolder, manifest } from '../support/components.ts';
import { DockerSocket } from '../support/docker-socket.ts';
import { eventsOf, untilEvent, Workspace } from '../support/workspace.ts';

describe('Docker stops in the middle of a run', () => {
  for (const event of ['deploy_started', 'container']) {
    it(`at "${event}": the run says so, and when Docker is back everything is removed`, async () => {
      await using docker = new DockerSocket();
      await docker.start();
      await using workspace = new Workspace({ DOCKER_HOST: `unix://${docker.path}` });
      const dir = workspace.folder({
        ...componentFolder({}),
        'live-test.yml': manifest(),
        'hello.json': '{"text": "hello"}',
      });
      const run = workspace.start(['lease', 'run', '--test=live-test.yml', '--runtime=local'], { cwd: dir });
      await untilEvent(run, event);
      await docker.stop();
      const outcome = await run.outcome;
      expect(outcome.code, outcome.stderr).toBe(1);
      expect(eventsOf(outcome.stdout).at(-1)).toMatchObject({ type: 'failed', error: { code: 'docker_unreachable' } });
      const refused = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local'], { cwd: dir });
      expect(refused.code, 'a stopped Docker is told apart').toBe(3);

      await docker.start();
      await expect.poll(() => workspace.leaseStates(), { timeout: 60_000 }).toEqual(['rolled_back']);
      expect(await workspace.besideGateway()).toEqual([]);
    });
  }
});
