import { promisify } from 'node:util';
import { type Entry, open, type ZipFile } from 'yauzl';

/** What is in a zip, by path, as another program reads it. */
export async function unzipped(path: string): Promise<Map<string, Buffer>> {
  const zip = await promisify<string, object, ZipFile>(open as never)(path, { lazyEntries: false, autoClose: false });
  const entries: Entry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => entries.push(entry));
    zip.on('end', resolve);
    zip.on('error', reject);
  });
  const found = new Map<string, Buffer>();
  for (const entry of entries) {
    const stream = await promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip) as never)(entry);
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    found.set(entry.fileName, Buffer.concat(parts));
  }
  zip.close();
  return found;
}
