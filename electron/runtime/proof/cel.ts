import { Environment } from '@marcbachmann/cel-js';
import type { WireType } from '../../../shared/types/wire.ts';

/**
 * The environment expectations are evaluated in: `output`, the frame that was waited for, and `outputs`, all of them. int and
 * double mix in arithmetic; the operators name their result, or the comparison of a result with an int would be silently false.
 */
function makeEnvironment(): Environment {
  const environment = new Environment().registerVariable('output', 'dyn').registerVariable('outputs', 'list');
  for (const [operator, compute] of Object.entries({
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
  })) {
    environment.registerOperator(`int ${operator} double: double`, (a: bigint, b: number) => compute(Number(a), b));
    environment.registerOperator(`double ${operator} int: double`, (a: number, b: bigint) => compute(a, Number(b)));
  }
  environment.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b);
  return environment;
}

const environment = makeEnvironment();

/** What is wrong with an expression as it stands; undefined when nothing is. */
export function parseExpression(expression: string): string | undefined {
  try {
    const { valid, error } = environment.parse(expression).check();
    return valid ? undefined : firstLine(error);
  } catch (error) {
    return firstLine(error);
  }
}

/** Evaluates an expression; throws what it throws. Anything but true or false is an error. */
export function evaluate(expression: string, output: unknown, outputs: unknown[]): boolean {
  const result: unknown = environment.evaluate(expression, { output, outputs });
  if (typeof result !== 'boolean') throw new Error(`it gives ${describe(result)}, not true or false`);
  return result;
}

/**
 * Whether an expression looks at shape alone: no value of the output is compared with anything but its presence, type or
 * length. Such a case says nothing of meaning (DESIGN §9).
 */
export function isStructural(expression: string): boolean {
  const path = String.raw`\boutputs?(?:\.\w+|\[[\w'"]*\])*?`;
  const withoutShape = expression
    .replace(new RegExp(String.raw`${path}\.size\(\)`, 'g'), ' ')
    .replace(new RegExp(String.raw`\b(?:has|type|size)\(\s*${path}\s*\)`, 'g'), ' ');
  return !/\boutputs?\b/.test(withoutShape);
}

/**
 * A value as CEL sees it, by its solved type: integers as int, Float and Double as double, Bytes as bytes. Where the type is
 * not known, whole numbers are ints.
 */
export function toCel(value: unknown, type: WireType): unknown {
  if (typeof type === 'string') {
    switch (type) {
      case 'Int32':
      case 'Int64':
      case 'UInt32':
      case 'UInt64':
        return BigInt(value as number | string);
      case 'Float':
      case 'Double':
        return Number(value);
      case 'Bytes':
        return Uint8Array.from(Buffer.from(String(value), 'base64'));
      case 'any':
        return untyped(value);
      default:
        return value;
    }
  }
  if ('list' in type) return (value as unknown[]).map(item => toCel(item, type.list));
  if ('tuple' in type) return (value as unknown[]).map((item, index) => toCel(item, type.tuple[index] ?? 'any'));
  if ('record' in type) {
    const fields = value as Record<string, unknown>;
    return Object.fromEntries(Object.entries(type.record).map(([name, field]) => [name, toCel(fields[name], field)]));
  }
  if ('maybe' in type) return value === null ? null : toCel(value, type.maybe);
  return untyped(value);
}

function untyped(value: unknown): unknown {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(untyped);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, untyped(field)]));
  }
  return value;
}

function describe(value: unknown): string {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string'
    ? `${typeof value} ${value}`
    : `a ${typeof value}`;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] as string;
}
