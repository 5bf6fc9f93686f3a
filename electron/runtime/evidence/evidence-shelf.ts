import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../shared/errors.ts';
import { writeDurably } from '../base/durable-file.ts';
import { type SaveWork, saveFile } from '../base/save-file.ts';
import type { StoredEvidence } from '../store/evidence.ts';
import type { Store } from '../store/store.ts';
import { readBagFile } from './read-bag.ts';
import type { EvidenceRecord } from './record.ts';
import { verifyBundle } from './verify.ts';

/** The evidence of a workspace, and its bundles. */
export class EvidenceShelf {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** By id, or by a proof's name: then the newest. */
  resolve(ref: string): StoredEvidence {
    const found = this.#store.evidence.get(ref) ?? this.#store.evidence.list().find(each => each.name === ref);
    if (found !== undefined) return found;
    throw new AppError('not_found', `There is no evidence ${ref}.`, { hint: 'See it all: ppl evidence list.' });
  }

  /** Copies a bundle out of the workspace, whole or not at all. */
  async save(evidence: StoredEvidence, to: string, overwrite: boolean, work: SaveWork): Promise<string> {
    const bundle = bundleOf(evidence);
    const { path } = await saveFile(
      {
        source: () => createReadStream(bundle),
        total: statSync(bundle).size,
        to,
        name: `${evidence.id}.proof`,
        overwrite,
        what: 'the bundle',
      },
      work,
    );
    return path;
  }

  /** The report as a file of the workspace, taken out of the bundle. */
  async report(evidence: StoredEvidence, signal: AbortSignal): Promise<string> {
    const reports = join(this.#store.home, 'reports');
    mkdirSync(reports, { recursive: true, mode: 0o700 });
    const path = join(reports, `${evidence.id}.html`);
    const report = { evidenceId: evidence.id, name: 'data/report.html', signal };
    await readBagFile(bundleOf(evidence), report, source =>
      writeDurably({
        source,
        temporary: `${path}.${randomBytes(6).toString('hex')}.part`,
        target: () => path,
        what: 'the report',
        signal,
      }),
    );
    return path;
  }

  /**
   * The version that evidence proves, for promotion: the bundle must verify and the version still be the image it pins.
   * @throws AppError `conflict` when it does not verify, did not pass, or pins another image.
   */
  async provenVersion(ref: string): Promise<string> {
    const evidence = this.resolve(ref);
    const report = await verifyBundle(evidence.bundle);
    const refused = (why: string) =>
      new AppError('conflict', `Evidence ${evidence.id} does not stand for a promotion: ${why}.`, {
        hint: 'Prove the version again: ppl proof run.',
        details: { evidence_id: evidence.id },
      });
    if (!report.ok)
      throw refused(
        `its bundle does not verify (${report.problems.map(({ file, problem }) => `${file} ${problem}`).join(', ')})`,
      );
    if ((await sha256Of(evidence.bundle)) !== evidence.sha256)
      throw refused('its bundle is not the one that was recorded');
    if (evidence.verdict !== 'pass') throw refused(`its verdict is ${evidence.verdict}`);
    const component = (JSON.parse(evidence.record) as EvidenceRecord).unit_under_test.component;
    if (component == null) throw refused('it names no version');
    const version = this.#store.components.version(component.version_id);
    if (version === undefined) throw refused(`version ${component.version_id} is not here`);
    if (version.image_digest !== component.image_digest) throw refused('the version’s image is another one');
    return version.id;
  }
}

function bundleOf({ bundle }: StoredEvidence): string {
  if (existsSync(bundle)) return bundle;
  throw new AppError('file_not_found', `The bundle ${bundle} is not there any more.`, { details: { path: bundle } });
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
