import type { Readable } from 'node:stream';

/** The JSON objects, one a line, of a progress or event stream. */
export async function* jsonLines(source: Readable): AsyncGenerator<Record<string, unknown>> {
  let rest = '';
  source.setEncoding('utf8');
  for await (const chunk of source) {
    rest += chunk as string;
    let end = rest.indexOf('\n');
    while (end >= 0) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (line) yield JSON.parse(line) as Record<string, unknown>;
      end = rest.indexOf('\n');
    }
  }
  if (rest.trim()) yield JSON.parse(rest) as Record<string, unknown>;
}
