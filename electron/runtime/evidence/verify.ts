import { existsSync } from 'node:fs';
import type { VerifyReport } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { type Envelope, envelopeSchema, testResultType, verifyEnvelope } from './attestation.ts';
import { type BagEntry, type BagWork, readBag } from './read-bag.ts';
import { evidenceRecord } from './record.ts';

type BundleProblem = VerifyReport['problems'][number];
type BundleSignature = VerifyReport['signatures'][number];

/**
 * Checks a bundle without a workspace: every digest, the record's shape, and the signatures over them.
 * @throws AppError `file_not_found`, or `bundle_invalid` when it is no bundle at all.
 */
export async function verifyBundle(path: string, work: BagWork = {}): Promise<VerifyReport> {
  if (!existsSync(path)) throw new AppError('file_not_found', `${path} does not exist.`, { details: { path } });
  const bag = await readBag(path, work);
  const problems: BundleProblem[] = [];
  const report = (file: string, problem: BundleProblem['problem'], detail: string) =>
    problems.push({ file, problem, detail });

  const listed = new Set<string>();
  const check = (manifest: string, belongs: (file: string) => boolean) => {
    const text = bag.text(manifest);
    if (text === undefined) return void report(manifest, 'missing', 'the bag has no such manifest');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const match = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line);
      const file = match?.[2];
      if (file === undefined || !belongs(file) || listed.has(file)) {
        report(manifest, 'invalid', `the line "${line.slice(0, 120)}" does not belong there`);
        continue;
      }
      listed.add(file);
      const entry = bag.entries.get(file);
      if (entry === undefined) report(file, 'missing', `${manifest} names it`);
      else if (entry.sha256 !== match?.[1]) report(file, 'wrong', `its SHA-256 is ${entry.sha256}, not ${match?.[1]}`);
    }
  };
  check('tagmanifest-sha256.txt', file => file === 'bagit.txt' || file === 'manifest-sha256.txt');
  check('manifest-sha256.txt', file => file.startsWith('data/'));
  for (const required of ['bagit.txt', 'manifest-sha256.txt']) {
    if (!listed.has(required)) report(required, 'missing', 'tagmanifest-sha256.txt does not name it');
  }
  for (const file of bag.entries.keys()) {
    if (
      listed.has(file) ||
      file === 'tagmanifest-sha256.txt' ||
      /^(attestations\/[0-9a-f]{16}\.json|keys\/[0-9a-f]{16}\.pub)$/.test(file)
    )
      continue;
    report(file, 'extra', 'no manifest names it');
  }

  const verdict = checkRecord(bag.text('data/evidence.json'), bag.evidenceId, report);
  const { signatures, isAttested } = checkSignatures(bag.entries, verdict, name => bag.text(name));
  if (!isAttested) {
    const detail = 'no valid signature is over this bag and its test result';
    report('attestations/', signatures.length === 0 ? 'missing' : 'invalid', detail);
  }
  return {
    ok: problems.length === 0,
    evidence_id: bag.evidenceId,
    verdict,
    files: bag.entries.size,
    problems,
    signatures,
  };
}

function checkRecord(
  text: string | undefined,
  evidenceId: string,
  report: (file: string, problem: BundleProblem['problem'], detail: string) => void,
): string {
  if (text === undefined) {
    report('data/evidence.json', 'missing', 'a bundle without it is no evidence');
    return 'unknown';
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    report('data/evidence.json', 'invalid', 'it is not JSON');
    return 'unknown';
  }
  const parsed = evidenceRecord.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    report('data/evidence.json', 'invalid', `${issue?.path.join('.') || 'record'}: ${issue?.message}`);
    return 'unknown';
  }
  if (parsed.data.evidence_id !== evidenceId)
    report('data/evidence.json', 'invalid', `it is ${parsed.data.evidence_id}, and the bag ${evidenceId}`);
  return parsed.data.conclusion.verdict;
}

/** A valid signature alone attests nothing: a replay that came out otherwise is signed too. One must state this verdict. */
function checkSignatures(
  entries: ReadonlyMap<string, BagEntry>,
  verdict: string,
  text: (name: string) => string | undefined,
): { signatures: BundleSignature[]; isAttested: boolean } {
  const signatures: BundleSignature[] = [];
  const results = verdict === 'pass' ? ['PASSED', 'WARNED'] : ['FAILED'];
  let isAttested = false;
  for (const name of entries.keys()) {
    const keyid = /^attestations\/([0-9a-f]{16})\.json$/.exec(name)?.[1];
    if (keyid === undefined) continue;
    const invalid = (detail: string) => signatures.push({ keyid, valid: false, detail });
    const publicPem = text(`keys/${keyid}.pub`);
    const envelope = parseEnvelope(text(name) ?? '');
    if (publicPem === undefined) invalid(`keys/${keyid}.pub is not there`);
    else if (envelope === undefined) invalid('it is no DSSE envelope');
    else {
      const statement = verifyEnvelope(envelope, publicPem, keyid);
      if (statement === undefined) {
        invalid('the signature does not fit the key and the payload');
        continue;
      }
      const isResult = statement.predicateType === testResultType;
      const differing = statement.subject.find(
        ({ name: subject, digest }) => entries.has(subject) && entries.get(subject)?.sha256 !== digest.sha256,
      );
      const uncovered = ['tagmanifest-sha256.txt', ...(isResult ? ['data/evidence.json', 'data/graph.json'] : [])].find(
        file => entries.has(file) && !statement.subject.some(subject => subject.name === file),
      );
      if (uncovered !== undefined) invalid(`it is not over this bag’s ${uncovered}`);
      else if (differing !== undefined) invalid(`it is over another ${differing.name}`);
      else if (isResult && !results.includes(String(statement.predicate.result)))
        invalid(`it states ${String(statement.predicate.result)}, and the evidence ${verdict}`);
      else {
        isAttested ||= isResult;
        signatures.push({ keyid, valid: true, detail: `signed by ${keyid}; whose key that is, you must know` });
      }
    }
  }
  return { signatures, isAttested };
}

function parseEnvelope(text: string): Envelope | undefined {
  try {
    return envelopeSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
