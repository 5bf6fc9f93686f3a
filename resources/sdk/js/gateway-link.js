import { connect } from 'node:net';

const REDIAL_MS = 30;
const REFUSED_REDIAL_MS = 250;
const COMPLAIN_AFTER_MS = 5_000;
const MAX_LINE_CHARS = 32 * 1024 * 1024;

/**
 * The component's line to the gateway. It never gives up: the gateway may come later than the component, and may be
 * replaced under it, and neither is a reason to stop working.
 */
export class GatewayLink {
  #address;
  #register;
  #handlers;
  #socket;
  #refusedSince = 0;

  /**
   * @param {string} address host:port
   * @param {object} register the register message
   * @param {{welcome(message: any): void, connect(message: any): void, config(message: any): void}} handlers
   */
  constructor(address, register, handlers) {
    const colon = address.lastIndexOf(':');
    this.#address = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
    this.#register = register;
    this.#handlers = handlers;
    this.#dial();
  }

  ready() {
    this.#send({ type: 'ready' });
  }

  #send(message) {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  #dial() {
    const socket = connect({ ...this.#address, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    this.#socket = socket;
    let redialMs = REDIAL_MS;
    let rest = '';
    socket.setEncoding('utf8');
    // An answer is for whoever asked, not for the gateway that came after.
    const reply = answer => {
      if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
    };
    socket.on('connect', () => this.#send(this.#register));
    socket.on('data', text => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      if (rest.length > MAX_LINE_CHARS) socket.destroy();
      for (const line of lines) {
        const message = JSON.parse(line);
        if (message.type === 'refused') {
          redialMs = REFUSED_REDIAL_MS;
          this.#refused(message.reason);
        } else {
          this.#refusedSince = 0;
          this.#handlers[message.type]?.(message, reply);
        }
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.#dial(), redialMs));
  }

  /** A gateway that has just restarted refuses everyone until its host has told it who we are: no word on that. */
  #refused(reason) {
    if (this.#refusedSince === 0) this.#refusedSince = Date.now();
    else if (this.#refusedSince > 0 && Date.now() - this.#refusedSince > COMPLAIN_AFTER_MS) {
      this.#refusedSince = Number.NEGATIVE_INFINITY;
      process.stderr.write(`pipelogic: the gateway refuses this component: ${reason}\n`);
    }
  }
}
