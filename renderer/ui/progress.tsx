import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Progress } from '../../shared/contract/index.ts';
import { IconButton } from './button.tsx';
import { bytes, countdown, elapsed } from './format.ts';
import { type Mark, markOf, timeLeft } from './time-left.ts';

/** Dashes over the whole width: a part of it would be read as a share. */
const unknown =
  'bg-[repeating-linear-gradient(90deg,var(--running-fg)_0_8px,transparent_8px_16px)] animate-pulse motion-reduce:animate-none';

/** How much of something there is, or with no `total` that it goes on. */
export function Meter({ value, total, label }: { value: number; total?: number; label: string }) {
  const share = total === undefined || total === 0 ? undefined : Math.min(1, value / total);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-1 w-full overflow-hidden rounded-[2px] bg-active"
    >
      <div
        className={`h-full rounded-[2px] ${share === undefined ? unknown : 'bg-running'}`}
        style={share === undefined ? undefined : { width: `${share * 100}%` }}
      />
    </div>
  );
}

/** One step of long work: bytes and time to go where the size is known, the time it took so far where not. */
export function ProgressLine({ step, onCancel }: { step: Progress; onCancel?: () => void }) {
  const elapsedMs = useElapsed();
  const { message, done = 0, total, unit } = step;
  const count = (value: number) => (unit === 'bytes' ? bytes(value) : String(value));
  const isCounted = total !== undefined && total > 0;
  const mark = useRef<Mark>(undefined);
  mark.current = markOf(mark.current, step, elapsedMs);
  const leftMs = timeLeft(mark.current, step, elapsedMs);
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex min-h-6 items-center gap-3 text-12">
        <span className="min-w-0 flex-1 truncate">{message}</span>
        <span className="text-fg-2">
          {isCounted ? `${count(done)} of ${count(total)}` : elapsed(elapsedMs)}
          {leftMs !== undefined && `, ${countdown(leftMs)} left`}
        </span>
        {onCancel !== undefined && <IconButton icon={X} label="Cancel" onPress={onCancel} />}
      </div>
      <Meter value={done} label={message} {...(isCounted ? { total } : {})} />
    </div>
  );
}

function useElapsed(): number {
  const startMs = useRef(performance.now());
  const [elapsedMs, setElapsed] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setElapsed(performance.now() - startMs.current), 100);
    return () => clearInterval(timer);
  }, []);
  return elapsedMs;
}
