/**
 * The canonical JSON of a value (RFC 8785): members sorted by UTF-16 code units, numbers and strings as ECMAScript writes
 * them, no white space. Members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    if (typeof value === 'string') return canonicalString(value);
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`a ${typeof value} has no JSON form`);
    return text;
  }
  if (Array.isArray(value)) return `[${Array.from(value, item => canonicalJson(item)).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${canonicalString(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** RFC 8785 §3.2.2.2 refuses lone surrogates: other implementations would not give the same bytes. */
function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('text with half a surrogate pair has no canonical JSON form');
  return JSON.stringify(text);
}
