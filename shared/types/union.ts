import { printType } from './print.ts';
import { mapType, type Type } from './type.ts';

/** Unions as the sets they are: flat, each option once, in one order; a union of one option is that option. */
export function normalize(type: Type): Type {
  return mapType(type, part => {
    if (part.kind !== 'union') return undefined;
    const options = distinctOptions(part.options);
    return options.length === 1 ? options[0] : { kind: 'union', options };
  });
}

/** The options of a union, normal, each once and in one order. */
export function distinctOptions(options: readonly Type[]): Type[] {
  const flat = options.map(normalize).flatMap(option => (option.kind === 'union' ? option.options : [option]));
  const byText = [...new Map(flat.map(option => [printType(option), option]))];
  return byText.sort(([x], [y]) => (x < y ? -1 : 1)).map(([, option]) => option);
}

/** The options of a union in the order they were written, unions among them opened, each once. */
export function flatOptions(type: Type): Type[] {
  const options = type.kind === 'union' ? type.options.flatMap(flatOptions) : [type];
  return [...new Map(options.map(option => [printType(normalize(option)), option])).values()];
}

/** Whether two types are the same as they stand, unions being sets. */
export function sameType(a: Type, b: Type): boolean {
  return printType(normalize(a)) === printType(normalize(b));
}
