import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KillPoints, untilPoint } from '../support/kill-points.ts';
import { leftovers } from '../support/leftovers.ts';
import { eventsOf } from '../support/workspace.ts';

describe('a caller that is stopped', () => {
  it.for(['lease_created', 'container'] as const)(
    'at "%s": its lease rolls back, nothing is left, and it hears so when it goes on',
    { timeout: 120_000 },
    async point => {
      await using kills = new KillPoints();
      const { workspace, dir, slug } = kills;
      // Never ready, so that nothing but the caller ends the run.
      const never = `// ${slug}\nimport 'pipelogic';\nsetInterval(() => {}, 1000);\n`;
      writeFileSync(join(dir, 'src/main.js'), never);
      const run = kills.start(point);
      const { lease_id } = await untilPoint(run, point);
      const lease = () => workspace.json<{ state: string }>(['lease', 'show', lease_id]);
      run.kill('SIGSTOP');
      await expect.poll(async () => (await lease()).state, { timeout: 60_000 }).toBe('rolled_back');
      await expect.poll(() => leftovers(workspace, slug, []), { timeout: 30_000 }).toEqual([]);
      expect(run.exitCode, 'it is stopped still').toBeNull();
      run.kill('SIGCONT');
      const { code, stdout, stderr } = await run.outcome;
      expect(eventsOf(stdout).at(-1), stderr).toMatchObject({ type: 'failed', error: { code: 'cancelled' } });
      expect(code).toBe(1);
      expect(await lease()).toMatchObject({ state: 'rolled_back' });
    },
  );
});
