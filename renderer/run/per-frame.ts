/** Hands on, once a frame, the last of the values that came within it. */
export interface PerFrame<T> {
  push(value: T): void;
  /** Hands on at once what waits. */
  flush(): void;
}

/** Calls `act` no more than once a frame; `frame` calls back at the next one. */
export function perFrame<T>(
  act: (value: T) => void,
  frame: (callback: () => void) => void = callback => void requestAnimationFrame(callback),
): PerFrame<T> {
  let waiting: { readonly value: T } | undefined;
  let isAwaited = false;
  const flush = () => {
    const taken = waiting;
    waiting = undefined;
    if (taken !== undefined) act(taken.value);
  };
  return {
    push: value => {
      waiting = { value };
      if (isAwaited) return;
      isAwaited = true;
      frame(() => {
        isAwaited = false;
        flush();
      });
    },
    flush,
  };
}
