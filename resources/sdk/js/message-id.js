import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const RANDOM_CHARS = 16;
/** Random numbers are fetched for many ids at once: one at a time they cost more than the message. */
const pool = Buffer.alloc(RANDOM_CHARS * 512);
let taken = pool.length;
let stampedAt = -1;
let stamp = '';

/** @returns {string} `msg_` and a lower-case ULID: 48 bits of milliseconds, then 80 random bits */
export function newMessageId() {
  const now = Date.now();
  if (now !== stampedAt) {
    stampedAt = now;
    stamp = stampOf(now);
  }
  if (taken === pool.length) {
    randomFillSync(pool);
    for (let index = 0; index < pool.length; index++) pool[index] = ALPHABET.charCodeAt(pool[index] & 31);
    taken = 0;
  }
  taken += RANDOM_CHARS;
  return stamp + pool.latin1Slice(taken - RANDOM_CHARS, taken);
}

function stampOf(milliseconds) {
  let digits = '';
  for (let rest = milliseconds, digit = 0; digit < 10; digit++) {
    digits = ALPHABET[rest % 32] + digits;
    rest = Math.floor(rest / 32);
  }
  return `msg_${digits}`;
}
