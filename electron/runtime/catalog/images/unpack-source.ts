import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { AppError } from '../../../../shared/errors.ts';

/** Unpacks a source archive. It may have come in a bundle, so nothing in it may lead out of the folder. */
export async function unpackSource(archive: string, folder: string): Promise<void> {
  const parser = extract();
  const source = createReadStream(archive);
  source.once('error', error => parser.destroy(error));
  source.pipe(parser as unknown as NodeJS.WritableStream);
  for await (const entry of parser) {
    const { name, type, mode } = entry.header;
    if (name.startsWith('/') || name.includes('\\') || name.split('/').includes('..')) {
      throw new AppError('bundle_invalid', `The source archive holds a path that leads out of it: ${name}`);
    }
    const path = join(folder, name);
    if (type === 'directory') {
      await mkdir(path, { recursive: true });
      entry.resume();
    } else if (type === 'file') {
      await mkdir(dirname(path), { recursive: true });
      await pipeline(entry as unknown as NodeJS.ReadableStream, createWriteStream(path, { flags: 'wx' }));
      await chmod(path, mode && mode & 0o111 ? 0o755 : 0o644);
    } else {
      throw new AppError(
        'bundle_invalid',
        `The source archive holds something that is neither file nor folder: ${name}`,
      );
    }
  }
}
