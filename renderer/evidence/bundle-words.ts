import type { EvidenceRow, VerifyReport } from '../../shared/contract/index.ts';
import type { Status } from '../ui/status.tsx';

/** What a bundle is called when it is saved: `pets-7k2m9q4r.proof`, safe on every system. */
export function bundleFileName({ id, name }: Pick<EvidenceRow, 'id' | 'name'>): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return `${safe || 'evidence'}-${id.slice(-8)}.proof`;
}

/** A key id as people compare it: groups of four. */
export function fingerprint(keyid: string): string {
  return keyid.match(/.{1,4}/g)?.join(' ') ?? keyid;
}

/** The keys whose signatures hold, each once. */
export function validKeys({ signatures }: Pick<VerifyReport, 'signatures'>): string[] {
  return [...new Set(signatures.filter(({ valid }) => valid).map(({ keyid }) => keyid))];
}

/** What verifying found, in a line: `36 files, 1 signature`. */
export function verifiedLine({ files, problems, signatures }: VerifyReport): string {
  const valid = signatures.filter(each => each.valid).length;
  const parts = [counted(files, 'file'), counted(valid, valid === signatures.length ? 'signature' : 'valid signature')];
  if (problems.length > 0) parts.push(counted(problems.length, 'problem'));
  return parts.join(', ');
}

/** A problem in words that say what it means for the file. */
export const problemWords: Record<VerifyReport['problems'][number]['problem'], string> = {
  wrong: 'Changed',
  missing: 'Missing',
  extra: 'Not listed',
  invalid: 'Invalid',
};

/** The shape of a verdict; one that is none of ours counts as not run. */
export function verdictStatus(verdict: string): Status {
  return verdict === 'pass' || verdict === 'mismatch' || verdict === 'fail' ? verdict : 'idle';
}

/** The word of a verdict, as it stands in the bundle if it is none of ours. */
export function verdictWord(verdict: string): string {
  return verdict === '' ? 'No verdict' : verdict.charAt(0).toUpperCase() + verdict.slice(1);
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
