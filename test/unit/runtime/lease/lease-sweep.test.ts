import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Leases } from '../../../../electron/runtime/lease/leases.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { AppError } from '../../../../shared/errors.ts';
import { newId } from '../../../../shared/ids.ts';

let home: string;
let store: Store;
let leases: Leases;
let lines: string[];
/** Awaited before a deployment is gone. */
let docker: () => Promise<void>;

beforeEach(() => {
  vi.useFakeTimers();
  home = mkdtempSync(join(tmpdir(), 'proofbench-sweep-'));
  store = new Store(home);
  lines = [];
  docker = async () => undefined;
  leases = new Leases({
    store,
    discard: {
      deployment: async id => {
        await docker();
        store.deployments.setStatus(id, 'gone');
      },
      backend: id => store.backends.delete(id),
      version: id => store.components.deleteVersion(id),
      file: id => store.files.delete(id),
      image: async () => true,
    },
    log: line => lines.push(line),
  });
});
afterEach(() => {
  leases[Symbol.dispose]();
  vi.useRealTimers();
  vi.restoreAllMocks();
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

function open(ttl: string): string {
  return leases.open({ runtimeId: 'rt_local', ttl }).id;
}

function state(id: string): string | undefined {
  return store.leases.get(id)?.state;
}

/** A lease that Docker has to take part in the end of. */
function openDeployed(ttl: string): string {
  const lease = open(ttl);
  const [backend, id] = [newId('backend'), newId('deployment')];
  const none = { subnet: null, error: null, expires_at_ms: null, ended_at_ms: null };
  const facts = { plan: '{}', network_name: 'n', debug: 0 as const, fixed: 0 as const, generation: 1 };
  store.transaction(() => {
    store.backends.insert({ id: backend, name: id, lease_id: lease, created_at_ms: 1 });
    const made = { id, backend_id: backend, runtime_id: 'rt_local', lease_id: lease, created_at_ms: 1 };
    store.deployments.insert({ ...none, ...facts, ...made, status: 'running' }, []);
  });
  return lease;
}

it('A disk that is full when a lease expires is tried again, each time later, and told once; with room on it the lease ends', async () => {
  const full = new AppError('disk_full', 'The disk is full.');
  const begin = vi.spyOn(store.leases, 'beginClosing').mockImplementation(() => {
    throw full;
  });
  const lease = open('1s');
  const tries: number[] = [];
  for (let second = 0; second < 140; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    tries.push(begin.mock.calls.length);
  }
  expect(
    tries.map((count, second) => count - (tries[second - 1] ?? 0)).flatMap((n, at) => (n > 0 ? [n, at] : [])),
  ).toEqual([0, 1, 3, 7, 15, 31, 63, 123].flatMap(at => [1, at]));
  expect(lines).toEqual(['sweep: The disk is full.']);
  expect(state(lease)).toBe('open');

  begin.mockRestore();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state(lease)).toBe('expired');

  const next = open('1s');
  await vi.advanceTimersByTimeAsync(1500);
  expect(state(next), 'and nothing of the trouble is left').toBe('expired');
});

it('A trouble of another kind is told too', async () => {
  const begin = vi.spyOn(store.leases, 'beginClosing');
  const fail = (message: string) =>
    begin.mockImplementation(() => {
      throw new AppError('disk_full', message);
    });
  open('1s');
  fail('The disk is full.');
  await vi.advanceTimersByTimeAsync(2000);
  fail('The disk cannot be read.');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual(['sweep: The disk is full.', 'sweep: The disk cannot be read.']);
});

it('A database that cannot be read when a lease expires is told and tried again', async () => {
  const lease = open('1s');
  const unreadable = () => {
    throw new AppError('internal', 'The disk cannot be read.');
  };
  const reads = [vi.spyOn(store.leases, 'nextExpiryMs'), vi.spyOn(store.leases, 'due')];
  for (const read of reads) read.mockImplementation(unreadable);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lines).toEqual(['sweep: The disk cannot be read.']);
  for (const read of reads) read.mockRestore();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state(lease)).toBe('expired');
});

it('A lease that waits for a Docker that never answers holds up none that expires after it', async () => {
  const answer = Promise.withResolvers<void>();
  docker = () => answer.promise;
  const waiting = openDeployed('1s');
  const rows = open('5s');
  const deployed = openDeployed('10s');
  await vi.advanceTimersByTimeAsync(1000);
  expect([waiting, rows, deployed].map(state)).toEqual(['closing', 'open', 'open']);
  // Others are opened all the time.
  for (let half = 0; half < 10; half++) {
    open('1h');
    await vi.advanceTimersByTimeAsync(500);
  }
  expect([waiting, rows, deployed].map(state)).toEqual(['closing', 'expired', 'open']);
  docker = async () => undefined;
  await vi.advanceTimersByTimeAsync(5000);
  expect([waiting, rows, deployed].map(state)).toEqual(['closing', 'expired', 'expired']);
  answer.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(state(waiting)).toBe('expired');
});
