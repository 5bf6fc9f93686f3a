const sources = import.meta.glob<string>('../../resources/help/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** A help page, the same that lies in `resources/help`. */
export interface HelpPage {
  /** Its file's name without the ending. */
  id: string;
  title: string;
  text: string;
}

const first = ['getting-started', 'window', 'manifest', 'component'];

/** All pages: those for a beginning first, the others by title. */
export const helpPages: readonly HelpPage[] = Object.entries(sources)
  .map(([path, text]) => {
    const id = path.replace(/^.*\/|\.md$/g, '');
    return { id, title: /^# (.+)$/m.exec(text)?.[1] ?? id, text };
  })
  .sort((a, b) => rank(a.id) - rank(b.id) || a.title.localeCompare(b.title));

function rank(id: string): number {
  const index = first.indexOf(id);
  return index < 0 ? first.length : index;
}
