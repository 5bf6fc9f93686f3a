import { AppError } from '../errors.ts';
import { isMaybe } from './catalog.ts';
import { cut } from './misfit.ts';
import { expandNamed } from './parse.ts';
import { printType } from './print.ts';
import type { Atom, Type } from './type.ts';
import { flatOptions } from './union.ts';

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

/** So that `Rectangle<Rectangle<…>>`, four times as large at each level, cannot fill the memory. */
const maxParts = 100_000;

/** Throws AppError `type_invalid` when what it expands to is too large. */
export function toWireType(type: Type, budget = { parts: maxParts }): WireType {
  if (--budget.parts < 0)
    throw new AppError(
      'type_invalid',
      `Written out, ${cut(printType(type), 200)} is part of a type of more than ${maxParts} parts.`,
      {
        hint: 'Nest named types less deeply.',
      },
    );
  const inside = (part: Type) => toWireType(part, budget);
  switch (type.kind) {
    case 'atom':
      return type.name;
    case 'var':
      return 'any';
    case 'list':
      return { list: inside(type.item) };
    case 'tuple':
      return { tuple: type.items.map(inside) };
    case 'record':
      return {
        record: Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, inside(field)])),
      };
    case 'union': {
      // A variable that was solved can have made an option the same as another, or a union.
      const options = flatOptions(type);
      if (options.length === 1) return inside(options[0] as Type);
      return {
        union: options.map(option => ({
          ...(option.kind === 'named' ? { name: option.name } : {}),
          type: inside(option),
        })),
      };
    }
    case 'named': {
      if (isMaybe(type)) return { maybe: inside(type.args[0] as Type) };
      const body = expandNamed(type);
      return body === undefined ? 'any' : inside(body);
    }
    default:
      return type satisfies never;
  }
}
