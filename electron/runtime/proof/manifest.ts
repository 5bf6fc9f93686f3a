import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { parseDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import { maxYamlBytes, parseCheckedYaml } from '../base/checked-yaml.ts';
import { parseExpression } from './cel.ts';

const duration = z.string().refine(isDuration, 'this is no duration; write one like 90s, 10m or 1h30m');
const alias = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'an alias begins with a letter and has letters, digits, - and _');
/** Keys of the grammar that this version cannot honour yet: better refused than ignored. */
const notYet = z.undefined('this version of Proofbench cannot honour this key yet; leave it out').optional();

const fixture = z.strictObject({
  name: z.string().min(1),
  path: z.string().min(1).optional().describe('a file; relative to the working directory, else to the manifest'),
  url: z.string().optional().describe('fetched over http or https'),
  file_id: z.string().optional().describe('a file of the workspace'),
});
const vertex = z.strictObject({
  harness: z.string().optional().describe('display name of a built-in component; the vertex without one is under test'),
  version: z.string().optional().describe('pins a vertex that is not under test to a released version'),
  params: z
    .record(
      z.string(),
      z.strictObject({ type: z.string(), value: z.string().describe('a literal of the type language') }),
    )
    .optional(),
  files: notYet,
  egress: notYet,
});
const edge = z.strictObject({
  from: z.string(),
  from_output: z.int().nonnegative().default(0),
  to: z.string(),
  to_input: z.int().nonnegative().default(0),
});
const severity = z.enum(['error', 'warn']);
const expectation = z.strictObject({
  meaning: z
    .string('say in words what the output should mean: shape alone is no proof')
    .trim()
    .min(1, 'say in words what the output should mean: shape alone is no proof'),
  from: z.string().optional().describe('the egress vertex; without one only logs are looked at'),
  frames: z.int().nonnegative().default(1),
  that: z
    .array(z.union([z.string(), z.strictObject({ expr: z.string(), severity: severity.default('error') })]))
    .default([])
    .transform(list =>
      list.map(each => (typeof each === 'string' ? { expr: each, severity: 'error' as const } : each)),
    ),
  logs: z
    .array(z.strictObject({ vertex: z.string(), present: z.string().optional(), absent: z.string().optional() }))
    .default([])
    .describe('text that a container’s output must or must not have in it; /…/ is a regular expression'),
  within: duration.optional().describe('the most the answer may take'),
  baseline: notYet,
});
const proofCase = z.strictObject({
  name: z.string().min(1),
  send: z.strictObject({ to: z.string(), fixture: z.string(), content_type: z.string().optional() }),
  expect: expectation,
});
const proof = z.strictObject({
  name: z.string().min(1),
  mode: z
    .literal('live_fixture', 'this version proves live fixtures only: write live_fixture, or leave it out')
    .default('live_fixture'),
  target: notYet,
  compare: notYet,
  cases: z.array(proofCase).min(1, 'a proof has at least one case'),
  risks: z.array(z.string().min(1)).default([]),
});

