/**
 * This process as a component: one line to the gateway, its edges, and what it is ready for. Importing connects, so that
 * `config` has its values when the component's own module body runs.
 *
 * With PROOFBENCH_CHECK=1 nothing is dialled: publishing imports the component that way to see whether it parses and
 * whether its imports resolve, and the process ends with 0 as soon as it would run.
 */
import { randomUUID } from 'node:crypto';
import { decoderOf, encoderOf, Mismatch, nameOf } from './codec.js';
import { EdgesIn } from './edge-in.js';
import { EdgesOut } from './edge-out.js';
import { frameOf } from './frame.js';
import { GatewayLink } from './gateway-link.js';
import { LiveConfig } from './live-config.js';

const SDK = 'js/0.1.0';
const DRAIN_MS = 500;
/** Names that the language itself asks any object for. */
const LANGUAGE_NAMES = new Set(['then', 'toJSON', 'constructor', 'valueOf', 'toString', 'inspect', 'nodeType']);

export const isCheck = process.env.PROOFBENCH_CHECK === '1';
export const httpPort = Number(process.env.PROOFBENCH_HTTP_PORT ?? 8080);

/** One input or output stream of this component. */
export class Port {
  /**
   * @param {'input' | 'output'} kind
   * @param {number} index
   * @param {import('./codec.js').WireType} type
   */
  constructor(kind, index, type) {
    this.type = type;
    this.name = `${kind} ${index}`;
    this.encode = encoderOf(type);
    this.decode = decoderOf(type);
  }

  /** Canonical JSON of a value, with Bytes as base64. */
  toJson(value) {
    return this.#fit(value, undefined);
  }

  /** A value from canonical JSON. Throws when it does not fit the type. */
  fromJson(json) {
    const value = this.decode ? this.decode(json) : json;
    this.toJson(value);
    return value;
  }

  /**
   * @param {unknown} value
   * @param {string[]} messageIds
   * @returns {import('./frame.js').Frame}
   */
  frame(value, messageIds) {
    const attachments = [];
    const frame = frameOf(this.#fit(value, attachments), attachments, messageIds);
    if (isTraced()) trace('out', this, messageIds, Buffer.byteLength(frame.header) + frame.bytes);
    return frame;
  }

  #fit(value, attachments) {
    try {
      return this.encode(value, attachments);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      throw new TypeError(`the value for ${this.name} does not fit ${nameOf(this.type)}: ${error.message}`);
    }
  }
}

/** @type {Port[]} */
export const inputs = [];
/** @type {Port[]} */
export const outputs = [];
/** @type {{name: string, kind: string, transports: string[]}[]} */
export const endpoints = [];
export const config = configOf(isCheck ? JSON.parse(process.env.PROOFBENCH_CHECK_CONFIG ?? '{}') : {});
export const liveConfig = new LiveConfig(config, fail);
export const edgesIn = new EdgesIn(settle);
export const edgesOut = new EdgesOut(settle);

/** @type {'info' | 'debug'} */
let logLevel = 'info';

/** @type {GatewayLink | undefined} */
let link;
let told = false;
let introduced = false;
const conditions = new Set(['run']);
let resolveReady;
export const ready = new Promise(resolve => {
  resolveReady = resolve;
});

/** Readiness also waits for `name`, until `met(name)`. */
export function requires(name) {
  conditions.add(name);
}

export function met(name) {
  conditions.delete(name);
  settle();
}

/** Whether this is a debug deployment, in which each message is told. */
export function isTraced() {
  return logLevel === 'debug';
}

export function trace(direction, port, messageIds, bytes) {
  const at = new Date().toISOString();
  process.stderr.write(
    `pipelogic: ${at} ${direction} ${port.name} ${messageIds} ${nameOf(port.type)} ${bytes} bytes\n`,
  );
}

/** Ends the process as a failure, after what was already emitted has gone out. */
export async function fail(error) {
  process.stderr.write(`${error instanceof Error ? error.stack : `Uncaught ${String(error)}`}\n`);
  await edgesOut.drain(DRAIN_MS);
  process.exit(1);
}

export async function connectSession() {
  process.on('SIGTERM', () => process.exit(0));
  process.on('SIGINT', () => process.exit(0));
  if (isCheck) {
    process.on('exit', code => {
      if (code !== 0 || !conditions.has('run')) return;
      process.stderr.write('pipelogic: the component never called run()\n');
      process.exitCode = 1;
    });
    return;
  }
  const { PROOFBENCH_GATEWAY: address, PROOFBENCH_TOKEN: token } = process.env;
  if (!address || !token) {
    throw new Error(
      'pipelogic: PROOFBENCH_GATEWAY and PROOFBENCH_TOKEN are not set. Components run inside a deployment.',
    );
  }
  const edgePort = await edgesIn.listen(Number(process.env.PROOFBENCH_EDGE_PORT ?? 7001));
  await new Promise(welcomed => {
    link = new GatewayLink(
      address,
      { type: 'register', token, edge_port: edgePort, http_port: httpPort, sdk: SDK, instance: randomUUID() },
      {
        welcome(message) {
          logLevel = message.log_level;
          liveConfig.welcome(message.config, !introduced);
          if (!introduced) introduce(message);
          told = false;
          edgesIn.expect(inputs.map((port, index) => ({ decode: port.decode, edges: message.inputs[index].edges })));
          conditions.add('edges');
          welcomed(undefined);
        },
        config({ seq, name, value }, reply) {
          liveConfig.receive(name, value, () => reply({ type: 'config_applied', seq }));
        },
        connect(message) {
          edgesOut.connect(message.edges);
          met('edges');
        },
      },
    );
  });
}

/** In check mode: the module got as far as it had to. */
export function checked() {
  conditions.delete('run');
  process.exit(0);
}

function introduce(message) {
  introduced = true;
  inputs.push(...message.inputs.map(({ type }, index) => new Port('input', index, type)));
  outputs.push(...message.outputs.map(({ type }, index) => new Port('output', index, type)));
  endpoints.push(...message.endpoints);
}

function settle() {
  if (told || conditions.size > 0 || !edgesOut.connected || !edgesIn.accepted) return;
  told = true;
  link.ready();
  resolveReady(undefined);
}

/** A parameter that is missing fails where it is read, by name, not as an `undefined` somewhere later. */
function configOf(values) {
  return new Proxy(values, {
    get(target, name) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name) || LANGUAGE_NAMES.has(name)) {
        return Reflect.get(target, name);
      }
      // Without values there is no telling what comes after this line; the imports above it did resolve.
      if (isCheck) checked();
      const known = Object.keys(target).join(', ') || 'none';
      throw new ReferenceError(`config.${name} is not a parameter of this component (it has: ${known})`);
    },
  });
}
