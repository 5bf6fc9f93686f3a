/**
 * Values and their canonical JSON, by wire type. `encoderOf` checks while it converts, so a value that does not fit never
 * leaves the component; `decoderOf` trusts its input's shape, because the sender checked it, and changes it in place.
 *
 * @typedef {'Bool'|'Char'|'Int32'|'Int64'|'UInt32'|'UInt64'|'Float'|'Double'|'String'|'Bytes'|'any'} Atom
 * @typedef {Atom | {list: WireType} | {tuple: WireType[]} | {record: Record<string, WireType>} | {maybe: WireType}
 *   | {union: {name?: string, type: WireType}[]}} WireType
 * @typedef {(value: unknown, attachments?: Uint8Array[]) => unknown} Encoder  without `attachments`, Bytes become base64
 * @typedef {(json: any, attachments?: Buffer[]) => unknown} Decoder
 */

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const INTEGER = /^-?\d+$/;
const NOT_FINITE = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const RANGES = {
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  UInt32: [0, 2 ** 32 - 1],
  Int64: [-(2n ** 63n), 2n ** 63n - 1n],
  UInt64: [0n, 2n ** 64n - 1n],
};
const byName = ([a], [b]) => (a < b ? -1 : 1);

/** A value is not of the type it should have. `path` leads to the part that is not. */
export class Mismatch extends TypeError {
  path = '';

  /**
   * @param {string} expected
   * @param {unknown} value
   */
  constructor(expected, value) {
    super();
    this.expected = expected;
    this.found = describe(value);
  }

  get message() {
    return `${this.path ? `at ${this.path}: ` : ''}expected ${this.expected}, got ${this.found}`;
  }
}

/**
 * @param {WireType} type
 * @returns {Encoder}
 */
export function encoderOf(type) {
  if (typeof type === 'string') return ATOM_ENCODERS[type] ?? unknownType(type);
  if ('list' in type) return listEncoder(type);
  if ('tuple' in type) return tupleEncoder(type);
  if ('record' in type) return recordEncoder(type);
  if ('maybe' in type) {
    const encode = encoderOf(type.maybe);
    return (value, attachments) => (value === null || value === undefined ? null : encode(value, attachments));
  }
  if ('union' in type) return unionEncoder(type);
  return unknownType(type);
}

/**
 * @param {WireType} type
 * @returns {Decoder | undefined} undefined: the JSON is the value
 */
export function decoderOf(type) {
  if (typeof type === 'string') return ATOM_DECODERS[type];
  if ('list' in type) return listDecoder(decoderOf(type.list));
  if ('tuple' in type) return tupleDecoder(type.tuple.map(decoderOf));
  if ('record' in type) return recordDecoder(Object.entries(type.record).map(([name, of]) => [name, decoderOf(of)]));
  if ('maybe' in type) {
    const decode = decoderOf(type.maybe);
    return decode && ((json, attachments) => (json === null ? null : decode(json, attachments)));
  }
  return unionDecoder(type.union);
}

/** The type as the type language writes it, for messages. */
export function nameOf(type) {
  if (typeof type === 'string') return type;
  if ('list' in type) return `[${nameOf(type.list)}]`;
  if ('tuple' in type) return `(${type.tuple.map(nameOf).join(', ')}${type.tuple.length === 1 ? ',' : ''})`;
  if ('record' in type) {
    return `{${Object.entries(type.record)
      .map(([name, of]) => `${name}: ${nameOf(of)}`)
      .join(', ')}}`;
  }
  if ('maybe' in type) return `Maybe<${nameOf(type.maybe)}>`;
  return type.union.map(({ name, type: of }) => name ?? nameOf(of)).join(' | ');
}

function check(expected, fits, convert = value => value) {
  return (value, attachments) => {
    if (!fits(value)) throw new Mismatch(expected, value);
    return convert(value, attachments);
  };
}

function smallInteger(name) {
  const [min, max] = RANGES[name];
  return check(name, value => Number.isInteger(value) && value >= min && value <= max);
}

function largeInteger(name) {
  const [min, max] = RANGES[name];
  return value => {
    if (Number.isSafeInteger(value) && value >= min) return value;
    if (typeof value !== 'bigint' && !Number.isInteger(value)) throw new Mismatch(name, value);
    const integer = BigInt(value);
    if (integer < min || integer > max) throw new Mismatch(name, value);
    const number = Number(integer);
    return Number.isSafeInteger(number) ? number : String(integer);
  };
}

