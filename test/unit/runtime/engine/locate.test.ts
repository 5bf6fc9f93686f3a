import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateEngine } from '../../../../electron/runtime/engine/locate.ts';

describe('finding the user’s Docker', () => {
  let home: string;
  const servers: Server[] = [];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'locate-'));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    rmSync(home, { recursive: true });
  });

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), content);
  }

  function context(name: string, host: string): string {
    const folder = createHash('sha256').update(name).digest('hex');
    const meta = { Name: name, Endpoints: { docker: { Host: host } } };
    write(`.docker/contexts/meta/${folder}/meta.json`, JSON.stringify(meta));
    return folder;
  }

  it('follows DOCKER_HOST before anything else', () => {
    write('.docker/config.json', '{"currentContext": "colima"}');
    const found = locateEngine({ env: { DOCKER_HOST: 'unix:///tmp/x.sock', DOCKER_CONTEXT: 'other' }, home });
    expect(found).toEqual({
      host: 'unix:///tmp/x.sock',
      source: 'DOCKER_HOST',
      connection: { socketPath: '/tmp/x.sock' },
    });
  });

  it('reads certificates for a DOCKER_HOST with TLS', () => {
    write('certs/ca.pem', 'CA');
    const env = { DOCKER_HOST: 'tcp://far:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: join(home, 'certs') };
    const { connection } = locateEngine({ env, home });
    expect(connection).toMatchObject({ protocol: 'https', host: 'far', port: 2376 });
    expect(connection.ca?.toString()).toBe('CA');
    expect(connection.key).toBeUndefined();
  });

  it('understands ssh and a bare host and port', () => {
    const env = { DOCKER_HOST: 'ssh://me@box:2222', SSH_AUTH_SOCK: '/a' };
    expect(locateEngine({ env, home }).connection).toEqual({
      protocol: 'ssh',
      host: 'box',
      username: 'me',
      port: 2222,
      sshOptions: { agent: '/a' },
    });
    expect(locateEngine({ env: { DOCKER_HOST: 'box:2375' }, home }).connection).toMatchObject({
      host: 'box',
      port: 2375,
    });
  });

  it('refuses a DOCKER_HOST nobody understands', () => {
    expect(() => locateEngine({ env: { DOCKER_HOST: 'ftp://x' }, home })).toThrow(/ftp:\/\/x/);
  });

  it('follows DOCKER_CONTEXT before the current context', () => {
    context('colima', 'unix:///c.sock');
    context('orbstack', 'unix:///o.sock');
    write('.docker/config.json', '{"currentContext": "colima"}');
    expect(locateEngine({ env: {}, home })).toMatchObject({ host: 'unix:///c.sock', source: 'context colima' });
    const found = locateEngine({ env: { DOCKER_CONTEXT: 'orbstack' }, home });
    expect(found).toMatchObject({ host: 'unix:///o.sock', source: 'DOCKER_CONTEXT orbstack' });
  });

  it('takes the TLS material of a context', () => {
    const folder = context('far', 'tcp://far:2376');
    for (const part of ['ca', 'cert', 'key']) write(`.docker/contexts/tls/${folder}/docker/${part}.pem`, part);
    const { connection } = locateEngine({ env: { DOCKER_CONTEXT: 'far' }, home });
    expect(connection).toMatchObject({ protocol: 'https', host: 'far', port: 2376 });
    expect(connection.key?.toString()).toBe('key');
  });

  it('says which context is missing', () => {
    expect(() => locateEngine({ env: { DOCKER_CONTEXT: 'gone' }, home })).toThrow(/"gone"/);
  });

  it('uses the pipe on Windows', () => {
    const found = locateEngine({ env: {}, home, platform: 'win32' });
    expect(found.connection).toEqual({ socketPath: '//./pipe/docker_engine' });
  });

  it('survives a damaged Docker config', () => {
    write('.docker/config.json', '{nonsense');
    expect(locateEngine({ env: {}, home, platform: 'win32' }).source).toBe('default pipe');
  });
});
