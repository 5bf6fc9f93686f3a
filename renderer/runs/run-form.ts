import type { EngineStatus, Input, RunPlan } from '../../shared/contract/index.ts';
import { folderOf, nameOf } from './dropped.ts';

/** A file whose bytes are frozen in the workspace. */
export interface FrozenFile {
  file_id: string;
  name: string;
  sha256: string;
  bytes: number;
  media_type: string | null;
}

/** A fixture the manifest does not have, with what its output should mean. */
export interface AddedFixture {
  name: string;
  file: FrozenFile;
  meaning: string;
}

/** What was chosen for a run beyond its manifest. */
export interface RunForm {
  /** By the name of the manifest's fixture it stands in for. */
  replaced: Readonly<Record<string, FrozenFile>>;
  added: readonly AddedFixture[];
  keepLease: boolean;
  /** Null leaves it to the manifest, else to the default of 30 minutes. */
  ttl: Ttl | null;
}

export type Ttl = '10m' | '30m' | '1h' | '4h';
export const ttls: readonly Ttl[] = ['10m', '30m', '1h', '4h'];
export const emptyForm: RunForm = { replaced: {}, added: [], keepLease: false, ttl: null };

/** A proof says what its outputs mean; a manifest without cases is only set up, and held. */
export function kindOf(plan: Pick<RunPlan, 'cases'>): 'proof' | 'live_test' {
  return plan.cases.length > 0 ? 'proof' : 'live_test';
}

/** Lets a frozen file stand in for a fixture of the manifest. */
export function replaceFixture(form: RunForm, name: string, file: FrozenFile): RunForm {
  return { ...form, replaced: { ...form.replaced, [name]: file } };
}

/** Takes the manifest's own file again. */
export function restoreFixture(form: RunForm, name: string): RunForm {
  return { ...form, replaced: Object.fromEntries(Object.entries(form.replaced).filter(([each]) => each !== name)) };
}

/** Adds a fixture named after its file; a name that is taken gets a number. A file that was added already is not added again. */
export function addFixture(form: RunForm, plan: Pick<RunPlan, 'fixtures' | 'cases'>, file: FrozenFile): RunForm {
  if (form.added.some(each => each.file.file_id === file.file_id)) return form;
  const taken = new Set([...plan.fixtures, ...plan.cases, ...form.added].map(({ name }) => name));
  const stem = nameOf(file.name).replace(/(?<=.)\.[^.]*$/, '') || 'fixture';
  let name = stem;
  for (let number = 2; taken.has(name); number++) name = `${stem}-${number}`;
  return { ...form, added: [...form.added, { name, file, meaning: '' }] };
}

/** Takes an added fixture out; the same form when there is none of this name. */
export function removeFixture(form: RunForm, name: string): RunForm {
  return { ...form, added: form.added.filter(each => each.name !== name) };
}

/** Says what the output of an added fixture should mean. */
export function setMeaning(form: RunForm, name: string, meaning: string): RunForm {
  return { ...form, added: form.added.map(each => (each.name === name ? { ...each, meaning } : each)) };
}

const notReady: Record<Exclude<EngineStatus['state'], 'ready'>, string> = {
  checking: 'Waits for Docker: it is being looked for.',
  absent: 'Docker is not installed. A run needs it.',
  stopped: 'Docker is not running. Start it to run.',
  starting: 'Waits for Docker: it is starting.',
  denied: 'This user may not open the socket of Docker.',
  wrong_context: 'The current Docker context names an engine that is not there.',
};

/** Why nothing can be run with Docker as it is; undefined when it can. */
export function engineReason(state: EngineStatus['state']): string | undefined {
  return state === 'ready' ? undefined : notReady[state];
}

/** Why this cannot be run now, in words that say what would change it; undefined when it can. */
export function reasonNotToRun(given: {
  plan: RunPlan | undefined;
  problem: boolean;
  engine: EngineStatus['state'];
  form: RunForm;
  /** How many files are being frozen. */
  freezing: number;
}): string | undefined {
  if (given.problem) return 'The manifest is wrong. Correct it, then check again.';
  if (given.plan === undefined) return 'The manifest is being checked.';
  const engine = engineReason(given.engine);
  if (engine !== undefined) return engine;
  if (given.freezing > 0) return `Waits for ${given.freezing} ${given.freezing === 1 ? 'file' : 'files'} to be frozen.`;
  const mute = given.form.added.find(({ meaning }) => meaning.trim() === '');
  return mute === undefined ? undefined : `Say what the output of ${mute.name} should mean.`;
}

/** What `run.start` is asked for. */
export function runInput(plan: RunPlan, manifest: string, form: RunForm): Input<'run.start'> {
  const kind = kindOf(plan);
  const fixtures = [
    ...Object.entries(form.replaced).map(([name, { file_id }]) => ({ name, file_id })),
    ...form.added.map(({ name, file, meaning }) => ({ name, file_id: file.file_id, meaning: meaning.trim() })),
  ];
  return {
    kind,
    manifest,
    cwd: folderOf(manifest),
    ...(kind === 'live_test' ? { hold: true } : {}),
    ...(form.keepLease ? { keep_lease: true } : {}),
    ...(form.ttl === null ? {} : { ttl: form.ttl }),
    ...(fixtures.length === 0 ? {} : { fixtures }),
  };
}

/** The same run as a command. Files that stand in for others have no option there; a live test is held by keeping its lease. */
export function commandLine(kind: 'proof' | 'live_test', manifest: string, form: RunForm): string {
  const path = quoted(manifest);
  return [
    kind === 'proof' ? `ppl proof run ${path}` : `ppl lease run --test=${path}`,
    ...(form.keepLease || kind === 'live_test' ? ['--keep-lease'] : []),
    ...(form.ttl === null ? [] : [`--ttl ${form.ttl}`]),
  ].join(' ');
}

function quoted(path: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(path)) return path;
  return path.includes("'") ? `"${path.replace(/["$`]/g, '\\$&')}"` : `'${path}'`;
}
