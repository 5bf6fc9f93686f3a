/** The type of a stream, expanded so that no parser is needed. */
export type WireType =
  | 'Bool'
  | 'Char'
  | 'Int32'
  | 'Int64'
  | 'UInt32'
  | 'UInt64'
  | 'Float'
  | 'Double'
  | 'String'
  | 'Bytes'
  | 'any'
  | { list: WireType }
  | { tuple: WireType[] }
  | { record: Record<string, WireType> }
  | { maybe: WireType }
  | { union: { name?: string; type: WireType }[] };

/** One input or output stream of this component. */
export interface Port {
  readonly type: WireType;
  /** Canonical JSON of a value, with Bytes as base64. Throws a TypeError when the value does not fit. */
  toJson(value: unknown): unknown;
  /** The value of canonical JSON. Throws a TypeError when it does not fit. */
  fromJson(json: unknown): unknown;
}

export const inputs: readonly Port[];
export const outputs: readonly Port[];

/** The component's parameters. Reading one that it does not have throws a ReferenceError with its name. */
// biome-ignore lint/suspicious/noExplicitAny: the type of a parameter is in component.yml
export const config: Record<string, any>;

/**
 * Calls back when a mutable parameter was given another value while the component runs, after `config` has it and before the next
 * invocation, which waits for a callback that is asynchronous; in the order of the edits. One that throws ends the
 * component. Returns how to end it.
 *
 * @example
 * subscribe((name, value) => { if (name === 'labels') index = indexOf(value); });
 */
// biome-ignore lint/suspicious/noExplicitAny: the type of a parameter is in component.yml
export function subscribe(callback: (name: string, value: any) => void | Promise<void>): () => void;

/**
 * Feeds `process` with messages until the deployment ends.
 *
 * One argument per input stream; one result per output stream, an array where there are several. `undefined` and null
 * emit nothing (null is a value where the output is a Maybe). Generators, async generators and async functions work.
 * Bytes arrive as Buffer and may be returned as any view of bytes, which must not be changed afterwards; Int64 and UInt64
 * beyond 2^53 are BigInt. A component without inputs is called once: return a generator to emit more.
 *
 * @example
 * import { run, config } from 'pipelogic';
 * run(image => ({ brightness: mean(image.data) * config.gain }));
 */
// biome-ignore lint/suspicious/noExplicitAny: the types of the values are in component.yml
export function run(process: (...values: any[]) => unknown): Promise<void>;
