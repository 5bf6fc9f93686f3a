import { describe, expect, it } from 'vitest';
import { componentFolder, manifest } from '../support/components.ts';
import { eventsOf, Workspace } from '../support/workspace.ts';

const hello = JSON.stringify({ text: 'hello' });

interface Case {
  title: string;
  files: Record<string, string>;
  args?: string[];
  exit: number;
  /** What the message must name. */
  says: RegExp;
  /** The stage of the `failed` event; absent when nothing was made. */
  stage?: string;
}

const good = { ...componentFolder({}), 'hello.json': hello };

const cases: Case[] = [
  {
    title: 'a manifest with a wrong key',
    files: { ...good, 'live-test.yml': manifest().replace('fixtures:', 'fixturez:') },
    exit: 2,
    says: /live-test\.yml:3.*fixturez.*fixtures/s,
  },
  {
    title: 'two components under test',
    files: { ...good, 'live-test.yml': manifest().replace('    out: {harness: "Output JSON HTTP"}', '    out: {}') },
    exit: 2,
    says: /cut.*out/s,
  },
  {
    title: 'an unknown harness',
    files: { ...good, 'live-test.yml': manifest().replace('Input JSON HTTP', 'Input Smell HTTP') },
    exit: 2,
    says: /Input Smell HTTP.*Input JSON HTTP/s,
  },
  {
    title: 'a missing fixture',
    files: { ...componentFolder({}), 'live-test.yml': manifest() },
    exit: 2,
    says: /hello\.json/,
  },
  { title: 'a missing manifest', files: good, exit: 2, says: /live-test\.yml/ },
  {
    title: 'an unknown runtime',
    files: { ...good, 'live-test.yml': manifest() },
    args: ['--runtime=rt_moon'],
    exit: 4,
    says: /rt_moon/,
  },
  {
    title: 'an unknown version',
    files: { ...good, 'live-test.yml': manifest() },
    args: ['--cut-version-id=ver_nope'],
    exit: 4,
    says: /ver_nope/,
  },
  {
    title: 'a component.yml with a wrong key',
    files: {
      ...good,
      'component.yml': good['component.yml'].replace('language', 'langauge'),
      'live-test.yml': manifest(),
    },
    exit: 2,
    says: /component\.yml:2.*langauge.*language/s,
  },
  {
    title: 'an edge whose types part',
    files: { ...good, 'live-test.yml': manifest().replace('Input JSON HTTP', 'Input Image HTTP') },
    exit: 1,
    says: /in\.0 → cut\.0.*Image/s,
    stage: 'graph',
  },
  {
    title: 'a parameter that is not of its type',
    files: {
      ...good,
      ...componentFolder({ config: '    times: {type: Int64, default: 1}' }),
      'live-test.yml': manifest({ params: `{times: {type: Int64, value: '"three"'}}` }),
    },
    exit: 1,
    says: /times|Int64/,
    stage: 'graph',
  },
  {
    title: 'a component that does not parse',
    files: { ...good, 'src/main.js': "import { run } from 'pipelogic';\nrun(m => {\n", 'live-test.yml': manifest() },
    exit: 1,
    says: /main\.js:\d+/,
    stage: 'publish',
  },
  {
    title: 'a component that imports what is not there',
    files: {
      ...good,
      'src/main.js': "import { run } from 'pipelogic';\nimport x from 'left-pad';\nrun(m => x(m));\n",
      'live-test.yml': manifest(),
    },
    exit: 1,
    says: /left-pad/,
    stage: 'publish',
  },
  {
    title: 'a component that exits at once',
    files: {
      ...good,
      'src/main.js': "console.error('no weights here');\nprocess.exit(7);\n",
      'live-test.yml': manifest(),
    },
    exit: 1,
    says: /cut.*exit code 7.*no weights here/s,
    stage: 'start',
  },
  {
    title: 'a component that never gets ready',
    files: {
      ...good,
      'src/main.js': "import 'pipelogic';\nsetInterval(() => {}, 1000);\n",
      'live-test.yml': manifest({ deploy: '{ready_timeout: 6s}' }),
    },
    exit: 1,
    says: /cut never reported ready/,
    stage: 'start',
  },
];

describe('bad input ends with a message that names the place, and nothing left behind:', () => {
  for (const { title, files, args, exit, says, stage } of cases) {
    it(title, async () => {
      await using workspace = new Workspace();
      const dir = workspace.folder(files);
      const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', ...(args ?? ['--runtime=local'])], {
        cwd: dir,
      });
      expect(outcome.code, outcome.stderr + outcome.stdout).toBe(exit);
      const events = eventsOf(outcome.stdout);
      if (stage === undefined) {
        expect(events).toEqual([]);
        const { error } = JSON.parse(outcome.stderr.trim().split('\n').at(-1) as string) as {
          error: { message: string; hint?: string };
        };
        expect(`${error.message} ${error.hint ?? ''}`).toMatch(says);
        expect((await workspace.json<{ count: number }>(['lease', 'list'])).count).toBe(0);
      } else {
        const failed = events.at(-1) as unknown as {
          type: string;
          stage: string;
          error: { message: string; hint?: string };
        };
        expect(failed).toMatchObject({ type: 'failed', stage });
        expect(`${failed.error.message} ${failed.error.hint ?? ''}`).toMatch(says);
        const { items } = await workspace.json<{ items: { state: string; receipt: { failed: unknown[] } }[] }>([
          'lease',
          'list',
        ]);
        expect(items).toMatchObject([{ state: 'rolled_back', receipt: { failed: [] } }]);
      }
      expect((await workspace.json<{ count: number }>(['backend', 'list'])).count).toBe(0);
      expect((await workspace.json<{ count: number }>(['file', 'list'])).count).toBe(0);
    });
  }

  it('Docker that is not there: exit 3 and what to start', async () => {
    await using workspace = new Workspace({ DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    const dir = workspace.folder({ ...good, 'live-test.yml': manifest() });
    const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local'], { cwd: dir });
    expect(outcome.code).toBe(3);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toMatch(/Docker is not running|docker_unreachable/);
  });
});
