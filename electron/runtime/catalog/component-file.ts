import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { defaultValue } from '../../../shared/types/literal.ts';
import { parseType } from '../../../shared/types/parse.ts';
import { parseCheckedYaml } from '../base/checked-yaml.ts';

export interface ComponentParameter {
  /** In the type language. */
  type: string;
  /** A literal of the type language, or a plain YAML value that fits. */
  default?: unknown;
  secret: boolean;
  mutable: boolean;
  description?: string;
}

/** An input file's place: it arrives at `/files/<slot>`. */
export interface ComponentFileSlot {
  /** The types it takes. */
  types: string[];
  is_optional: boolean;
  mutable: boolean;
  /** The parameter that tells the component where the file is. */
  config_key?: string;
  tag?: string;
  /** The serving service that loads it in place of the component. */
  target?: (typeof targets)[number];
  description?: string;
}

/** A component's `component.yml`, checked (DESIGN §4). */
export interface ComponentFile {
  name: string;
  slug: string;
  language: 'js' | 'py';
  tags: string[];
  inputs: string[];
  outputs: string[];
  parameters: Record<string, ComponentParameter>;
  /** Absent in what was published before there were any. */
  files?: Record<string, ComponentFileSlot>;
  http: { endpoint: string; kind: 'ingress' | 'egress'; transports: ('http' | 'ws')[] }[];
  resources?: { memory_bytes?: number; cpus?: number; gpus?: number };
  /** The file that is run, below the folder. */
  entry: string;
  /** What was understood and is not honoured. */
  warnings: string[];
  /** The file as written. */
  text: string;
}

/** Keys of the platform that mean nothing on a laptop: they warn and are otherwise left alone. */
const unhonoured = [
  'platform',
  'build_system',
  'build_system_base',
  'install',
  'xmake_packages',
  'categories',
  'modalities',
  'neighbors',
  'alternatives',
  'description',
  'depends_on',
] as const;

const targets = ['triton', 'torchserve', 'vllm', 'sglang'] as const;
const parameterName = z.string().regex(/^[a-z_][A-Za-z0-9_]*$/, 'a parameter’s name begins with a small letter');
const ports = z.union([z.string(), z.array(z.string())]);
const parameter = z.strictObject({
  type: z.string(),
  default: z.unknown().optional(),
  secret: z.boolean().default(false),
  mutable: z.boolean().default(false),
  description: z.string().optional(),
});
const fileSlot = z.strictObject({
  file_type: z
    .string()
    .regex(/^\s*[a-z][a-z0-9_]*(\s*\|\s*[a-z][a-z0-9_]*)*\s*$/, 'a file type is a word; several are joined by |'),
  is_optional: z.boolean().default(false),
  mutable: z.boolean().default(false),
  config_key: parameterName.optional(),
  tag: z.string().optional(),
  target: z.enum(targets).optional(),
  description: z.string().optional(),
});
const endpoint = z.strictObject({
  endpoint: z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'an endpoint’s name has small letters, digits, - and _'),
  kind: z.enum(['ingress', 'egress']),
  transports: z
    .array(z.enum(['http', 'ws']))
    .min(1)
    .default(['http', 'ws']),
});
const componentYml = z.strictObject({
  name: z.string().min(1).max(100),
  language: z.enum(['js', 'py']),
  tags: z.array(z.string().min(1)).default(['latest']),
  worker: z.strictObject({
    input_type: ports.optional(),
    input_types: ports.optional(),
    output_type: ports.optional(),
    output_types: ports.optional(),
    config_schema: z.record(parameterName, parameter).default({}),
    file_schema: z
      .record(
        z
          .string()
          .regex(
            /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
            'a file slot’s name begins with a letter and has letters, digits, _ and -',
          ),
        fileSlot,
      )
      .default({}),
    cache: z.unknown().optional(),
  }),
  http: z.union([endpoint, z.array(endpoint)]).optional(),
  resources: z
    .strictObject({
      memory: z.string().optional(),
      cpus: z.number().positive().max(256).optional(),
      gpu: z.int().nonnegative().optional(),
    })
    .optional(),
  ...(Object.fromEntries(unhonoured.map(key => [key, z.unknown().optional()])) as Record<
    (typeof unhonoured)[number],
    z.ZodOptional<z.ZodUnknown>
  >),
});

