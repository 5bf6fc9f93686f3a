import { InvalidArgumentError, Option } from 'commander';
import { AppError } from '../../shared/errors.ts';

/** An input or output, or the place in a log: a whole number from 0. */
export function index(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number from 0.');
  return Number(text);
}

/** How many, or the number of an operation: a whole number from 1. */
export function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1.');
  return Number(text);
}

/** The option that every edit takes. */
export function baseOption(): Option {
  return new Option(
    '--base <hash>',
    'the head hash the edit was made against; refused if what it touches was changed since',
  ).argParser(text => {
    if (!/^[0-9a-f]{64}$/.test(text))
      throw new InvalidArgumentError('Give a whole head_hash, 64 hexadecimal digits, as ppl backend show prints it.');
    return text;
  });
}

/** Throws unless exactly one of the options was given. */
export function exactlyOne(given: Readonly<Record<string, unknown>>, example: string): void {
  const names = Object.keys(given);
  const present = names.filter(name => given[name] !== undefined);
  if (present.length === 1) return;
  throw new AppError(
    'usage',
    present.length === 0 ? `Give ${names.join(' or ')}.` : `Give either ${names.join(' or ')}, not both.`,
    { hint: `For example: ${example}` },
  );
}
