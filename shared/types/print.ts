import type { Type } from './type.ts';

/** A type as one writes it; record fields in alphabetical order. */
export function printType(type: Type): string {
  switch (type.kind) {
    case 'atom':
    case 'var':
      return type.name;
    case 'list':
      return `[${printType(type.item)}]`;
    case 'tuple':
      return type.items.length === 1
        ? `(${printType(type.items[0] as Type)},)`
        : `(${type.items.map(printType).join(', ')})`;
    case 'record': {
      const fields = Object.entries(type.fields).sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${fields.map(([name, field]) => `${name}: ${printType(field)}`).join(', ')}}`;
    }
    case 'union':
      return type.options
        .map(option => (option.kind === 'union' ? `(${printType(option)})` : printType(option)))
        .join(' | ');
    case 'named':
      return type.args.length === 0 ? type.name : `${type.name}<${type.args.map(printType).join(', ')}>`;
    default:
      return type satisfies never;
  }
}
