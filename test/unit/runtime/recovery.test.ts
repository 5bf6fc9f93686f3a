import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Recovered, recover } from '../../../electron/runtime/recovery.ts';
import { AppError } from '../../../shared/errors.ts';

let steps: string[];
let lines: string[];
const left = new AbortController().signal;
const never = () => new Promise<never>(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
  steps = [];
  lines = [];
});
afterEach(() => vi.useRealTimers());

/** What a host recovers; `on` is what Docker does to a step. */
function host(on: Record<string, () => Promise<void>> = {}): Recovered {
  const step = (name: string) => async () => {
    steps.push(name);
    await on[name]?.();
  };
  const nothing = () => undefined;
  return {
    store: {
      blobs: { sweepFiles: nothing, collect: nothing },
      sweepLogs: nothing,
      sweepUnfinished: nothing,
    } as unknown as Recovered['store'],
    unrecorded: { dropAll: () => steps.push('unrecorded') },
    runs: { recover: step('runs') },
    callers: { recover: () => steps.push('callers') },
    leases: { sweep: step('leases'), schedule: () => steps.push('deadlines') },
    deployer: { recover: step('deployments') },
    catalog: { sweepImages: step('images') },
    gateway: { sweep: step('gateway') },
    images: { sweep: step('cache') },
    log: line => lines.push(line),
  };
}

const leasesEnd = ['callers', 'leases', 'deadlines'];

it('A host takes over runs, then leases, then deployments, and sweeps what is left', async () => {
  await recover(host(), left);
  expect(steps).toEqual(['unrecorded', 'runs', ...leasesEnd, 'deployments', 'images', 'gateway', 'cache']);
  expect(lines).toEqual([]);
});

it.each(['leases', 'deployments', 'images', 'gateway'])(
  'Leases end, and the next deadline is set, though Docker hangs at the %s',
  async what => {
    void recover(host({ [what]: never }), left);
    await vi.advanceTimersByTimeAsync(0);
    expect(steps).toEqual(expect.arrayContaining([...leasesEnd, 'deployments']));
  },
);

it('Leases that are due wait a little for a run that was broken off to tell of them, not for as long as Docker hangs under it', async () => {
  const told = Promise.withResolvers<void>();
  const recovered = recover(host({ runs: () => told.promise }), left);
  await vi.advanceTimersByTimeAsync(5000);
  expect(steps).toEqual(['unrecorded', 'runs']);
  await vi.advanceTimersByTimeAsync(5000);
  expect(steps, 'and its deployment is not taken over before it is told').toEqual(['unrecorded', 'runs', ...leasesEnd]);
  told.resolve();
  await recovered;
  expect(steps.slice(-4)).toEqual(['deployments', 'images', 'gateway', 'cache']);
});

it('What fails is told, and the rest goes on', async () => {
  const fails = async () => {
    throw new AppError('docker_unreachable', 'Docker does not answer.');
  };
  await recover(host({ runs: fails, deployments: fails, gateway: fails }), left);
  expect(steps).toHaveLength(9);
  expect(lines).toEqual(['runs', 'deployments', 'gateway'].map(what => `recovery, ${what}: Docker does not answer.`));
});

it('A host that has left begins nothing more, and has nothing to tell of what then fails', async () => {
  const gone = new AbortController();
  const answer = Promise.withResolvers<void>();
  const recovered = recover(host({ deployments: () => answer.promise }), gone.signal);
  await vi.advanceTimersByTimeAsync(0);
  gone.abort();
  answer.reject(new Error('The database is closed.'));
  await recovered;
  expect(steps.at(-1)).toBe('deployments');
  expect(lines).toEqual([]);
});
