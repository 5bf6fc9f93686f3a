/** The ten atoms of the type language (platform-facts §1.1). */
export const atoms = [
  'Bool',
  'Char',
  'Int32',
  'Int64',
  'UInt32',
  'UInt64',
  'Float',
  'Double',
  'String',
  'Bytes',
] as const;
export type Atom = (typeof atoms)[number];

/** A type of the type language. Records are without order; named types are told apart by their name alone. */
export type Type =
  | { kind: 'atom'; name: Atom }
  | { kind: 'list'; item: Type }
  | { kind: 'tuple'; items: Type[] }
  | { kind: 'record'; fields: Readonly<Record<string, Type>> }
  | { kind: 'union'; options: Type[] }
  | { kind: 'named'; name: string; args: Type[] }
  | { kind: 'var'; name: string };

/** The types directly inside a type. */
export function childrenOf(type: Type): Type[] {
  switch (type.kind) {
    case 'list':
      return [type.item];
    case 'tuple':
      return type.items;
    case 'record':
      return Object.values(type.fields);
    case 'union':
      return type.options;
    case 'named':
      return type.args;
    case 'atom':
    case 'var':
      return [];
    default:
      return type satisfies never;
  }
}

/** The same type with each part that `replace` answers for put in its place. */
export function mapType(type: Type, replace: (part: Type) => Type | undefined): Type {
  return replace(type) ?? mapChildren(type, part => mapType(part, replace));
}

/** The same type with another in the place of each type directly inside it. */
export function mapChildren(type: Type, inside: (child: Type) => Type): Type {
  switch (type.kind) {
    case 'list':
      return { kind: 'list', item: inside(type.item) };
    case 'tuple':
      return { kind: 'tuple', items: type.items.map(inside) };
    case 'record':
      return {
        kind: 'record',
        fields: Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, inside(field)])),
      };
    case 'union':
      return { kind: 'union', options: type.options.map(inside) };
    case 'named':
      return { kind: 'named', name: type.name, args: type.args.map(inside) };
    case 'atom':
    case 'var':
      return type;
    default:
      return type satisfies never;
  }
}
