/** A tab of a strip. */
export interface TabItem {
  id: string;
  label: string;
  count?: number;
  /** Kept, greyed, and says why. */
  disabledReason?: string | undefined;
}

/** The tab that a key goes to from the selected one; undefined for keys that go nowhere. Those that are off are passed over. */
export function tabAfter(key: string, items: readonly TabItem[], selected: string): string | undefined {
  const usable = items.filter(item => item.disabledReason === undefined);
  const at = usable.findIndex(({ id }) => id === selected);
  const last = usable.length - 1;
  if (key === 'Home') return usable[0]?.id;
  if (key === 'End') return usable[last]?.id;
  if (key === 'ArrowRight') return usable[at < last ? at + 1 : 0]?.id;
  if (key === 'ArrowLeft') return usable[at > 0 ? at - 1 : last]?.id;
  return undefined;
}
