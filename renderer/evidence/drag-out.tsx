import { GripVertical } from 'lucide-react';
import { bridge } from '../host/host.ts';

/** A handle to drag a file of the workspace out of the window. Save does the same by keyboard. */
export function DragOut({ path, name }: { path: string; name: string }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only a pointer drags; Save is beside it
    <span
      draggable
      title={`Drag ${name} out`}
      onDragStart={event => {
        event.preventDefault();
        bridge.dragOut(path);
      }}
      className="inline-flex size-6 flex-none cursor-grab items-center justify-center rounded-2 text-fg-2 hover:bg-hover"
    >
      <GripVertical size={14} strokeWidth={2.1} aria-hidden />
    </span>
  );
}
