import { describe, expect, it } from 'vitest';
import {
  bundleFileName,
  fingerprint,
  validKeys,
  verdictStatus,
  verdictWord,
  verifiedLine,
} from '../../../../renderer/evidence/bundle-words.ts';
import type { VerifyReport } from '../../../../shared/contract/index.ts';

const id = 'evd_01k9x2aaaaaaaaaaaaaa7k2m9q4r';

function aReport(part: Partial<VerifyReport> = {}): VerifyReport {
  return {
    ok: true,
    evidence_id: id,
    verdict: 'pass',
    files: 36,
    problems: [],
    signatures: [{ keyid: 'a41c77e093bd0f12', valid: true, detail: '' }],
    ...part,
  };
}

describe('the name of a saved bundle', () => {
  it('is the name of the proof and the end of its id', () => {
    expect(bundleFileName({ id, name: 'pets' })).toBe('pets-7k2m9q4r.proof');
  });

  it('is one that every system takes', () => {
    expect(bundleFileName({ id, name: '../a b/c:d?' })).toBe('a-b-c-d-7k2m9q4r.proof');
    expect(bundleFileName({ id, name: '???' })).toBe('evidence-7k2m9q4r.proof');
    expect(bundleFileName({ id, name: 'Gesichter äöü' })).toBe('Gesichter-äöü-7k2m9q4r.proof');
  });
});

describe('what verifying found', () => {
  it('is told in counts', () => {
    expect(verifiedLine(aReport())).toBe('36 files, 1 signature');
  });

  it('tells problems and signatures that do not hold', () => {
    const report = aReport({
      ok: false,
      problems: [{ file: 'data/log.txt', problem: 'wrong', detail: 'its SHA-256 is another' }],
      signatures: [{ keyid: 'a41c77e093bd0f12', valid: false, detail: 'it is over another bag' }],
    });
    expect(verifiedLine(report)).toBe('36 files, 0 valid signatures, 1 problem');
    expect(validKeys(report)).toEqual([]);
  });

  it('names each key once', () => {
    const signature = { keyid: 'a41c77e093bd0f12', valid: true, detail: '' };
    expect(validKeys(aReport({ signatures: [signature, signature] }))).toEqual(['a41c77e093bd0f12']);
  });
});

it('a key id is shown in groups of four', () => {
  expect(fingerprint('a41c77e093bd0f12')).toBe('a41c 77e0 93bd 0f12');
});

it('a verdict that a foreign bundle made up does not look like one of ours', () => {
  expect(verdictStatus('superb')).toBe('idle');
  expect(verdictWord('superb')).toBe('Superb');
  expect(verdictStatus('mismatch')).toBe('mismatch');
});
