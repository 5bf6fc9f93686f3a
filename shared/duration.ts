import { AppError } from './errors.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Whole milliseconds of a Go duration such as `10m`, `1h30m` or `1.5s`. Throws AppError `usage` on anything else. */
export function parseDuration(text: string): number {
  let total = /^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text) ? 0 : Number.NaN;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (unitMs[unit as string] as number);
  if (!Number.isSafeInteger(Math.round(total))) {
    throw new AppError('usage', `"${text}" is not a duration.`, { hint: 'Write one like 90s, 10m or 1h30m.' });
  }
  return Math.round(total);
}

/** The shortest Go duration, e.g. `1h30m` or `1.5s`; below a second, milliseconds. */
export function formatDuration(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1000) return `${whole}ms`;
  const seconds = Math.floor(whole / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [(whole % 60_000) / 1000, 's'],
  ] as const;
  return parts.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('');
}
