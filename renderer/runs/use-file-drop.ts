import { type DragEvent, useRef, useState } from 'react';
import { bridge } from '../host/host.ts';

/** Makes an element take files that are dropped on it, before what it lies in does. Spread `target` on it. */
export function useFileDrop(onFiles: (paths: string[]) => void) {
  const [isOver, setOver] = useState(false);
  // Children of the element are entered and left too.
  const depth = useRef(0);
  const took = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const target = {
    onDragEnter: (event: DragEvent) => {
      if (!took(event)) return;
      depth.current++;
      setOver(true);
    },
    onDragOver: (event: DragEvent) => {
      if (took(event)) event.dataTransfer.dropEffect = 'copy';
    },
    onDragLeave: (event: DragEvent) => {
      if (!took(event)) return;
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      if (!took(event)) return;
      depth.current = 0;
      setOver(false);
      const paths = [...event.dataTransfer.files].map(file => bridge.pathOf(file)).filter(path => path !== '');
      if (paths.length > 0) onFiles(paths);
    },
  };
  return { isOver, target };
}
