import { useCallback, useState } from 'react';
import type { Size } from './zoom.ts';

/** The size of an element without padding, as it is now, and the ref that watches it. */
export function useSize(): [Size, (element: HTMLElement | null) => (() => void) | undefined] {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize(now => (now.width === width && now.height === height ? now : { width, height }));
    };
    // At once, so that nothing is painted for no room.
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [size, ref];
}
