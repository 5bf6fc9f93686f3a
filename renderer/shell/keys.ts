/** A key and what it does, for the key line and the help. */
export interface KeyHelp {
  keys: readonly string[];
  text: string;
}

const everywhere: readonly KeyHelp[] = [
  { keys: ['Ctrl K'], text: 'Search or run a command' },
  { keys: ['N'], text: 'New run' },
  { keys: ['O'], text: 'Open a manifest, fixture or bundle' },
  { keys: ['Ctrl S'], text: 'Save the bundle' },
  { keys: ['?'], text: 'All keys' },
];

const rows: readonly KeyHelp[] = [
  { keys: ['J', 'K'], text: 'Next and previous row' },
  { keys: ['↵'], text: 'Open the row' },
  { keys: ['/'], text: 'Filter' },
];

const run: readonly KeyHelp[] = [
  { keys: ['Space'], text: 'Play' },
  { keys: ['[', ']'], text: 'Previous and next event' },
  { keys: ['L'], text: 'Go to live' },
  { keys: ['.'], text: 'Stop the run' },
];

const logs: readonly KeyHelp[] = [
  { keys: ['/'], text: 'Filter logs' },
  { keys: ['F'], text: 'Follow' },
  { keys: ['T'], text: 'Timestamps' },
  { keys: ['W'], text: 'Wrap' },
  { keys: ['J', 'K'], text: 'Next and previous line' },
];

/** Every key, by where it works. */
export const keyGroups: readonly { title: string; keys: readonly KeyHelp[] }[] = [
  { title: 'Everywhere', keys: everywhere },
  { title: 'Lists', keys: rows },
  { title: 'A run', keys: run },
  { title: 'Logs', keys: logs },
];

/** The keys worth a place in the key line of a screen. */
export function keyLine(pathname: string): readonly KeyHelp[] {
  const all = { keys: ['?'], text: 'all keys' };
  if (pathname.startsWith('/runs/run_')) {
    return [
      { keys: ['Space'], text: 'play' },
      { keys: ['[', ']'], text: 'event' },
      { keys: ['J', 'K'], text: 'row' },
      { keys: ['/'], text: 'filter logs' },
      { keys: ['.'], text: 'stop' },
      all,
    ];
  }
  if (pathname === '/runtime') return [{ keys: ['R'], text: 'check again' }, { keys: ['O'], text: 'open a file' }, all];
  if (pathname === '/runs/new') return [{ keys: ['Ctrl ↵'], text: 'run' }, { keys: ['O'], text: 'open a file' }, all];
  return [
    { keys: ['J', 'K'], text: 'row' },
    { keys: ['↵'], text: 'open' },
    { keys: ['N'], text: 'new' },
    { keys: ['O'], text: 'open a file' },
    { keys: ['/'], text: 'filter' },
    all,
  ];
}
