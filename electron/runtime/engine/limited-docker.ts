import Docker from 'dockerode';
import { formatDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import type { LocatedEngine } from './engine-address.ts';

interface Request {
  abortSignal?: AbortSignal;
}

type Answer = (error: unknown, data?: unknown) => void;

interface Modem {
  dial: (request: Request, answer: Answer) => void;
}

/**
 * A client each of whose requests has `limitMs` for its answer, and fails with `docker_unreachable` after it: an engine that hangs takes
 * connections and never answers. What is streamed has it until the stream begins, and any time then.
 */
export function limitedDocker({ connection, host }: LocatedEngine, limitMs: number): Docker {
  const docker = new Docker({ ...connection });
  const modem = docker.modem as unknown as Modem;
  const dial = modem.dial.bind(modem);
  modem.dial = (request, answer) => {
    const noAnswer = new AbortController();
    let isSettled = false;
    const settle: Answer = (error, data) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      answer(error, data);
    };
    const timer = setTimeout(() => {
      // First the reason, since the request may end at once, or never: an SSH connection does not heed the signal.
      settle(hangs(host, limitMs));
      noAnswer.abort();
    }, limitMs);
    const { abortSignal } = request;
    const ends = abortSignal === undefined ? noAnswer.signal : AbortSignal.any([abortSignal, noAnswer.signal]);
    dial({ ...request, abortSignal: ends }, settle);
  };
  return docker;
}

function hangs(host: string, limitMs: number): AppError {
  return new AppError('docker_unreachable', `Docker at ${host} did not answer within ${formatDuration(limitMs)}.`, {
    hint: 'It hangs: restart Docker Desktop (or run: sudo systemctl restart docker), then try again.',
    details: { limit_ms: limitMs },
  });
}
