import { Upload } from 'lucide-react';
import { type DragEvent, type ReactNode, useState } from 'react';
import { bridge } from '../host/host.ts';
import { Button } from './button.tsx';

/**
 * A place to drop files on, with a button that asks the system for one instead. `onFiles` gets absolute paths. What is dropped without a path (a
 * picture out of a browser) is refused, and says so.
 */
export function DropArea(props: {
  onFiles: (paths: string[]) => void;
  /** What it takes, in words, for readers of the screen. */
  accept: string;
  children?: ReactNode;
  isCompact?: boolean;
}) {
  const { onFiles, accept, children, isCompact = false } = props;
  const [isOver, setOver] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const over = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = 'copy';
    setOver(true);
  };
  const leave = (event: DragEvent) => {
    // What lies in the area is entered and left too.
    if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    // The window takes what no area took.
    event.stopPropagation();
    setOver(false);
    const paths = [...event.dataTransfer.files].map(file => bridge.pathOf(file)).filter(path => path !== '');
    setRefusal(paths.length === 0 ? 'Only files and folders of this computer can be dropped.' : undefined);
    if (paths.length > 0) onFiles(paths);
  };
  const browse = async () => {
    const path = await bridge.choose('any');
    if (path === null) return;
    setRefusal(undefined);
    onFiles([path]);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own
    <div
      role="group"
      aria-label={`Drop ${accept}`}
      onDragEnter={over}
      onDragOver={over}
      onDragLeave={leave}
      onDrop={drop}
      className={`flex items-center justify-center gap-2 rounded-3 border border-dashed text-center text-12 ${isCompact ? 'flex-wrap px-3 py-4' : 'flex-col px-4 py-5'} ${isOver ? 'border-accent bg-accent-bg text-fg' : 'border-line-control text-fg-2'}`}
    >
      {children ?? (
        <>
          {!isCompact && <Upload size={18} strokeWidth={1.75} aria-hidden />}
          Drop files, or
        </>
      )}
      <Button size={isCompact ? 's' : 'm'} onPress={() => void browse()}>
        Browse
      </Button>
      {refusal !== undefined && (
        <p role="alert" className="w-full text-11 text-fail">
          {refusal}
        </p>
      )}
    </div>
  );
}
