import { connectSession, liveConfig } from './session.js';

await connectSession();

export { run } from './run.js';
export { config, inputs, outputs } from './session.js';

/** Calls back with each new value of a mutable parameter. */
export const subscribe = callback => liveConfig.subscribe(callback);
