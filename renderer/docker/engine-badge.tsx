import { Link } from '@tanstack/react-router';
import { Power } from 'lucide-react';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useEngine } from '../host/host.ts';
import { Button, LinkButton, StatusMark, toastError } from '../ui/index.ts';
import { engineWord } from './engine-words.ts';
import { useStartDocker } from './use-start-docker.ts';

/** The engine in the title bar; leads to the Runtime screen. */
export function EngineBadge() {
  const engine = useEngine();
  const { status, text } = engineWord(engine);
  return (
    <Link
      to="/runtime"
      className="flex h-6 items-center gap-1.5 rounded-2 px-1.5 font-medium text-12 hover:bg-hover [--ground:var(--bg-app)]"
    >
      <StatusMark status={status} size={12} />
      {text}
    </Link>
  );
}

/** A slim bar for a screen that needs Docker, there only while Docker is not. `children`: what waits for it. */
export function DockerBlocked({ children = 'Runs wait for it.' }: { children?: ReactNode }) {
  const engine = useEngine();
  const { start, isBusy, reason, error } = useStartDocker(engine);
  useEffect(() => {
    if (error !== undefined) toastError(error);
  }, [error]);
  if (engine.state === 'ready' || engine.state === 'checking') return null;
  const { status, text } = engineWord(engine);
  return (
    <div
      role="status"
      className="flex min-h-9 flex-none items-center gap-3 border-line border-b bg-sunken px-4 py-1 text-12 [--ground:var(--bg-sunken)]"
    >
      <span className="flex flex-none items-center gap-1.5 font-medium">
        <StatusMark status={status} />
        {text}
      </span>
      <span className="min-w-0 flex-1 text-fg-2">{children}</span>
      {reason === undefined && (
        <Button size="s" icon={Power} isBusy={isBusy} onPress={start}>
          Start Docker
        </Button>
      )}
      <LinkButton to="/runtime" size="s" variant="ghost">
        What to do
      </LinkButton>
    </div>
  );
}
