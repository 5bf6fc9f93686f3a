import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';

/** What bundles are signed with. */
export interface SigningKey {
  /** The first 16 hex digits of the SHA-256 of the public key (SPKI, DER). */
  keyid: string;
  privateKey: KeyObject;
  /** SPKI, PEM. */
  publicPem: string;
}

/** This workspace's Ed25519 key, made when it is first needed. It lies in a file that only its user reads. */
export function loadOrMakeKey(home: string): SigningKey {
  const folder = join(home, 'keys');
  const path = join(folder, 'signing.pem');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(temporary, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flush: true });
    try {
      // A link, not a rename: a key that is there already is never replaced.
      linkSync(temporary, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
  }
  const privateKey = readKey(path);
  const publicKey = createPublicKey(privateKey);
  return {
    keyid: keyIdOf(publicKey),
    privateKey,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function readKey(path: string): KeyObject {
  const hint = 'Put it back from a backup, or move it away: then a new key with another id is made.';
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw new AppError('workspace_damaged', `The signing key ${path} cannot be read.`, {
      hint,
      details: { path },
      cause,
    });
  }
  throw new AppError('workspace_damaged', `The signing key ${path} is no Ed25519 key.`, { hint, details: { path } });
}

/** A key's id: the first 16 hex digits of the SHA-256 of its SPKI DER. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}
