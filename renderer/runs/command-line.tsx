import { CopyButton } from '../ui/index.ts';

/** The same as a command, to copy. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="flex min-h-10 w-full items-center gap-2.5 rounded-3 border border-line bg-sunken py-1 pr-2 pl-4 text-left font-mono text-12">
      <span className="text-fg-3" aria-hidden>
        $
      </span>
      <code className="selectable min-w-0 flex-1 wrap-anywhere">{command}</code>
      <CopyButton text={command} label="Copy command" />
    </div>
  );
}
