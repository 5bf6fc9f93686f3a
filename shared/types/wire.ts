import { isMaybe } from './catalog.ts';
import { expandNamed } from './parse.ts';
import type { Atom, Type } from './type.ts';

/**
 * A solved type as components are told it: JSON, named types replaced by what they are made of, so that an SDK needs no
 * parser. `any` is a variable that nothing solved: plain JSON.
 */
export type WireType =
  | Atom
  | 'any'
  | { list: WireType }
  | { tuple: WireType[] }
  | { record: Record<string, WireType> }
  | { maybe: WireType }
  | { union: { name?: string; type: WireType }[] };

export function toWireType(type: Type): WireType {
  switch (type.kind) {
    case 'atom':
      return type.name;
    case 'var':
      return 'any';
    case 'list':
      return { list: toWireType(type.item) };
    case 'tuple':
      return { tuple: type.items.map(toWireType) };
    case 'record':
      return {
        record: Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, toWireType(field)])),
      };
    case 'union':
      return {
        union: type.options.map(option => ({
          ...(option.kind === 'named' ? { name: option.name } : {}),
          type: toWireType(option),
        })),
      };
    case 'named': {
      if (isMaybe(type)) return { maybe: toWireType(type.args[0] as Type) };
      const body = expandNamed(type);
      return body === undefined ? 'any' : toWireType(body);
    }
    default:
      return type satisfies never;
  }
}
