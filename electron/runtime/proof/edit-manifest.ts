import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { AppError } from '../../../shared/errors.ts';
import type { StoredFile } from '../store/files.ts';
import { type Manifest, type ProofBlock, parseManifest } from './manifest.ts';

/** A frozen file for a fixture; with a meaning, for a new one and a case that sends it. */
export interface FixtureOverride {
  name: string;
  file_id: string;
  meaning?: string | undefined;
}

/**
 * A manifest's text with frozen files in place of its own; comments stay. Throws `usage` for an override that says neither
 * which fixture it replaces nor what a new one's output means, or would change what an anchor names; and what `fileOf` throws.
 */
export function withFixtures(
  text: string,
  path: string,
  overrides: readonly FixtureOverride[],
  fileOf: (ref: string) => StoredFile,
): string {
  if (overrides.length === 0) return text;
  const manifest = parseManifest(text, path);
  const document = parseDocument(text);
  const seen = new Set<string>();
  for (const override of overrides) {
    const { name } = override;
    if (seen.has(name)) throw new AppError('usage', `The fixture ${name} is given twice.`);
    seen.add(name);
    const file = fileOf(override.file_id);
    const at = manifest.fixtures.findIndex(fixture => fixture.name === name);
    if (at >= 0) replaceSource(document, manifest, at, override, file);
    else addCase(document, manifest, override, file);
  }
  try {
    return document.toString({ lineWidth: 0 });
  } catch (error) {
    throw new AppError('usage', `${path} cannot be written with other fixtures: ${String(error)}`, {
      hint: 'Write out what is an alias in the manifest.',
      cause: error,
    });
  }
}

function replaceSource(
  document: Document,
  manifest: Manifest,
  at: number,
  { name, meaning }: FixtureOverride,
  file: StoredFile,
): void {
  if (meaning !== undefined) {
    throw new AppError('usage', `The manifest has a fixture ${name} already, and its cases say what they mean.`, {
      hint: 'Leave the meaning out to replace its file, or give a new name.',
    });
  }
  const fixture = mapIn(document, ['fixtures', at]);
  for (const source of ['path', 'url', 'file_id']) requireOwn(document, ['fixtures', at, source]);
  for (const source of ['path', 'url']) fixture.delete(source);
  fixture.set('file_id', file.id);
  for (const [index, { send }] of (manifest.proof?.cases ?? []).entries()) {
    if (send.fixture !== name || send.content_type === undefined) continue;
    // Another kind of picture is sent as what it is; what is no picture at all stays for the harness to refuse.
    if (familyOf(send.content_type) !== familyOf(file.media_type) || familyOf(file.media_type) === 'application')
      continue;
    const sent = ['proof', 'cases', index, 'send'];
    requireOwn(document, [...sent, 'content_type']);
    mapIn(document, sent).set('content_type', file.media_type);
  }
}

function addCase(document: Document, manifest: Manifest, { name, meaning }: FixtureOverride, file: StoredFile): void {
  if (meaning === undefined) {
    throw new AppError('usage', `The manifest has no fixture ${name}.`, {
      hint: `Name one of its own (${manifest.fixtures.map(each => each.name).join(', ') || 'it has none'}), or say what the output of the new one should mean.`,
    });
  }
  const cases = manifest.proof?.cases;
  if (cases === undefined) {
    throw new AppError('usage', `The manifest proves nothing, so the new fixture ${name} would never be sent.`, {
      hint: 'Give a manifest with a `proof:` block.',
    });
  }
  const to = (cases as [ProofBlock['cases'][number]])[0].send.to;
  const from = cases.find(each => each.expect.from !== undefined)?.expect.from;
  if (from === undefined) {
    throw new AppError('usage', `No case of the manifest looks at an output, so ${name} cannot either.`, {
      hint: 'Write the case into the manifest, with the `logs` that it should leave.',
    });
  }
  append(document, ['fixtures'], { name, file_id: file.id });
  append(document, ['proof', 'cases'], { name, send: { to, fixture: name }, expect: { meaning, from } });
}

function append(document: Document, path: readonly (string | number)[], value: unknown): void {
  requireOwn(document, path);
  const list = document.getIn(path);
  if (isSeq(list)) (list as YAMLSeq).add(document.createNode(value));
  else document.setIn(path, [value]);
}

/** What stands there of itself; what an alias stands for may stand elsewhere too. */
function mapIn(document: Document, path: readonly (string | number)[]): YAMLMap {
  requireOwn(document, path);
  const found = document.getIn(path);
  if (isMap(found)) return found;
  throw shared(path.join('.'));
}

/** Refuses where a change would show elsewhere too: at an alias, at what has an anchor, and below either. */
function requireOwn(document: Document, path: readonly (string | number)[]): void {
  for (const depth of path.keys()) {
    const place = path.slice(0, depth + 1);
    const node = document.getIn(place, true);
    const isAnchored = (isScalar(node) || isCollection(node)) && node.anchor !== undefined;
    if (isAlias(node) || isAnchored) throw shared(place.join('.'));
  }
}

function shared(place: string): AppError {
  return new AppError(
    'usage',
    `${place} of the manifest is an alias or has an anchor, so nothing can be put in its place.`,
    {
      hint: 'Write it out in the manifest.',
    },
  );
}

function familyOf(mediaType: string): string {
  return mediaType.split('/')[0] as string;
}
