/** A size for people: `512 B`, `163 KB`, `7.8 MB`; steps of 1000, as the system's file manager counts. */
export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A latency: `0.4 ms`, `612 ms`, `4.53 s`. */
export function ms(value: number): string {
  if (value < 9.95) return `${value.toFixed(1)} ms`;
  return value < 999.5 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`;
}

/** Milliseconds as seconds with three decimals and no unit, for columns: `7.632`. */
export function seconds(value: number): string {
  return (value / 1000).toFixed(3);
}

/** How long ago a time was: `just now`, `6 min ago`, `2 h ago`, `Yesterday`, else the date. */
export function ago(iso: string, nowMs: number = Date.now()): string {
  const past = nowMs - Date.parse(iso);
  const minutes = Math.floor(past / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 12) return `${hours} h ago`;
  const then = new Date(iso);
  const days = Math.round((new Date(nowMs).setHours(0, 0, 0, 0) - new Date(iso).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return `${hours} h ago`;
  if (days === 1) return 'Yesterday';
  const time = `${pad(then.getHours())}:${pad(then.getMinutes())}`;
  if (days < 7) return `${then.toLocaleDateString('en-GB', { weekday: 'short' })} ${time}`;
  return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** What is left: `24:10`, `1:02:03`; `0:00` when nothing is. */
export function countdown(leftMs: number): string {
  const total = Math.max(0, Math.ceil(leftMs / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const tail = `${hours > 0 ? pad(minutes) : minutes}:${pad(total % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** How long something has gone on: `4.2 s`, from a minute on `1:12`. */
export function elapsed(value: number): string {
  return value < 60_000 ? `${(Math.floor(value / 100) / 10).toFixed(1)} s` : countdown(Math.floor(value / 1000) * 1000);
}

/** An id with its middle left out: the prefix and enough to tell it apart. */
export function shortId(id: string): string {
  return id.length <= 13 ? id : `${id.slice(0, 8)}…${id.slice(-3)}`;
}

/** Time of day of this machine's clock, to the millisecond: `12:01:04.384`. */
export function clock(epochMs: number): string {
  const at = new Date(epochMs);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
