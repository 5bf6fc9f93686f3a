import { connectSession } from './session.js';

await connectSession();

export { run } from './run.js';
export { config, inputs, outputs, subscribe } from './session.js';
