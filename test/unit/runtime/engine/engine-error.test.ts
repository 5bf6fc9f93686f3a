import { describe, expect, it } from 'vitest';
import { engineError } from '../../../../electron/runtime/engine/engine-error.ts';

const of = (thrown: object) => engineError(thrown, 'starting x', 'unix:///s');

describe('what went wrong with Docker', () => {
  it('tells an engine that is not there, with what to do', () => {
    for (const code of ['ECONNREFUSED', 'ENOENT', 'ECONNRESET']) {
      const error = of(Object.assign(new Error('connect'), { code }));
      expect(error.code).toBe('docker_unreachable');
      expect(error.hint).toContain('Start Docker Desktop');
    }
  });

  it('tells a socket we may not use', () => {
    expect(of(Object.assign(new Error('x'), { code: 'EACCES' })).code).toBe('docker_denied');
  });

  it('tells a missing image and a full disk, and keeps the words of anything else', () => {
    const answer = (statusCode: number, message: string) =>
      of(Object.assign(new Error(`(HTTP code ${statusCode}) x - ${message} `), { statusCode, json: { message } }));
    expect(answer(404, 'No such image: a:b').code).toBe('image_missing');
    expect(answer(500, 'write /x: no space left on device').code).toBe('disk_full');
    const other = answer(409, 'name is in use');
    expect(other.code).toBe('docker_error');
    expect(other.message).toContain('name is in use');
    expect(other.details).toMatchObject({ status: 409 });
  });

  it('tells a cancelled call', () => {
    expect(of(Object.assign(new Error('aborted'), { name: 'AbortError' })).code).toBe('cancelled');
  });
});
