import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** @returns {string} `msg_` and a lower-case ULID: 48 bits of milliseconds, then 80 random bits */
export function newMessageId() {
  let time = Date.now();
  let stamp = '';
  for (let digit = 0; digit < 10; digit++) {
    stamp = ALPHABET[time % 32] + stamp;
    time = Math.floor(time / 32);
  }
  let random = '';
  for (const byte of randomBytes(16)) random += ALPHABET[byte & 31];
  return `msg_${stamp}${random}`;
}
