import { useEffect, useState } from 'react';
import { AppError } from '../../shared/errors.ts';
import { host } from '../host/host.ts';
import { ObjectUrls } from './object-urls.ts';

const urls = new ObjectUrls(64, url => URL.revokeObjectURL(url));
/** Texts are held less long: an output may have megabytes. */
const texts = new Map<string, Promise<string>>();
const heldTexts = 8;

/** A URL for the bytes of a digest, for `src` of pictures and sound; undefined until they are read. */
export function useBlobUrl(sha256: string | null, mediaType: string | null): string | undefined {
  const [shown, setShown] = useState<{ key: string; url: string }>();
  const key = `${sha256} ${mediaType}`;
  useEffect(() => {
    if (sha256 === null) return;
    let isLeft = false;
    const make = async () => URL.createObjectURL(new Blob(await readBlob(sha256), { type: mediaType ?? '' }));
    const taken = urls.take(key, make);
    taken.url.then(
      url => {
        if (!isLeft) setShown({ key, url });
      },
      // The pane says by itself that there is no picture.
      () => undefined,
    );
    return () => {
      isLeft = true;
      taken.leave();
    };
  }, [sha256, mediaType, key]);
  return shown?.key === key ? shown.url : undefined;
}

/** What is known of a digest's bytes as text; neither text nor error while they are read. */
export interface BlobText {
  text?: string;
  error?: AppError;
  /** Reads again after an error. */
  retry(): void;
}

/** The bytes of a digest as UTF-8. */
export function useBlobText(sha256: string | null): BlobText {
  const [attempt, setAttempt] = useState(0);
  const [known, setKnown] = useState<{ sha256: string; text?: string; error?: AppError }>();
  useEffect(() => {
    if (sha256 === null) return;
    let isLeft = false;
    const tell = (what: { text?: string; error?: AppError }) => {
      if (!isLeft) setKnown({ sha256, ...what });
    };
    if (attempt > 0) setKnown(undefined);
    readText(sha256).then(
      text => tell({ text }),
      (thrown: unknown) => tell({ error: AppError.from(thrown) }),
    );
    return () => {
      isLeft = true;
    };
  }, [sha256, attempt]);
  const retry = () => setAttempt(attempt + 1);
  if (known === undefined || known.sha256 !== sha256) return { retry };
  return {
    retry,
    ...(known.text === undefined ? {} : { text: known.text }),
    ...(known.error === undefined ? {} : { error: known.error }),
  };
}

function readText(sha256: string): Promise<string> {
  const text = texts.get(sha256) ?? readBlob(sha256).then(parts => new Blob(parts).text());
  texts.delete(sha256);
  texts.set(sha256, text);
  text.catch(() => texts.get(sha256) === text && texts.delete(sha256));
  const oldest = texts.keys().next().value;
  if (texts.size > heldTexts && oldest !== undefined) texts.delete(oldest);
  return text;
}

async function readBlob(sha256: string): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const { base64 } of host.stream('blob.read', { sha256 })) parts.push(bytesOf(base64));
  return parts;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
