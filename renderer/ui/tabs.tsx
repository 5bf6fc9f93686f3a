import { type KeyboardEvent, useRef } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { type Status, StatusMark } from './status.tsx';
import { type TabItem, tabAfter } from './tab-keys.ts';
import { Tooltip } from './tooltip.tsx';

/** The strip of tabs alone, as high as a pane's head. The caller shows the panel: `role=tabpanel`, id `<item id>-panel`. */
export function Tabs(props: {
  items: readonly TabItem[];
  selected: string;
  onSelect: (id: string) => void;
  label: string;
}) {
  const { items, selected, onSelect, label } = props;
  const strip = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const next = tabAfter(event.key, items, selected);
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next);
    strip.current?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    <div
      ref={strip}
      role="tablist"
      aria-label={label}
      className="flex gap-4 self-stretch"
      onKeyDown={move}
      tabIndex={-1}
    >
      {items.map(item => {
        const isOn = item.id === selected;
        const isOff = item.disabledReason !== undefined;
        const tab = (
          <button
            key={item.id}
            type="button"
            role="tab"
            data-tab={item.id}
            aria-selected={isOn}
            aria-disabled={isOff || undefined}
            aria-controls={isOn ? `${item.id}-panel` : undefined}
            tabIndex={isOn || isOff ? 0 : -1}
            onClick={() => {
              if (!isOff) onSelect(item.id);
            }}
            className={`-mb-px inline-flex items-center gap-1.5 border-transparent border-y-2 font-medium text-12 ${isOff ? 'text-fg-3' : isOn ? 'border-b-accent text-fg' : 'text-fg-2 hover:text-fg'}`}
          >
            {item.label}
            {item.count !== undefined && <span className="font-normal text-11 text-fg-3">{item.count}</span>}
          </button>
        );
        return item.disabledReason === undefined ? (
          tab
        ) : (
          <Tooltip key={item.id} text={item.disabledReason}>
            {tab}
          </Tooltip>
        );
      })}
    </div>
  );
}

export interface SegmentItem {
  id: string;
  label: string;
  count?: number;
  status?: Status;
}

/** The chosen one is raised: by its ground in dark, by the page's ground in light. Without a shadow when the focus ring is there. */
const on = [
  'data-[selected]:bg-pane data-[selected]:text-fg',
  'data-[selected]:not-data-[focus-visible]:shadow-1 data-[selected]:not-data-[focus-visible]:ring-1 data-[selected]:ring-line-strong',
  '[[data-theme=dark]_&]:data-[selected]:bg-active',
  '[@media(prefers-color-scheme:dark)]:[:root:not([data-theme])_&]:data-[selected]:bg-active',
].join(' ');

/** One of a few, side by side; arrows move. */
export function Segmented(props: {
  items: readonly SegmentItem[];
  selected: string;
  onSelect: (id: string) => void;
  label: string;
}) {
  const { items, selected, onSelect, label } = props;
  return (
    <RadioGroup
      aria-label={label}
      value={selected}
      onChange={onSelect}
      orientation="horizontal"
      className="inline-flex w-fit gap-0.5 rounded-2 bg-hover p-0.5"
    >
      {items.map(item => (
        <Radio
          key={item.id}
          value={item.id}
          className={`inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-1 px-2 font-medium text-12 text-fg-2 hover:text-fg ${on}`}
        >
          {item.status !== undefined && <StatusMark status={item.status} size={12} />}
          {item.label}
          {item.count !== undefined && <span className="font-normal text-fg-3">{item.count}</span>}
        </Radio>
      ))}
    </RadioGroup>
  );
}
