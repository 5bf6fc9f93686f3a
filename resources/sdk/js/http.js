/** What harness components are made of: endpoints on port 8080, reached through the gateway. Wire formats: DESIGN §8. */
import './index.js';

export { egress } from './egress.js';
export { ingress } from './ingress.js';
