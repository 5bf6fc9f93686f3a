import { outputs } from 'pipelogic';
import { ingress } from 'pipelogic/http';

const LONG_INTEGER = /\d{16}/;
const INTEGER = /^-?\d+$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

ingress('in', {
  types: ['application/json'],
  decode: bytes => outputs[0].fromJson(parse(utf8.decode(bytes))),
});

/** JSON has no size of integers, but a JavaScript number does: what it cannot hold exactly becomes a BigInt. */
function parse(text) {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && INTEGER.test(source) ? BigInt(source) : value,
  );
}
