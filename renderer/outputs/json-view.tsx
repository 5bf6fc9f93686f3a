import { ChevronDown, ChevronUp, Copy, FileJson, Text } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { bridge } from '../host/host.ts';
import { Button, IconButton, SearchField, toast } from '../ui/index.ts';
import { findInJson, type JsonRow, pathOf, pathText, reveal, rowsOf } from './json-rows.ts';
import { JsonTree } from './json-tree.tsx';
import { RawText } from './raw-text.tsx';

/** At most so many places of a search are counted. */
const maxFound = 1000;

/** What an output's text says: a value, or that it is no JSON. */
export type Parsed = { isJson: true; value: unknown } | { isJson: false };

/**
 * An output as a JSON tree or as the text it came as, with a search (Ctrl+F or /). Give it the output's digest as key: what is open
 * belongs to one document.
 */
export function JsonView({ text, parsed }: { text: string; parsed: Parsed }) {
  const value = parsed.isJson ? parsed.value : undefined;
  const [rows, setRows] = useState<readonly JsonRow[]>(() => rowsOf(value));
  const [selected, setSelected] = useState(0);
  const [isRaw, setIsRaw] = useState(false);
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  const found = useMemo(() => findInJson(value, wanted, maxFound), [value, wanted]);
  const [place, setPlace] = useState(0);
  const find = useRef<HTMLInputElement>(null);
  const section = useRef<HTMLElement>(null);
  const showsTree = parsed.isJson && !isRaw;
  const row = rows[selected];
  const path = row === undefined ? 'output' : pathText(pathOf(row));

  const go = (next: number) => {
    const target = found[(next + found.length) % found.length];
    if (target === undefined) return;
    setPlace((next + found.length) % found.length);
    const shown = reveal(rows, target);
    setRows(shown.rows);
    if (shown.index !== -1) setSelected(shown.index);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another search goes to its first place
  useEffect(() => go(0), [found]);

  const beginFind = () => {
    setIsRaw(false);
    find.current?.focus();
    find.current?.select();
  };
  // The menu's Find is this pane's while it has the focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it uses nothing that changes
  useEffect(
    () =>
      bridge.onCommand(({ kind }) => {
        if (kind === 'find' && section.current?.contains(document.activeElement) === true) beginFind();
      }),
    [],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = event.target === find.current;
    if (isTyping && event.key === 'Enter') go(place + (event.shiftKey ? -1 : 1));
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') beginFind();
    else if (event.key === '/' && !isTyping) beginFind();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const copy = (what: 'value' | 'path') => {
    if (row === undefined) return;
    bridge.copy(what === 'path' ? path : row.kind === 'range' ? rangeText(row) : JSON.stringify(row.value, null, 2));
    toast({ kind: 'info', title: what === 'path' ? 'Path copied' : 'Value copied', detail: path });
  };

  return (
    <section
      ref={section}
      onKeyDownCapture={onKeyDown}
      aria-label="JSON"
      className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-2 border border-line bg-sunken"
    >
      <div className="flex h-8 flex-none items-center gap-1 border-line border-b px-1">
        {showsTree && (
          <>
            <div className="min-w-0 flex-1">
              <SearchField value={query} onChange={setQuery} placeholder="Find" size="s" inputRef={find} />
            </div>
            <span className="whitespace-nowrap px-1 text-11 text-fg-2" role="status">
              {placeText(wanted, place, found.length)}
            </span>
            <IconButton
              icon={ChevronUp}
              label="Previous"
              size="s"
              isDisabled={found.length === 0}
              onPress={() => go(place - 1)}
            />
            <IconButton
              icon={ChevronDown}
              label="Next"
              size="s"
              isDisabled={found.length === 0}
              onPress={() => go(place + 1)}
            />
          </>
        )}
        {!showsTree && (
          <span className="min-w-0 flex-1 truncate px-2 text-11 text-fg-2">
            {parsed.isJson ? 'As captured' : 'The output says it is JSON and is not. As captured:'}
          </span>
        )}
        {parsed.isJson && (
          <IconButton icon={Text} label="Raw text" size="s" isOn={isRaw} onPress={() => setIsRaw(!isRaw)} />
        )}
      </div>
      {showsTree ? (
        <JsonTree
          rows={rows}
          onRows={setRows}
          selected={selected}
          onSelect={setSelected}
          query={wanted}
          onCopy={copy}
        />
      ) : (
        <RawText text={text} />
      )}
      <div className="flex h-8 flex-none items-center gap-1 border-line border-t pr-1 pl-3">
        <code className="min-w-0 flex-1 truncate text-11 text-fg-2" title={path}>
          {showsTree ? path : `${text.length.toLocaleString('en')} characters`}
        </code>
        {showsTree ? (
          <>
            <Button size="s" variant="ghost" icon={Copy} aria-label="Copy path" onPress={() => copy('path')}>
              Path
            </Button>
            <Button size="s" variant="ghost" icon={FileJson} aria-label="Copy value" onPress={() => copy('value')}>
              Value
            </Button>
          </>
        ) : (
          <Button size="s" variant="ghost" icon={Copy} onPress={() => bridge.copy(text)}>
            Copy text
          </Button>
        )}
      </div>
    </section>
  );
}

function rangeText({ value, from, size }: JsonRow): string {
  return JSON.stringify((value as unknown[]).slice(from, from + size), null, 2);
}

function placeText(query: string, place: number, count: number): string {
  if (query === '') return '';
  if (count === 0) return 'None';
  return `${place + 1} of ${count >= maxFound ? `${count} or more` : count}`;
}
