import { extname } from 'node:path';

/** Media type and file type (platform-facts §9) by a name's ending; only what fixtures and models commonly are. */
const byEnding: Readonly<Record<string, readonly [mediaType: string, fileType: string]>> = {
  '.jpg': ['image/jpeg', 'image'],
  '.jpeg': ['image/jpeg', 'image'],
  '.png': ['image/png', 'image'],
  '.webp': ['image/webp', 'image'],
  '.wav': ['audio/wav', 'audio'],
  '.npy': ['application/x-npy', 'numpy'],
  '.json': ['application/json', 'json'],
  '.jsonl': ['application/x-ndjson', 'jsonl'],
  '.ndjson': ['application/x-ndjson', 'jsonl'],
  '.yml': ['application/yaml', 'yaml'],
  '.yaml': ['application/yaml', 'yaml'],
  '.csv': ['text/csv', 'csv'],
  '.txt': ['text/plain', 'text'],
  '.md': ['text/markdown', 'markdown'],
  '.html': ['text/html', 'html'],
  '.pdf': ['application/pdf', 'pdf'],
  '.onnx': ['application/octet-stream', 'onnx'],
  '.zip': ['application/zip', 'archive'],
};

export function mediaTypeOf(name: string): string {
  return byEnding[extname(name).toLowerCase()]?.[0] ?? 'application/octet-stream';
}

export function fileTypeOf(name: string): string {
  return byEnding[extname(name).toLowerCase()]?.[1] ?? 'binary';
}
