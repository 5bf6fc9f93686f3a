import { isCollection, isMap, isNode, isPair, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { z } from 'zod';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { nearest } from '../../../shared/nearest.ts';

/** So that nobody's manifest exhausts the memory; YAML's own alias bombs are refused by the parser. */
export const maxYamlBytes = 1 << 20;

export interface CheckedYaml<T> {
  value: T;
  /** An error that names the place of `path` in the file. */
  at: (path: readonly PropertyKey[], message: string, hint?: string) => AppError;
}

/**
 * Parses YAML against a schema. What is wrong is thrown as an AppError of `code` that names file, line, column and key; an
 * unknown key with the nearest known one.
 */
export function parseCheckedYaml<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  code: ErrorCode,
): CheckedYaml<z.infer<S>> {
  if (Buffer.byteLength(text) > maxYamlBytes) throw new AppError(code, `${file} is larger than ${maxYamlBytes} bytes.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const fail = (offset: number, key: string, message: string, hint?: string) => {
    const { line, col } = lines.linePos(offset);
    return new AppError(code, `${file}:${line}:${col}: ${key === '' ? '' : `${key}: `}${message}`, {
      ...(hint === undefined ? {} : { hint }),
      details: { file, line, column: col, key },
    });
  };
  const syntax = document.errors[0];
  if (syntax !== undefined) throw fail(syntax.pos[0], '', syntax.message, 'The file is not valid YAML there.');
  const at = (path: readonly PropertyKey[], message: string, hint?: string) =>
    fail(offsetOf(document.contents, path), path.map(String).join('.'), message, hint);
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 50 }) ?? {};
  } catch (error) {
    throw fail(0, '', error instanceof Error ? error.message : String(error), 'Write out what is repeated.');
  }
  const parsed = schema.safeParse(plain);
  if (parsed.success) return { value: parsed.data, at };
  // A misspelt key also leaves the right one missing: the misspelling is the one to tell.
  const { issues } = parsed.error;
  const issue = (issues.find(each => each.code === 'unrecognized_keys') ?? issues[0]) as z.core.$ZodIssue;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] as string;
    const known = knownKeys(schema, issue.path);
    const close = nearest(key, known);
    throw at(
      [...issue.path, key],
      `there is no such key${close === undefined ? '' : `; did you mean ${close}?`}`,
      known.length === 0 ? undefined : `Known here: ${known.join(', ')}.`,
    );
  }
  throw at(issue.path, issue.message);
}

/** Where the node of a path begins; a path that leads nowhere begins where the last part that exists does. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        item => String(isNode(item.key) ? item.key.toJSON() : item.key) === String(part),
      );
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isCollection(node)) {
      node = node.items[Number(part)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
      else if (isPair(node)) return offset;
    } else return offset;
  }
  return offset;
}

/** The keys of the object schema that a path leads to. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current = inner(schema);
  for (const part of path) {
    const { def } = current as {
      def: { type: string; shape?: Record<string, z.ZodType>; element?: z.ZodType; valueType?: z.ZodType };
    };
    const next = def.type === 'object' ? def.shape?.[String(part)] : (def.element ?? def.valueType);
    if (next === undefined) return [];
    current = inner(next);
  }
  const { def } = current as { def: { shape?: Record<string, unknown> } };
  return Object.keys(def.shape ?? {});
}

/** The schema inside `optional`, `default` and the like. */
function inner(schema: z.ZodType): z.ZodType {
  let current = schema;
  while (true) {
    const { def } = current as { def: { innerType?: z.ZodType; in?: z.ZodType; options?: z.ZodType[] } };
    const next = def.innerType ?? def.in ?? def.options?.find(option => 'shape' in (option as { def: object }).def);
    if (next === undefined) return current;
    current = next;
  }
}
