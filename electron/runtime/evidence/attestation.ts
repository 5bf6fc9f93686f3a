import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { keyIdOf, type SigningKey } from './keys.ts';
import type { EvidenceRecord } from './record.ts';

const payloadType = 'application/vnd.in-toto+json';
/** What a proof states; a replay by someone else states something of its own. */
export const testResultType = 'https://in-toto.io/attestation/test-result/v0.1';

/** DSSE v1: https://github.com/secure-systems-lab/dsse */
export const envelopeSchema = z.object({
  payload: z.string(),
  payloadType: z.literal(payloadType),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).min(1),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** An in-toto Statement v1: what was tested, by digest, and how it went. */
export const statementSchema = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z
    .array(z.object({ name: z.string(), digest: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) }))
    .min(1),
  predicateType: z.string(),
  predicate: z.record(z.string(), z.unknown()),
});
export type Statement = z.infer<typeof statementSchema>;

/** What a statement is made over. */
export interface BagDigests {
  /** SHA-256 of `tagmanifest-sha256.txt`, which stands for every file of the bag. */
  tagManifest: string;
  /** SHA-256 by path inside `data/`. */
  files: ReadonlyMap<string, string>;
}

/** The statement a bundle is signed under: test-result v0.1, over the bag, the evidence, the graph and every image. */
export function statementOf(record: EvidenceRecord, digests: BagDigests): Statement {
  const { verdict, cases, risks } = record.conclusion;
  const manifest = digests.files.get('manifest.yml');
  const named = ['evidence.json', 'graph.json'].flatMap(path => {
    const sha256 = digests.files.get(path);
    return sha256 === undefined ? [] : [{ name: `data/${path}`, digest: { sha256 } }];
  });
  const images = new Map(record.unit_under_test.versions.map(version => [version.image_digest, version.component]));
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      { name: 'tagmanifest-sha256.txt', digest: { sha256: digests.tagManifest } },
      ...named,
      ...[...images].map(([digest, component]) => ({
        name: `image:${component}`,
        digest: { sha256: digest.replace('sha256:', '') },
      })),
    ],
    predicateType: testResultType,
    predicate: {
      result: verdict === 'pass' ? (risks.some(risk => risk.kind === 'warning') ? 'WARNED' : 'PASSED') : 'FAILED',
      configuration: manifest === undefined ? [] : [{ name: 'data/manifest.yml', digest: { sha256: manifest } }],
      passedTests: cases.filter(each => each.verdict === 'pass').map(each => each.name),
      failedTests: cases.filter(each => each.verdict !== 'pass').map(each => each.name),
    },
  };
}

/** The statement in a DSSE envelope, signed with the workspace's key. */
export function signStatement(statement: Statement, key: SigningKey): Envelope {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign(null, preAuthentication(payload), key.privateKey).toString('base64');
  return { payload: payload.toString('base64'), payloadType, signatures: [{ keyid: key.keyid, sig }] };
}

/**
 * The statement, if this key signed it. A key's id is computed from the key, never taken from who gives it: pass `expected`
 * where the key came under a name.
 */
export function verifyEnvelope(envelope: Envelope, publicPem: string, expected?: string): Statement | undefined {
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey(publicPem);
  } catch {
    return undefined;
  }
  if (publicKey.asymmetricKeyType !== 'ed25519') return undefined;
  const payload = Buffer.from(envelope.payload, 'base64');
  const keyid = keyIdOf(publicKey);
  if (expected !== undefined && expected !== keyid) return undefined;
  const isSigned = envelope.signatures.some(
    signature =>
      signature.keyid === keyid &&
      verify(null, preAuthentication(payload), publicKey, Buffer.from(signature.sig, 'base64')),
  );
  if (!isSigned) return undefined;
  try {
    const parsed = statementSchema.safeParse(JSON.parse(payload.toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** DSSE's pre-authentication encoding: what is signed is unambiguous. */
function preAuthentication(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}
