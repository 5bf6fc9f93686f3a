import { Button, ErrorText, ProgressLine } from '../ui/index.ts';
import type { Freezing } from './use-freezing.ts';

/** A file that is being frozen: how far it is, or why it could not be. */
export function FreezingLine(props: { item: Freezing; onCancel(): void; onRetry(): void; onDismiss(): void }) {
  const { item } = props;
  if (item.error !== undefined) {
    return (
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <ErrorText error={item.error} onRetry={props.onRetry} />
        </div>
        <Button size="s" variant="ghost" onPress={props.onDismiss}>
          Dismiss
        </Button>
      </div>
    );
  }
  return <ProgressLine step={item.step ?? { message: `Freezing ${item.name}` }} onCancel={props.onCancel} />;
}
