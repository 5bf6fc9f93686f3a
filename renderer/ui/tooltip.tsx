import type { ReactElement, ReactNode } from 'react';
import { Tooltip as AriaTooltip, Focusable, TooltipTrigger } from 'react-aria-components';

/** A key as it is written on a keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-[18px] min-w-[18px] items-center justify-center gap-0.5 rounded-1 border border-line-strong bg-raised px-1 font-medium font-sans text-11 text-fg-2">
      {children}
    </kbd>
  );
}

/** The name of what it is around, after 400 ms or on focus. Its child can take the focus. */
export function Tooltip({ text, kbd, children }: { text: string; kbd?: string | undefined; children: ReactElement }) {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <Focusable>{children as ReactElement<Record<string, unknown>, string>}</Focusable>
      <TooltipBubble text={text} kbd={kbd} />
    </TooltipTrigger>
  );
}

/** The bubble of a tooltip, for triggers that are Aria buttons themselves. */
export function TooltipBubble({ text, kbd }: { text: string; kbd?: string | undefined }) {
  return (
    <AriaTooltip
      offset={6}
      className="z-50 flex min-h-6 max-w-80 items-center gap-2 break-words rounded-2 border border-line-strong bg-raised px-2 py-[3px] text-12 text-fg shadow-2"
    >
      {text}
      {kbd !== undefined && <Kbd>{kbd}</Kbd>}
    </AriaTooltip>
  );
}
