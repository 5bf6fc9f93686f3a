import { isMaybe } from './catalog.ts';
import { expandNamed } from './parse.ts';
import type { Type } from './type.ts';
import { fits } from './value.ts';

/** What is printed where the value alone says how. */
const plain: Type = { kind: 'var', name: 't' };

/** The literal of a value that fits a type: `parseLiteral` of it is that value again. */
export function printLiteral(value: unknown, type: Type): string {
  if (value === null) return 'Nothing';
  if (type.kind === 'named') {
    const inside = isMaybe(type) ? type.args[0] : expandNamed(type);
    return printLiteral(value, inside ?? plain);
  }
  if (type.kind === 'union') return printLiteral(value, type.options.find(option => fits(value, option)) ?? plain);
  if (Array.isArray(value)) {
    if (type.kind === 'tuple') {
      const items = value.map((item, index) => printLiteral(item, type.items[index] ?? plain));
      return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
    }
    const item = type.kind === 'list' ? type.item : plain;
    return `[${value.map(each => printLiteral(each, item)).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const fields = type.kind === 'record' ? type.fields : {};
    const printed = Object.entries(value).map(([name, field]) => {
      const inside = Object.hasOwn(fields, name) ? (fields[name] as Type) : plain;
      return `${/^[a-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name)}: ${printLiteral(field, inside)}`;
    });
    return `{${printed.join(', ')}}`;
  }
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'string' && type.kind === 'atom' && !['String', 'Char', 'Bytes'].includes(type.name))
    return value;
  return JSON.stringify(value);
}

/** Whole numbers that only a Double holds have an exponent, so that they are not read as integers. */
function printNumber(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : JSON.stringify(value);
}
