import { RefreshCw } from 'lucide-react';
import type { AppError } from '../../shared/errors.ts';
import { Button, CopyButton } from './button.tsx';
import { StatusMark } from './status.tsx';

/** An error: what happened and what to do, verbatim, to be copied. */
export function ErrorText({ error, onRetry }: { error: AppError; onRetry?: () => void }) {
  const all = [`${error.code}: ${error.message}`, error.hint].filter(Boolean).join('\n');
  return (
    <div
      role="alert"
      className="flex items-start gap-2 rounded-3 border border-fail-line bg-fail-bg p-3 text-left [--ground:var(--fail-bg)]"
    >
      <span className="flex h-5 items-center">
        <StatusMark status="fail" label="Error" />
      </span>
      <div className="selectable min-w-0 flex-1 text-13">
        <p className="break-words text-fg">{error.message}</p>
        {error.hint !== undefined && <p className="break-words text-12 text-fg-2">{error.hint}</p>}
      </div>
      {onRetry !== undefined && (
        <Button size="s" icon={RefreshCw} onPress={onRetry}>
          Try again
        </Button>
      )}
      <CopyButton text={all} label="Copy the error" />
    </div>
  );
}

/** What a machine wrote, as it wrote it. */
export function VerbatimBlock({ title, lines }: { title: string; lines: readonly string[] }) {
  const text = lines.join('\n');
  return (
    <section className="overflow-hidden rounded-3 border border-line">
      <header className="flex h-9 items-center border-line border-b pr-2 pl-4">
        <h3 className="flex-1 font-semibold text-12">{title}</h3>
        <CopyButton text={text} />
      </header>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
        tabIndex={0}
        className="max-h-64 overflow-auto whitespace-pre-wrap break-words bg-sunken px-4 py-3 text-12 leading-5"
      >
        {text}
      </pre>
    </section>
  );
}
