import { X } from 'lucide-react';
import {
  Button as AriaButton,
  UNSTABLE_Toast as AriaToast,
  Text,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components';
import { AppError } from '../../shared/errors.ts';
import { Button, CopyButton } from './button.tsx';
import { StatusMark } from './status.tsx';

/** A short word about something that happened, at the bottom right. */
export interface ToastData {
  kind: 'info' | 'done' | 'error';
  title: string;
  detail?: string | undefined;
  action?: { label: string; onPress: () => void } | undefined;
}

const shownMs = 6000;
const queue = new ToastQueue<ToastData>({ maxVisibleToasts: 3 });

/** Shows a toast for 6 s, longer under the pointer or focus; one with an error stays until it is closed. */
export function toast(data: ToastData): void {
  queue.add(data, data.kind === 'error' ? {} : { timeout: shownMs });
}

/** Tells of an act that failed, verbatim with its hint; being cancelled is nothing to tell of. */
export function toastError(thrown: unknown): void {
  const error = AppError.from(thrown);
  if (error.code !== 'cancelled') toast({ kind: 'error', title: error.message, detail: error.hint });
}

/** Where toasts appear; once in the window. */
export function Toasts() {
  return (
    <ToastRegion
      queue={queue}
      aria-label="Messages"
      className="fixed right-4 bottom-10 z-50 flex w-80 flex-col-reverse gap-2"
    >
      {({ toast: each }) => (
        <AriaToast
          toast={each}
          className="flex items-start gap-2 rounded-3 border border-line-strong bg-raised p-3 shadow-3 transition-transform duration-[var(--dur-2)] ease-out starting:translate-y-2"
        >
          {each.content.kind !== 'info' && (
            <span className="flex h-5 items-center [--ground:var(--bg-raised)]">
              <StatusMark
                status={each.content.kind === 'done' ? 'pass' : 'fail'}
                label={each.content.kind === 'done' ? 'Done' : 'Error'}
              />
            </span>
          )}
          <ToastContent className="flex min-w-0 flex-1 flex-col gap-0.5">
            <Text slot="title" className="break-words font-medium text-13">
              {each.content.title}
            </Text>
            {each.content.detail !== undefined && (
              <Text slot="description" className="selectable break-words text-12 text-fg-2">
                {each.content.detail}
              </Text>
            )}
            {each.content.action !== undefined && (
              <span className="pt-1.5">
                <Button
                  size="s"
                  onPress={() => {
                    each.content.action?.onPress();
                    queue.close(each.key);
                  }}
                >
                  {each.content.action.label}
                </Button>
              </span>
            )}
          </ToastContent>
          {each.content.kind === 'error' && (
            <CopyButton
              text={[each.content.title, each.content.detail].filter(Boolean).join('\n')}
              label="Copy the error"
            />
          )}
          <AriaButton
            slot="close"
            aria-label="Close"
            className="grid size-6 flex-none place-items-center rounded-2 text-fg-2 hover:bg-hover"
          >
            <X size={14} strokeWidth={2.1} aria-hidden />
          </AriaButton>
        </AriaToast>
      )}
    </ToastRegion>
  );
}
