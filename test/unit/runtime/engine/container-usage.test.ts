import { describe, expect, it } from 'vitest';
import { containerUsage } from '../../../../electron/runtime/engine/container-usage.ts';

const sample = {
  read: '2026-11-21T10:00:01.5Z',
  cpu_stats: { cpu_usage: { total_usage: 3_000 }, system_cpu_usage: 20_000, online_cpus: 2 },
  precpu_stats: { cpu_usage: { total_usage: 1_000 }, system_cpu_usage: 10_000 },
  memory_stats: { usage: 5_000, limit: 9_000, stats: { inactive_file: 1_000 } },
  pids_stats: { current: 7 },
  networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
};

describe("A container's usage", () => {
  it('is reckoned as docker stats does: 100 % is one CPU, the page cache is not counted', () => {
    expect(containerUsage(sample)).toEqual({
      atMs: Date.parse('2026-11-21T10:00:01.5Z'),
      cpuPercent: 40,
      memoryBytes: 4_000,
      memoryLimitBytes: 9_000,
      pids: 7,
      receivedBytes: 11,
      sentBytes: 22,
    });
  });

  it('does not take the first sample for the whole life of the machine', () => {
    expect(containerUsage({ ...sample, precpu_stats: {} })?.cpuPercent).toBe(0);
  });

  it('is nothing for a container that does not run', () => {
    expect(containerUsage({ read: '0001-01-01T00:00:00Z', memory_stats: {}, cpu_stats: {} })).toBeUndefined();
  });
});
