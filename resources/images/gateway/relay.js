/** `docker exec -i <gateway> node /opt/gateway/relay.js`: joins its stdin and stdout with the gateway's host socket. */
import { connect } from 'node:net';

const path = process.env.PROOFBENCH_GATEWAY_SOCKET ?? '/run/proofbench/host.sock';
const dialUntil = Date.now() + 10_000;

dial();

/** The gateway may still be starting: the container runs before its socket is there. */
function dial() {
  const socket = connect(path);
  socket.once('error', failed);
  socket.once('connect', () => {
    socket.off('error', failed);
    join(socket);
  });
}

function failed(error) {
  if (['ENOENT', 'ECONNREFUSED'].includes(error.code) && Date.now() < dialUntil) {
    setTimeout(dial, 20);
    return;
  }
  process.stderr.write(`relay: ${error.message}\n`);
  process.exit(1);
}

function join(socket) {
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  process.stdout.on('error', () => process.exit(0));
  socket.on('error', () => process.exit(1));
  socket.on('close', () => process.exit(0));
}
