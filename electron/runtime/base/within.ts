/** Resolves when `work` has settled, or `ms` later; the work goes on then, and what it comes to is nobody's. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, ms);
    const settled = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(settled, settled);
  });
}
