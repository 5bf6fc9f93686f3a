import { memo, useMemo } from 'react';
import { clock, bytes as formatBytes } from '../ui/index.ts';
import { piecesOf } from './ansi.ts';
import { type LogModel, maxShownChars } from './log-model.ts';

/** No pane is so wide that more than this of an unwrapped line could be seen. */
const maxUnwrappedChars = 2_000;
/** Past this, drawing a line would stop the window; its raw log has it. */
const maxExpandedChars = 1_000_000;

export interface LogRowProps {
  model: LogModel;
  line: number;
  /** Of the line, which may still grow. */
  bytes: number;
  pattern: RegExp | null;
  /** Where it lies from the playhead. */
  place: 'before' | 'at' | 'after';
  isChosen: boolean;
  isActive: boolean;
  isWrapped: boolean;
  hasTime: boolean;
  isExpanded: boolean;
  onExpand: (line: number) => void;
}

/** One line: alias, stream, time, text. The list hears its clicks by `data-line`. */
export const LogRow = memo(LogLine);

function LogLine(props: LogRowProps) {
  const { model, line, bytes, pattern, place, isWrapped, hasTime, isExpanded, onExpand } = props;
  const stream = model.stream(line);
  const maxChars = isExpanded ? maxExpandedChars : isWrapped ? maxShownChars : maxUnwrappedChars;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a line that grew has other text
  const pieces = useMemo(() => piecesOf(model.text(line, maxChars), pattern), [model, line, bytes, maxChars, pattern]);
  const isStderr = stream === 'stderr';
  const isDim = place === 'after';
  const text = isDim ? 'text-fg-3' : isStderr ? 'text-stderr' : 'text-fg';
  return (
    <div
      data-line={line}
      className={`grid select-text gap-1 border-l-2 pr-4 pl-3.5 font-mono text-12 leading-5 ${hasTime ? 'grid-cols-[var(--alias)_48px_92px_minmax(0,1fr)]' : 'grid-cols-[var(--alias)_48px_minmax(0,1fr)]'} ${isWrapped ? 'min-h-5' : 'h-5 overflow-hidden'} ${groundOf(props, isStderr)} ${props.isActive ? 'shadow-[inset_0_0_0_1px_var(--accent-fg)]' : ''}`}
    >
      <span className={`select-none truncate font-semibold ${isDim ? 'text-fg-3' : 'text-fg'}`}>
        {model.container(line).alias}
      </span>
      <span
        className={`select-none ${isStderr && !isDim ? 'text-stderr' : 'text-fg-3'} ${isStderr ? 'font-bold' : ''}`}
      >
        {stream}
      </span>
      {hasTime && <span className="select-none text-fg-3">{clock(model.atMs(line))}</span>}
      <span className={`flex min-w-0 items-start ${isWrapped ? 'flex-col' : 'gap-2'}`}>
        <span
          className={`min-w-0 ${isWrapped ? 'whitespace-pre-wrap break-all' : 'overflow-hidden text-ellipsis whitespace-pre'} ${text}`}
        >
          {pieces.map(({ text: part, style, isMatch }, index) => {
            const own = isDim ? undefined : style;
            const mark = isMatch ? 'rounded-[2px] bg-active underline decoration-fg-2' : '';
            if (own === undefined && mark === '') return part;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a piece has nothing else to be known by
              <span key={index} className={mark} style={own}>
                {part}
              </span>
            );
          })}
        </span>
        {!isExpanded && bytes > maxShownChars && model.isLong(line) && (
          <button
            type="button"
            onClick={() => onExpand(line)}
            className="flex-none select-none rounded-1 font-medium font-sans text-11 text-fg-2 leading-5 underline hover:bg-hover"
          >
            Show all {formatBytes(bytes)}
          </button>
        )}
      </span>
      {isExpanded && bytes > maxExpandedChars && (
        <span className="col-span-full select-none font-sans text-11 text-fg-2">
          The first {formatBytes(maxExpandedChars)} of {formatBytes(bytes)}. Save the raw log for all of it.
        </span>
      )}
    </div>
  );
}

function groundOf({ place, isChosen }: LogRowProps, isStderr: boolean): string {
  if (place === 'at') return `border-accent ${isChosen ? 'bg-active' : 'bg-accent-bg'}`;
  if (isStderr) return `border-stderr-line ${isChosen ? 'bg-active' : 'bg-stderr-bg'}`;
  return `border-transparent ${isChosen ? 'bg-active' : ''}`;
}
