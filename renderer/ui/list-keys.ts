interface Place {
  /** -1 when no row is active. */
  active: number;
  count: number;
  /** How many rows are in sight. */
  page: number;
}

/** The row that a key goes to in a list; undefined for keys that are not of a list. */
export function rowAfter(key: string, { active, count, page }: Place): number | undefined {
  if (count === 0) return undefined;
  const to = rowOf(key, active, count, Math.max(1, page));
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}

function rowOf(key: string, active: number, count: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'j':
    case 'J':
      return active + 1;
    case 'ArrowUp':
    case 'k':
    case 'K':
      return active - 1;
    case 'PageDown':
      return active + page;
    case 'PageUp':
      return active - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'Enter':
      return active < 0 ? undefined : active;
    default:
      return undefined;
  }
}
