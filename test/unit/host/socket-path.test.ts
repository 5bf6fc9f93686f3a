import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { socketPath } from '../../../electron/host/socket-path.ts';

describe.skipIf(process.platform === 'win32')('where the host listens', () => {
  it('is in the workspace', () => {
    expect(socketPath('/home/me/proofbench')).toBe('/home/me/proofbench/host.sock');
  });

  it.each(['a', 'é'])('is short enough for the system, however long the path of the workspace is', async letter => {
    const scratch = mkdtempSync(join(tmpdir(), 'proofbench-path-'));
    const home = join(scratch, letter.repeat(100), letter.repeat(100));
    mkdirSync(home, { recursive: true });
    const path = socketPath(home);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
    expect(socketPath(home)).toBe(path);
    expect(socketPath(`${home}2`)).not.toBe(path);
    expect(dirname(path)).not.toBe(tmpdir());
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    await new Promise(resolve => server.close(resolve));
    rmSync(scratch, { recursive: true, force: true });
  });

  it.each([
    ['that others may enter', (folder: string) => mkdirSync(folder, { mode: 0o755 })],
    ['that leads elsewhere', (folder: string) => symlinkSync(tmpdir(), folder)],
  ])('is never in a shared folder %s', (_, make) => {
    const shared = mkdtempSync(join(tmpdir(), 'proofbench-shared-'));
    vi.stubEnv('TMPDIR', shared);
    try {
      const folder = dirname(socketPath(`/${'a'.repeat(100)}`));
      rmSync(folder, { recursive: true });
      make(folder);
      expect(() => socketPath(`/${'a'.repeat(100)}`)).toThrow(expect.objectContaining({ code: 'conflict' }));
    } finally {
      vi.unstubAllEnvs();
      rmSync(shared, { recursive: true, force: true });
    }
  });
});