function real(name, round) {
  return value => {
    if (typeof value !== 'number') throw new Mismatch(name, value);
    if (!Number.isFinite(value)) return String(value);
    const rounded = round(value);
    if (!Number.isFinite(rounded)) throw new Mismatch(name, value);
    return rounded;
  };
}

function encodeBytes(value, attachments) {
  const bytes = asBytes(value);
  if (!bytes) throw new Mismatch('Bytes', value);
  if (!attachments) return bytes.toString('base64');
  return attachments.push(bytes) - 1;
}

/** @returns {Buffer | undefined} a view, never a copy */
function asBytes(value) {
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  return undefined;
}

const ATOM_ENCODERS = {
  Bool: check('Bool', value => typeof value === 'boolean'),
  Char: check('Char', value => typeof value === 'string' && [...value].length === 1),
  String: check('String', value => typeof value === 'string'),
  Int32: smallInteger('Int32'),
  UInt32: smallInteger('UInt32'),
  Int64: largeInteger('Int64'),
  UInt64: largeInteger('UInt64'),
  Float: real('Float', Math.fround),
  Double: real('Double', value => value),
  Bytes: encodeBytes,
  any: encodeAny,
};

const ATOM_DECODERS = {
  Int64: decodeInteger,
  UInt64: decodeInteger,
  Float: decodeReal,
  Double: decodeReal,
  Bytes: (json, attachments) => {
    if (attachments) return attachments[json];
    if (typeof json !== 'string' || json.length % 4 !== 0 || !BASE64.test(json)) return json;
    return Buffer.from(json, 'base64');
  },
};

function decodeInteger(json) {
  return typeof json === 'string' && INTEGER.test(json) ? BigInt(json) : json;
}

function decodeReal(json) {
  return typeof json === 'string' && NOT_FINITE.has(json) ? NOT_FINITE.get(json) : json;
}

function encodeAny(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'object') throw new Mismatch('a value of the type language', value);
  const bytes = asBytes(value);
  if (bytes) return bytes.toString('base64');
  if (Array.isArray(value)) return value.map((item, index) => within(`[${index}]`, () => encodeAny(item)));
  const json = {};
  for (const name of Object.keys(value).sort()) {
    if (value[name] !== undefined) json[name] = within(`.${name}`, () => encodeAny(value[name]));
  }
  return json;
}

function within(step, encode) {
  try {
    return encode();
  } catch (error) {
    throw deeper(error, step);
  }
}

function deeper(error, step) {
  if (error instanceof Mismatch) error.path = step + error.path;
  return error;
}

function listEncoder(type) {
  const encode = encoderOf(type.list);
  const expected = nameOf(type);
  return (value, attachments) => {
    if (!Array.isArray(value) && (!ArrayBuffer.isView(value) || value instanceof DataView)) {
      throw new Mismatch(expected, value);
    }
    const json = new Array(value.length);
    let index = 0;
    try {
      for (; index < value.length; index++) json[index] = encode(value[index], attachments);
    } catch (error) {
      throw deeper(error, `[${index}]`);
    }
    return json;
  };
}

function tupleEncoder(type) {
  const encoders = type.tuple.map(encoderOf);
  const expected = nameOf(type);
  return (value, attachments) => {
    if (!Array.isArray(value) || value.length !== encoders.length) throw new Mismatch(expected, value);
    return encoders.map((encode, index) => within(`[${index}]`, () => encode(value[index], attachments)));
  };
}

function recordEncoder(type) {
  const fields = Object.entries(type.record)
    .sort(byName)
    .map(([name, of]) => [name, encoderOf(of)]);
  const expected = nameOf(type);
  return (value, attachments) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
      throw new Mismatch(expected, value);
    }
    const json = {};
    let name = '';
    let present = 0;
    try {
      for (const field of fields) {
        name = field[0];
        const item = value[name];
        if (item !== undefined) present++;
        json[name] = field[1](item, attachments);
      }
    } catch (error) {
      throw deeper(error, `.${name}`);
    }
    const names = Object.keys(value);
    if (names.length > present) {
      const extra = names.find(key => value[key] !== undefined && !(key in type.record));
      if (extra !== undefined) throw deeper(new Mismatch(`no such field in ${expected}`, value[extra]), `.${extra}`);
    }
    return json;
  };
}