/** @throws AppError `component_invalid` naming file, line, column and key; `file_not_found` when there is no component.yml. */
export function readComponentFile(dir: string): ComponentFile {
  const path = join(dir, 'component.yml');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('file_not_found', `There is no component.yml in ${dir}.`, {
      hint: 'Change to the folder of a component, or make one: component.yml, src/, README.md.',
      details: { dir },
      cause,
    });
  }
  const { value, at } = parseCheckedYaml(text, path, componentYml, 'component_invalid');
  const portsOf = (kind: 'input' | 'output') => {
    const one = value.worker[`${kind}_type`];
    const many = value.worker[`${kind}_types`];
    if (one !== undefined && many !== undefined)
      throw at(['worker', `${kind}_types`], `${kind}_type and ${kind}_types are both there`, 'Keep one of them.');
    const types = [one ?? many ?? []].flat();
    for (const type of types)
      check(at, ['worker', one === undefined ? `${kind}_types` : `${kind}_type`], () => parseType(type));
    return types;
  };
  for (const [name, { type, default: given }] of Object.entries(value.worker.config_schema)) {
    const parsed = check(at, ['worker', 'config_schema', name, 'type'], () => parseType(type));
    if (given !== undefined) check(at, ['worker', 'config_schema', name, 'default'], () => defaultValue(given, parsed));
  }
  const keys = new Map(Object.keys(value.worker.config_schema).map(name => [name, 'config_schema declares it']));
  for (const [slot, { config_key }] of Object.entries(value.worker.file_schema)) {
    if (config_key === undefined) continue;
    const other = keys.get(config_key);
    if (other !== undefined) {
      throw at(
        ['worker', 'file_schema', slot, 'config_key'],
        `duplicate parameter ${config_key}: ${other} too`,
        'The platform makes this parameter itself: give it a name of its own.',
      );
    }
    keys.set(config_key, `slot ${slot} has it`);
  }
  const memory = value.resources?.memory;
  return {
    name: value.name,
    slug: slugOf(value.name),
    language: value.language,
    tags: value.tags,
    inputs: portsOf('input'),
    outputs: portsOf('output'),
    parameters: Object.fromEntries(
      Object.entries(value.worker.config_schema).map(([name, { description, ...rest }]) => [
        name,
        description === undefined ? rest : { ...rest, description },
      ]),
    ),
    files: Object.fromEntries(
      Object.entries(value.worker.file_schema).map(([slot, declared]) => [slot, slotOf(declared)]),
    ),
    http: [value.http ?? []].flat(),
    ...(value.resources === undefined
      ? {}
      : {
          resources: {
            ...(memory === undefined
              ? {}
              : { memory_bytes: check(at, ['resources', 'memory'], () => parseBytes(memory)) }),
            ...(value.resources.cpus === undefined ? {} : { cpus: value.resources.cpus }),
            ...(value.resources.gpu === undefined ? {} : { gpus: value.resources.gpu }),
          },
        }),
    entry: entryOf(dir, value.language),
    warnings: unhonoured
      .filter(key => value[key] !== undefined)
      .map(key => `${path}: ${key} means nothing here and was left alone`),
    text,
  };
}

function slotOf({ file_type, ...slot }: z.infer<typeof fileSlot>): ComponentFileSlot {
  const { is_optional, mutable, ...given } = slot;
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { types: [...new Set(file_type.split('|').map(type => type.trim()))], is_optional, mutable, ...set };
}

/** A name as a word for images and folders: `Input Image HTTP` → `input_image_http`. */
export function slugOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '_')
      .replace(/^[_-]+|[_-]+$/g, '') || 'component'
  );
}

function entryOf(dir: string, language: 'js' | 'py'): string {
  const candidates = language === 'py' ? ['src/main.py'] : ['src/main.js', 'src/main.ts'];
  const entry = candidates.find(candidate => existsSync(join(dir, candidate)));
  if (entry !== undefined) return entry;
  throw new AppError('component_invalid', `${join(dir, candidates[0] as string)} is missing.`, {
    hint: `A component of language ${language} is run from ${candidates.join(' or ')}.`,
    details: { dir },
  });
}

/** `512Mi`, `2Gi`, `512M` or plain bytes, as Docker and Kubernetes write memory. */
function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(Ki|Mi|Gi|K|M|G|k|m|g)?B?$/.exec(text);
  const power = { k: 1, m: 2, g: 3 }[(match?.[2]?.[0] ?? '').toLowerCase()] ?? 0;
  const bytes = match === null ? 0 : Math.floor(Number(match[1]) * 1024 ** power);
  if (bytes < 16 * 2 ** 20)
    throw new AppError('usage', `"${text}" is no amount of memory of at least 16Mi; write one like 512Mi or 2Gi`);
  return bytes;
}

function check<T>(
  at: (path: readonly PropertyKey[], message: string, hint?: string) => AppError,
  path: PropertyKey[],
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    const known = AppError.from(error);
    throw at(path, known.message, known.hint);
  }
}
