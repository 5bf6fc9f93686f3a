import type { ContainerUsage } from './engine.ts';

interface CpuSample {
  cpu_usage?: { total_usage?: number };
  system_cpu_usage?: number;
  online_cpus?: number;
}

/** One line of the engine's stats stream. */
interface StatsEntry {
  read?: string;
  cpu_stats?: CpuSample;
  precpu_stats?: CpuSample;
  memory_stats?: { usage?: number; limit?: number; stats?: Record<string, number> };
  pids_stats?: { current?: number };
  networks?: Record<string, { rx_bytes?: number; tx_bytes?: number }>;
}

/** As `docker stats` reckons it; undefined for a sample of a container that is not running. */
export function containerUsage(entry: StatsEntry): ContainerUsage | undefined {
  const { cpu_stats: now, precpu_stats: before, memory_stats: memory } = entry;
  if (memory?.usage === undefined || now?.cpu_usage?.total_usage === undefined) return undefined;
  const used = now.cpu_usage.total_usage - (before?.cpu_usage?.total_usage ?? 0);
  const passed = (now.system_cpu_usage ?? 0) - (before?.system_cpu_usage ?? 0);
  // Of the first sample there is none before: what it tells is the whole life of the machine.
  const hasBefore = before?.system_cpu_usage !== undefined && passed > 0;
  const cache = memory.stats?.inactive_file ?? memory.stats?.total_inactive_file ?? 0;
  const networks = Object.values(entry.networks ?? {});
  return {
    atMs: Date.parse(entry.read ?? '') || Date.now(),
    cpuPercent: hasBefore ? Math.round((used / passed) * (now.online_cpus ?? 1) * 10_000) / 100 : 0,
    memoryBytes: Math.max(0, memory.usage - cache),
    memoryLimitBytes: memory.limit ?? 0,
    pids: entry.pids_stats?.current ?? 0,
    receivedBytes: networks.reduce((sum, { rx_bytes }) => sum + (rx_bytes ?? 0), 0),
    sentBytes: networks.reduce((sum, { tx_bytes }) => sum + (tx_bytes ?? 0), 0),
  };
}