/** An alternative that carries nothing is written as its name; any other as its value, the first one that fits. */
function unionEncoder(type) {
  const expected = nameOf(type);
  const names = contentFreeNames(type.union);
  const encoders = type.union.filter(alternative => !isContentFree(alternative)).map(({ type: of }) => encoderOf(of));
  return (value, attachments) => {
    if (typeof value === 'string' && names.has(value)) return value;
    const kept = attachments?.length;
    for (const encode of encoders) {
      try {
        return encode(value, attachments);
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error;
        if (attachments) attachments.length = kept;
      }
    }
    throw new Mismatch(expected, value);
  };
}

function unionDecoder(union) {
  const names = contentFreeNames(union);
  const alternatives = union
    .filter(alternative => !isContentFree(alternative))
    .map(({ type }) => ({ type, decode: decoderOf(type) }));
  if (alternatives.every(({ decode }) => !decode)) return undefined;
  return (json, attachments) => {
    if (typeof json === 'string' && names.has(json)) return json;
    const match = alternatives.find(({ type }) => looksLike(type, json, attachments));
    return match?.decode ? match.decode(json, attachments) : json;
  };
}

function isContentFree({ name, type }) {
  return name !== undefined && type?.tuple?.length === 0;
}

function contentFreeNames(union) {
  return new Set(union.filter(isContentFree).map(({ name }) => name));
}

/** Whether `json` can be of `type`, as far as its shape tells. */
function looksLike(type, json, attachments) {
  if (type === 'any') return true;
  if (type === 'Bool') return typeof json === 'boolean';
  if (type === 'String' || type === 'Char') return typeof json === 'string';
  if (type === 'Bytes') return attachments ? Number.isInteger(json) : typeof json === 'string';
  if (type === 'Int64' || type === 'UInt64') return Number.isInteger(json) || INTEGER.test(json);
  if (type === 'Float' || type === 'Double') return typeof json === 'number' || NOT_FINITE.has(json);
  if (typeof type === 'string') return Number.isInteger(json);
  if ('maybe' in type) return json === null || looksLike(type.maybe, json, attachments);
  if ('union' in type) {
    return type.union.some(of => (isContentFree(of) ? of.name === json : looksLike(of.type, json, attachments)));
  }
  if ('list' in type) return Array.isArray(json) && json.every(item => looksLike(type.list, item, attachments));
  if ('tuple' in type) {
    return (
      Array.isArray(json) &&
      json.length === type.tuple.length &&
      type.tuple.every((of, index) => looksLike(of, json[index], attachments))
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
  const fields = Object.entries(type.record);
  return (
    Object.keys(json).every(name => Object.hasOwn(type.record, name)) &&
    fields.every(([name, of]) => looksLike(of, json[name] ?? null, attachments))
  );
}

function listDecoder(decode) {
  if (!decode) return undefined;
  return (json, attachments) => {
    if (!Array.isArray(json)) return json;
    for (let index = 0; index < json.length; index++) json[index] = decode(json[index], attachments);
    return json;
  };
}

function tupleDecoder(decoders) {
  if (decoders.every(decode => !decode)) return undefined;
  return (json, attachments) => {
    if (!Array.isArray(json)) return json;
    return json.map((item, index) => (decoders[index] ? decoders[index](item, attachments) : item));
  };
}

function recordDecoder(fields) {
  const changing = fields.filter(([, decode]) => decode);
  if (changing.length === 0) return undefined;
  return (json, attachments) => {
    if (typeof json !== 'object' || json === null) return json;
    for (const [name, decode] of changing) if (name in json) json[name] = decode(json[name], attachments);
    return json;
  };
}

function unknownType(type) {
  throw new TypeError(`pipelogic: this SDK does not know the type ${JSON.stringify(type)}`);
}

function describe(value) {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object') return `the ${typeof value} ${String(value).slice(0, 40)}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  const names = Object.keys(value);
  return names.length === 0
    ? 'an empty record'
    : `a record {${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}}`;
}
