/** A component that ends is started again this often within the window, then its deployment fails (DESIGN §6). */
export const maxRestarts = 3;
export const crashWindowMs = 5 * 60_000;
const firstDelayMs = 500;

/**
 * How long to wait before a container is started again, when it was at `restartsMs` (UTC ms, any order) before; undefined when its budget is
 * used up.
 */
export function restartDelayMs(restartsMs: readonly number[], nowMs: number): number | undefined {
  const recent = restartsMs.filter(at => nowMs - at < crashWindowMs).length;
  return recent >= maxRestarts ? undefined : firstDelayMs * 2 ** recent;
}