/** The manifest of a live test, with the `proof:` block of a proof (docs/test-with-a-live-backend.txt; DESIGN §8, §9). */
export const manifestSchema = z.strictObject({
  release: z.strictObject({ auto: z.boolean().default(false) }).optional(),
  deploy: z
    .strictObject({
      fixed_duration: duration.optional(),
      lease_ttl: duration.optional(),
      ready_timeout: duration.optional().describe('how long containers may take to get ready; 5m unless given'),
    })
    .optional(),
  fixtures: z.array(fixture).default([]),
  secrets: notYet,
  graph: z.strictObject({
    vertices: z.record(
      alias,
      vertex.nullable().transform(each => each ?? {}),
    ),
    edges: z.array(edge).default([]),
  }),
  output_files: notYet,
  proof: proof.optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ProofBlock = NonNullable<Manifest['proof']>;
export type ProofCase = ProofBlock['cases'][number];

/** @throws AppError `manifest_invalid` naming file, line, column and key. */
export function parseManifest(text: string, file: string): Manifest {
  const { value: manifest, at } = parseCheckedYaml(text, file, manifestSchema, 'manifest_invalid');
  const { vertices, edges } = manifest.graph;
  const names = Object.keys(vertices);
  const known = (name: string, path: PropertyKey[]) => {
    if (!names.includes(name)) throw at(path, `there is no vertex ${name}`, `There are: ${names.join(', ')}.`);
  };

  const underTest = names.filter(
    name => vertices[name]?.harness === undefined && vertices[name]?.version === undefined,
  );
  if (underTest.length !== 1) {
    throw at(
      ['graph', 'vertices', ...underTest.slice(1, 2)],
      underTest.length === 0
        ? 'no vertex is the component under test'
        : `only one vertex can be the component under test, and ${underTest.join(' and ')} have no harness`,
      'The vertex under test has no `harness`; give every other one its harness, or pin it with `version`.',
    );
  }
  for (const name of names) {
    if (vertices[name]?.harness !== undefined && vertices[name]?.version !== undefined) {
      throw at(['graph', 'vertices', name, 'version'], 'a vertex has a harness or a version, not both');
    }
  }
  for (const [index, { from, to }] of edges.entries()) {
    known(from, ['graph', 'edges', index, 'from']);
    known(to, ['graph', 'edges', index, 'to']);
  }

  const fixtures = new Set<string>();
  for (const [index, { name, path, url, file_id }] of manifest.fixtures.entries()) {
    const given = [path, url, file_id].filter(source => source !== undefined).length;
    if (given !== 1)
      throw at(['fixtures', index], `fixture ${name} needs exactly one of path, url and file_id; it has ${given}`);
    if (fixtures.has(name)) throw at(['fixtures', index, 'name'], `there are two fixtures named ${name}`);
    fixtures.add(name);
  }

  const cases = new Set<string>();
  for (const [index, { name, send, expect }] of (manifest.proof?.cases ?? []).entries()) {
    const path = ['proof', 'cases', index];
    if (cases.has(name)) throw at([...path, 'name'], `there are two cases named ${name}`);
    cases.add(name);
    known(send.to, [...path, 'send', 'to']);
    if (!fixtures.has(send.fixture)) {
      throw at(
        [...path, 'send', 'fixture'],
        `there is no fixture ${send.fixture}`,
        `There are: ${[...fixtures].join(', ') || 'none'}.`,
      );
    }
    if (expect.from !== undefined) known(expect.from, [...path, 'expect', 'from']);
    else if (expect.logs.length === 0) {
      throw at(
        [...path, 'expect'],
        'the case looks at nothing: name the vertex its output comes `from`, or what the `logs` must say',
      );
    } else if (expect.that.length > 0) {
      throw at([...path, 'expect', 'that'], 'there is no output to look at', 'Name the vertex it comes `from`.');
    }
    if (expect.from === undefined && expect.within !== undefined) {
      throw at([...path, 'expect', 'within'], 'there is no output to time', 'Name the vertex it comes `from`.');
    }
    for (const [number, log] of expect.logs.entries()) {
      known(log.vertex, [...path, 'expect', 'logs', number, 'vertex']);
      if ((log.present === undefined) === (log.absent === undefined)) {
        throw at([...path, 'expect', 'logs', number], 'give either `present` or `absent`');
      }
    }
    for (const [number, { expr }] of expect.that.entries()) {
      const problem = parseExpression(expr);
      if (problem !== undefined)
        throw at(
          [...path, 'expect', 'that', number],
          `${expr}: ${problem}`,
          'Expressions are CEL over `output` and `outputs`.',
        );
    }
  }
  return manifest;
}

/** @throws AppError `file_not_found` where there is no plain file, `manifest_invalid` for one that is too large. */
export function readManifest(path: string): string {
  try {
    const { size } = requireFile(path);
    if (size > maxYamlBytes) {
      throw new AppError('manifest_invalid', `The manifest ${path} is larger than ${maxYamlBytes} bytes.`, {
        details: { file: path },
      });
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('file_not_found', `The manifest ${path} cannot be read.`, {
      hint: 'Give the path of a manifest, for example tests/live-test.yml.',
      details: { path },
      cause: error,
    });
  }
}

/** Reading a pipe or a device would never end. */
function requireFile(path: string): { size: number } {
  const found = statSync(path);
  if (!found.isFile()) throw new Error(`${path} is no plain file.`);
  return found;
}

/** A manifest's path: from the working directory if it is there, else from beside the manifest (DESIGN §8). */
export function resolvePath(cwd: string, manifestPath: string, path: string): string {
  const fromCwd = resolve(cwd, path);
  return existsSync(fromCwd) ? fromCwd : resolve(dirname(manifestPath), path);
}

/** The folder of the component under test: the working directory's, else the nearest at or above the manifest. */
export function findCut(cwd: string, manifestPath: string): string {
  if (existsSync(join(cwd, 'component.yml'))) return cwd;
  for (let folder = dirname(manifestPath); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'component.yml'))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new AppError('file_not_found', `There is no component.yml in ${cwd}, nor in or above the manifest's folder.`, {
    hint: 'Run it from the folder of the component under test.',
    details: { cwd, manifest: manifestPath },
  });
}

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) > 0;
  } catch {
    return false;
  }
}
