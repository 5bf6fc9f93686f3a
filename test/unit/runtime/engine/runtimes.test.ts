import { expect, it } from 'vitest';
import type { Engine } from '../../../../electron/runtime/engine/engine.ts';
import { Runtimes } from '../../../../electron/runtime/engine/runtimes.ts';
import { AppError } from '../../../../shared/errors.ts';

function bench() {
  const world = { host: 'unix:///a' as string | undefined, up: true, connects: 0 };
  const runtimes = new Runtimes({
    connect: async () => {
      world.connects += 1;
      if (!world.up) throw new AppError('docker_unreachable', 'down');
      return { host: world.host } as Engine;
    },
    host: () => world.host,
    doctor: async () => [],
  });
  return { world, runtimes };
}

it('holds the engine until it is told to forget it', async () => {
  const { world, runtimes } = bench();
  expect(await runtimes.engine()).toBe(await runtimes.engine());
  runtimes.forget();
  await runtimes.engine();
  expect(world.connects).toBe(2);
});

it('goes to the new engine when the user’s Docker is another, and keeps the old one while there is none', async () => {
  const { world, runtimes } = bench();
  const first = await runtimes.engine();
  world.host = undefined;
  expect(await runtimes.engine()).toBe(first);
  world.host = 'unix:///b';
  expect((await runtimes.engine()).host).toBe('unix:///b');
});

it('tries again after a failure', async () => {
  const { world, runtimes } = bench();
  world.up = false;
  await expect(runtimes.engine()).rejects.toThrow('down');
  world.up = true;
  expect((await runtimes.engine()).host).toBe('unix:///a');
});
