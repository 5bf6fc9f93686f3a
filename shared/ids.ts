/** Prefixes of the ids of everything Proofbench names (DESIGN §2). */
export const idPrefixes = {
  lease: 'lse',
  runtime: 'rt',
  component: 'cmp',
  version: 'ver',
  file: 'fil',
  secret: 'sec',
  backend: 'bck',
  vertex: 'vtx',
  deployment: 'dep',
  container: 'ctr',
  run: 'run',
  evidence: 'evd',
  message: 'msg',
  workspace: 'wsp',
} as const;

export type IdKind = keyof typeof idPrefixes;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
let lastTimeMs = 0;
let lastRandom: number[] = [];

/** A new id, e.g. `lse_01k9…`: the prefix and a lower-case ULID, monotonic within this process. */
export function newId(kind: IdKind, nowMs: number = Date.now()): string {
  return `${idPrefixes[kind]}_${ulid(nowMs)}`;
}

export function isId(kind: IdKind, text: string): boolean {
  return new RegExp(`^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{26}$`).test(text);
}

function ulid(nowMs: number): string {
  if (nowMs > lastTimeMs) {
    lastTimeMs = nowMs;
    lastRandom = Array.from(globalThis.crypto.getRandomValues(new Uint8Array(16)), byte => byte & 31);
  } else {
    let position = lastRandom.length - 1;
    while (position >= 0 && lastRandom[position] === 31) lastRandom[position--] = 0;
    if (position >= 0) lastRandom[position] = (lastRandom[position] ?? 0) + 1;
  }
  let time = '';
  for (let rest = lastTimeMs, digit = 0; digit < 10; digit++, rest = Math.floor(rest / 32))
    time = alphabet[rest % 32] + time;
  return time + lastRandom.map(digit => alphabet[digit]).join('');
}
