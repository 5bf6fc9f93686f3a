import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRequestOf } from '../../../electron/main/open-request.ts';

const dir = mkdtempSync(join(tmpdir(), 'open-request-'));
writeFileSync(join(dir, 'a.proof'), '');
const request = (...args: string[]) => openRequestOf(['proofbench', ...args], dir);

test('a bundle that is opened with the app is shown, wherever its path starts', () => {
  expect(request('a.proof')).toEqual({ kind: 'open-path', path: join(dir, 'a.proof') });
  expect(request('--flag', join(dir, 'a.proof'))).toEqual({ kind: 'open-path', path: join(dir, 'a.proof') });
});

test('a link selects what it names', () => {
  expect(request('proof://runs/run_01m7yd00000000000000000000')).toEqual({
    kind: 'go',
    route: '/runs/run_01m7yd00000000000000000000',
  });
  expect(request('proof://leases')).toEqual({ kind: 'go', route: '/leases' });
});

test.each(['proof://runs/../../etc', 'proof://run?manifest=/etc/passwd', 'https://example.org', 'missing.proof', '.'])(
  '%s asks for nothing',
  argument => {
    expect(request(argument)).toBeUndefined();
  },
);
