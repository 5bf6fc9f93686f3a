import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it } from 'vitest';
import { DockerEngine } from '../../../../electron/runtime/engine/docker-engine.ts';

it('A Docker that breaks the connection of a command is an error of that command, and of nothing else', async () => {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.endsWith('/start')) return;
    response.writeHead(request.method === 'POST' ? 201 : 500, { 'content-type': 'application/json' });
    response.end('{"Id":"e1","message":"shutting down"}');
  });
  server.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n');
    setTimeout(() => socket.resetAndDestroy(), 20);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = { host: '127.0.0.1', port, protocol: 'http' as const };
  const engine = new DockerEngine({ host: `tcp://127.0.0.1:${port}`, source: 'test', connection });
  await expect(engine.executeAsRoot('c1', ['true'])).rejects.toMatchObject({ code: 'docker_error' });
  server.close();
  server.closeAllConnections();
});
