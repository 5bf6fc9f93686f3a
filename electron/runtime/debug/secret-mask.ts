/** A shorter text would hide much that is no secret. */
const minSecretLength = 4;
/** The variable that tells a component its token: what follows is masked whoever the token was for. */
const tokenVariable = Buffer.from('PROOFBENCH_TOKEN');
const tokenAfterVariable = /^[^A-Za-z0-9_-]{1,8}([A-Za-z0-9_-]{32})/;
const longestAfterVariable = 8 + 32;

/** Where bytes are masked: from, and up to. */
type Span = [from: number, to: number];

/**
 * Replaces secrets in a stream of bytes, each byte by `*`, so that what is said of positions in it stays true. One that is cut over chunks is
 * found, as are those that overlap, and the forms that JSON and a URL give it.
 */
export class SecretMask {
  readonly #secrets: readonly Buffer[];
  /** How many bytes before and after a range must be seen to know what of it is masked. */
  readonly reach: number;

  constructor(secrets: Iterable<string>) {
    const forms = new Set([...secrets].filter(secret => secret.length >= minSecretLength).flatMap(formsOf));
    this.#secrets = [...forms].map(form => Buffer.from(form));
    const longest = this.#secrets.reduce((most, secret) => Math.max(most, secret.length), 0);
    this.reach = Math.max(longest, tokenVariable.length + longestAfterVariable) - 1;
  }

  /** `onMasked` is told of each place. */
  async *mask(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, onMasked: () => void): AsyncGenerator<Buffer> {
    let held: Buffer = Buffer.alloc(0);
    let covered = 0;
    const release = (bytes: Buffer, upTo: number): Buffer => {
      const told = Buffer.from(bytes.subarray(0, upTo));
      told.fill('*', 0, Math.min(covered, upTo));
      let end = covered;
      for (const [from, to] of this.#spans(bytes, upTo)) {
        if (from >= end) onMasked();
        told.fill('*', from, Math.min(to, upTo));
        end = Math.max(end, to);
      }
      covered = Math.max(0, end - upTo);
      return told;
    };
    for await (const chunk of source) {
      const bytes = Buffer.concat([held, chunk]);
      const upTo = Math.max(0, bytes.length - this.reach);
      if (upTo > 0) yield release(bytes, upTo);
      held = bytes.subarray(upTo);
    }
    if (held.length > 0) yield release(held, held.length);
  }

  /** Those that begin before `before`, in order. */
  #spans(bytes: Buffer, before: number): Span[] {
    const spans: Span[] = [];
    for (const secret of this.#secrets) {
      for (const at of places(bytes, secret, before)) spans.push([at, at + secret.length]);
    }
    for (const at of places(bytes, tokenVariable, before)) {
      const from = at + tokenVariable.length;
      const found = tokenAfterVariable.exec(bytes.toString('latin1', from, from + longestAfterVariable));
      if (found !== null) spans.push([from + found[0].length - (found[1] as string).length, from + found[0].length]);
    }
    return spans.sort((a, b) => a[0] - b[0]);
  }
}

function* places(bytes: Buffer, text: Buffer, before: number): Generator<number> {
  for (let at = bytes.indexOf(text); at >= 0 && at < before; at = bytes.indexOf(text, at + 1)) yield at;
}

/** As it is, inside JSON, inside JSON inside JSON, and inside a URL: as JavaScript writes them, and as others do, Python first. */
function formsOf(secret: string): string[] {
  const inJson = jsonForms(secret);
  return [secret, ...inJson, ...inJson.flatMap(jsonForms), ...(secret.isWellFormed() ? urlForms(secret) : [])];
}

/** Many writers keep to ASCII and give the number of every other unit. */
function jsonForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = (hex: (digits: string) => string) =>
    json.replace(/[^\x20-\x7e]/g, unit => `\\u${hex(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`);
  return [json, ascii(lower), ascii(upper)];
}

/** What is left as it is, by `encodeURIComponent`, RFC 3986, Python's `quote` and HTML's forms. */
const plainInUrl = [/[\w.~!'()*-]/, /[\w.~-]/, /[\w.~/-]/, /[\w.*-]/];

function urlForms(text: string): string[] {
  const bytes = [...Buffer.from(text)];
  return plainInUrl.flatMap(plain =>
    ['%20', '+'].flatMap(blank =>
      [lower, upper].map(hex =>
        bytes
          .map(byte => {
            const letter = String.fromCharCode(byte);
            if (letter === ' ') return blank;
            return plain.test(letter) ? letter : `%${hex(byte.toString(16).padStart(2, '0'))}`;
          })
          .join(''),
      ),
    ),
  );
}

const lower = (digits: string) => digits.toLowerCase();
const upper = (digits: string) => digits.toUpperCase();
