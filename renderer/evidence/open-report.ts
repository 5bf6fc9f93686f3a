import { bridge, host } from '../host/host.ts';
import { toastError } from '../ui/index.ts';

/** Opens the report of evidence in the system's browser. What goes wrong is told by a toast. */
export async function openReport(evidenceId: string): Promise<void> {
  try {
    const { path } = await host.call('evidence.report', { evidence: evidenceId });
    await bridge.openPath(path);
  } catch (thrown) {
    toastError(thrown);
  }
}
