import { expect, it, vi } from 'vitest';
import { type FeedState, LogFeed, type LogHost } from '../../../../renderer/logs/log-feed.ts';
import { AppError } from '../../../../shared/errors.ts';
import { aModel, shown, utf8 } from './lines.ts';

type Chunk = { stream: 'stdout' | 'stderr'; at: string; base64: string };

/** A host with one container, whose log is told from the start each time; `end` ends it, with or without an error. */
function aHost(log: Chunk[]) {
  let onHost = () => {};
  let end = (_error?: AppError) => {};
  let asked = 0;
  const host: LogHost = {
    async *batches(_name, _input, { signal }) {
      asked++;
      yield log.slice();
      const ended = Promise.withResolvers<void>();
      end = error => (error === undefined ? ended.resolve() : ended.reject(error));
      signal.addEventListener('abort', () => ended.resolve());
      await ended.promise;
    },
    onHost: listener => {
      onHost = listener;
      return () => {
        onHost = () => {};
      };
    },
  };
  return { host, next: () => onHost(), end: (error?: AppError) => end(error), asked: () => asked };
}

function chunk(text: string, at: number, stream: Chunk['stream'] = 'stdout'): Chunk {
  return { stream, at: new Date(at).toISOString(), base64: Buffer.from(utf8(text)).toString('base64') };
}

function aFeed(log: Chunk[]) {
  const { model } = aModel();
  model.addContainer('ctr', 'cut');
  const fake = aHost(log);
  const feed = new LogFeed(fake.host, model);
  const becomes = (kind: FeedState['kind']) => vi.waitFor(() => expect(feed.state('ctr')?.kind).toBe(kind));
  return { model, feed, becomes, ...fake };
}

it('goes on after the host was lost, without a byte twice or missing', async () => {
  const log = [chunk('one\ntw', 1), chunk('bad\n', 2, 'stderr')];
  const { model, feed, becomes, next, end } = aFeed(log);
  feed.follow([{ containerId: 'ctr', status: 'running' }]);
  await vi.waitFor(() => expect(shown(model)).toHaveLength(3));
  end(new AppError('host_lost', 'gone'));
  await becomes('lost');
  log.splice(0, 2, chunk('one\n', 1), chunk('bad\nworse\n', 2, 'stderr'), chunk('two\nthree', 3));
  next();
  await vi.waitFor(() => expect(shown(model)).toEqual(['cut one', 'cut two', 'cut bad', 'cut worse', 'cut three']));
  expect(feed.recoveredAtMs('ctr')).toBeTypeOf('number');
  feed.close();
});

it('reads again a log that had ended before anything was captured', async () => {
  const log: Chunk[] = [];
  const { model, feed, becomes, end, asked } = aFeed(log);
  feed.follow([{ containerId: 'ctr', status: 'starting' }]);
  await new Promise(resolve => setTimeout(resolve, 5));
  end();
  await becomes('ended');
  log.push(chunk('up\n', 1));
  feed.follow([{ containerId: 'ctr', status: 'running' }]);
  await vi.waitFor(() => expect(shown(model)).toEqual(['cut up']));
  end();
  await becomes('ended');
  feed.follow([{ containerId: 'ctr', status: 'exited' }]);
  expect(asked()).toBe(2);
  feed.close();
});

it('says why a log could not be read, and tries again when asked to', async () => {
  const log = [chunk('one\n', 1)];
  const { model, feed, becomes, end } = aFeed(log);
  feed.follow([{ containerId: 'ctr', status: 'running' }]);
  await vi.waitFor(() => expect(shown(model)).toHaveLength(1));
  end(new AppError('not_found', 'There is no container ctr.'));
  await becomes('failed');
  expect(feed.state('ctr')).toMatchObject({ error: { code: 'not_found' } });
  log.push(chunk('two\n', 2));
  feed.retry('ctr');
  await vi.waitFor(() => expect(shown(model)).toEqual(['cut one', 'cut two']));
  feed.close();
});
