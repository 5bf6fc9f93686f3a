import { FileAudio, FileImage, FileJson, FileText, type LucideIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { host } from '../host/host.ts';

/** Larger pictures are not read for a thumbnail. */
const maxBytes = 8 * 2 ** 20;
const pictures = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif']);

interface Frozen {
  sha256: string | null;
  bytes: number | null;
  media_type: string | null;
}

/** A small picture of frozen bytes, else a sign of their kind. */
export function FixtureThumb({ file }: { file: Frozen }) {
  const url = usePicture(file);
  if (url !== undefined) {
    return <img src={url} alt="" className="h-8 w-10 rounded-1 bg-hover object-cover" />;
  }
  const Icon = iconOf(file.media_type);
  return (
    <span className="grid h-8 w-10 place-items-center rounded-1 bg-hover text-fg-3">
      <Icon size={16} strokeWidth={1.75} aria-hidden />
    </span>
  );
}

function usePicture({ sha256, bytes, media_type }: Frozen): string | undefined {
  const [url, setUrl] = useState<string>();
  const isShown = pictures.has(media_type ?? '') && (bytes ?? Number.POSITIVE_INFINITY) <= maxBytes;
  useEffect(() => {
    if (sha256 === null || !isShown) return;
    const stop = new AbortController();
    let made: string | undefined;
    const read = async () => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const { base64 } of host.stream('blob.read', { sha256 }, { signal: stop.signal })) {
        parts.push(Uint8Array.from(atob(base64), each => each.charCodeAt(0)));
      }
      if (stop.signal.aborted) return;
      made = URL.createObjectURL(new Blob(parts, { type: media_type ?? '' }));
      setUrl(made);
    };
    // Without its picture the sign of its kind stays.
    read().catch(() => undefined);
    return () => {
      stop.abort();
      setUrl(undefined);
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [sha256, isShown, media_type]);
  return url;
}

function iconOf(mediaType: string | null): LucideIcon {
  if (mediaType?.startsWith('image/')) return FileImage;
  if (mediaType?.startsWith('audio/')) return FileAudio;
  return mediaType?.includes('json') ? FileJson : FileText;
}
