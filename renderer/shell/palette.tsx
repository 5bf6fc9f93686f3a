import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components';
import type { Theme } from '../../shared/bridge.ts';
import { useAnswer } from '../host/host.ts';
import { Kbd, screenEvents } from '../ui/index.ts';
import { matching, type PaletteItem, runItems } from './palette-items.ts';
import { places } from './places.ts';
import { setTheme } from './theme.ts';

/** Everything by its name: screens, commands, runs. */
export function Palette(props: { isOpen: boolean; onClose: () => void; onKeys: () => void }) {
  const { isOpen, onClose } = props;
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={open => {
        if (!open) onClose();
      }}
      isDismissable
      className="fixed inset-0 z-50 flex justify-center bg-[var(--over-halo)] pt-16"
    >
      <Modal className="h-fit w-[560px] overflow-hidden rounded-4 border border-line-strong bg-pane shadow-3">
        <AriaDialog aria-label="Commands" className="outline-none">
          <PaletteList {...props} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteList({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const items = matching(useItems(onKeys), text).slice(0, 50);
  const current = Math.min(active, items.length - 1);
  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const choose = (item: PaletteItem | undefined) => {
    if (item === undefined) return;
    onClose();
    item.act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(Math.min(current + 1, items.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(current - 1, 0));
    else if (event.key === 'Enter') choose(items[current]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="flex h-11 items-center gap-2 border-line border-b px-4 text-fg-3">
        <Search size={16} strokeWidth={1.75} aria-hidden />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is opened to be typed into
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={items.length === 0 ? undefined : `${id}-${current}`}
          aria-label="Search or run a command"
          placeholder="Search or run a command"
          className="h-full flex-1 bg-transparent text-14 text-fg placeholder:text-fg-3 focus-visible:shadow-none"
          value={text}
          onChange={event => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {items.length === 0 ? (
        <p className="px-4 py-6 text-center text-12 text-fg-2">Nothing has these words.</p>
      ) : (
        <div ref={list} id={`${id}-list`} role="listbox" aria-label="Commands" className="max-h-80 overflow-auto p-2">
          {items.map((item, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus; aria-activedescendant names the option
            // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field chooses it
            <div
              key={item.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === current}
              onClick={() => choose(item)}
              onMouseMove={() => setActive(index)}
              className="flex h-8 items-center gap-3 rounded-2 px-2 text-13 aria-selected:bg-active"
            >
              <span className="truncate">{item.label}</span>
              <span className="flex-1 truncate text-12 text-fg-3">{item.detail}</span>
              {item.kbd !== undefined && <Kbd>{item.kbd}</Kbd>}
            </div>
          ))}
        </div>
      )}
    </>
  );
}

const themes: readonly [Theme, string][] = [
  ['system', 'as the system'],
  ['light', 'light'],
  ['dark', 'dark'],
  ['contrast', 'high contrast'],
];

function useItems(onKeys: () => void): PaletteItem[] {
  const navigate = useNavigate();
  const runs = useAnswer('run.list', {}).data?.items ?? [];
  return [
    { id: 'new', label: 'New run', detail: 'from a manifest', kbd: 'N', act: () => void navigate({ to: '/runs/new' }) },
    ...places.map(({ label, to }) => ({ id: to, label, detail: 'Screen', act: () => void navigate({ to }) })),
    {
      id: 'save',
      label: 'Save the bundle',
      detail: 'of the run that is shown',
      act: () => void window.dispatchEvent(new Event(screenEvents.saveBundle)),
    },
    { id: 'keys', label: 'Keys', detail: 'Help', kbd: '?', act: onKeys },
    ...themes.map(([theme, words]) => ({
      id: `theme-${theme}`,
      label: `Theme: ${words}`,
      detail: '',
      act: () => setTheme(theme),
    })),
    ...runItems(runs, runId => void navigate({ to: '/runs/$runId', params: { runId } })),
  ];
}
