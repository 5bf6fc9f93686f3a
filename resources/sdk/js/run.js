import { newMessageId } from './message-id.js';
import {
  checked,
  edgesIn,
  edgesOut,
  fail,
  inputs,
  isCheck,
  isTraced,
  liveConfig,
  met,
  outputs,
  ready,
  trace,
} from './session.js';

const BREATHE_MS = 10;
const QUICK_MS = 0.1;
let called = false;

/**
 * Feeds `process` with messages until the deployment ends. It is given one argument per input stream and returns one
 * value per output stream (an array where there are several); nothing is emitted for `undefined` or null. A generator
 * emits all that it yields. A component without inputs is called once.
 * @param {(...values: any[]) => unknown} process
 * @returns {Promise<void>} never settles
 */
export function run(process) {
  start();
  return inputs.length === 0 ? runSource(process) : runLoop((values, ids) => emitAll(process(...values), () => ids));
}

/** A sink that also wants to know which messages it is given: what egress endpoints are made of. */
export function runSink(process) {
  start();
  return runLoop((values, ids) => process(values, ids));
}

/** Marks the component as running without a loop: messages come from an endpoint. */
export function start() {
  if (called) throw new Error('pipelogic: run() may be called once');
  called = true;
  if (isCheck) checked();
  liveConfig.open();
  met('run');
}

async function runSource(process) {
  try {
    await ready;
    await emitAll(process(), () => [newMessageId()]);
    edgesOut.flush();
  } catch (error) {
    await fail(error);
  }
}

async function runLoop(tick) {
  try {
    await ready;
    let breathed = performance.now();
    for (;;) {
      if (!edgesIn.waiting) {
        edgesOut.flush();
        await edgesIn.available();
        breathed = performance.now();
      }
      if (edgesOut.congested) await edgesOut.writable();
      if (liveConfig.unsettled) await liveConfig.settled();
      const messages = edgesIn.take();
      if (isTraced()) {
        for (const [index, { messageIds, bytes }] of messages.entries()) trace('in', inputs[index], messageIds, bytes);
      }
      const started = performance.now();
      const pending = tick(
        messages.map(({ value }) => value),
        idsOf(messages),
      );
      if (pending) await liveConfig.during(pending);
      const now = performance.now();
      // Batching pays only while messages queue up and are quickly dealt with; else each one leaves at once.
      if (now - started > QUICK_MS) edgesOut.flush();
      if (now - breathed > BREATHE_MS) {
        edgesOut.flush();
        breathed = await breathe();
      }
    }
  } catch (error) {
    await fail(error);
  }
}

/** @returns {Promise<void> | undefined} undefined: done, without a turn of the event loop */
function emitAll(result, nextIds) {
  if (result === undefined || result === null) return emit(result, nextIds);
  if (typeof result === 'object') {
    if (typeof result.then === 'function') return result.then(value => emitAll(value, nextIds));
    if (isGenerator(result)) return drainGenerator(result, nextIds);
  }
  return emit(result, nextIds);
}

async function drainGenerator(generator, nextIds) {
  let breathed = performance.now();
  // Not for-await: it would turn every value of a synchronous generator into a promise.
  for (;;) {
    let step = generator.next();
    if (typeof step.then === 'function') {
      edgesOut.flush();
      step = await step;
    }
    if (step.done) return;
    emit(step.value, nextIds);
    if (edgesOut.congested) await edgesOut.writable();
    if (performance.now() - breathed > BREATHE_MS) {
      edgesOut.flush();
      breathed = await breathe();
    }
  }
}

function emit(result, nextIds) {
  if (outputs.length === 0) return;
  const ids = nextIds();
  if (outputs.length === 1) return emitOne(0, result, ids);
  if (result === undefined || result === null) return;
  if (!Array.isArray(result) || result.length !== outputs.length) {
    throw new TypeError(`a component with ${outputs.length} outputs must return an array of ${outputs.length} values`);
  }
  for (const [output, value] of result.entries()) emitOne(output, value, ids);
}

function emitOne(output, value, ids) {
  if (value === undefined) return;
  const port = outputs[output];
  // For a Maybe, null is a value: it is how "nothing" is said.
  if (value === null && !(typeof port.type === 'object' && 'maybe' in port.type)) return;
  edgesOut.send(output, port.frame(value, ids));
}

function idsOf(messages) {
  if (messages.length === 1) return messages[0].messageIds;
  return [...new Set(messages.flatMap(({ messageIds }) => messageIds))];
}

function isGenerator(value) {
  return typeof value.next === 'function' && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** Lets signals and the gateway have their turn. */
async function breathe() {
  await new Promise(resolve => setImmediate(resolve));
  return performance.now();
}
