import { type KeyboardEvent, useRef } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { type Status, StatusMark } from './status.tsx';
import { Tooltip } from './tooltip.tsx';

export interface TabItem {
  id: string;
  label: string;
  count?: number;
  /** Kept, greyed, and says why. */
  disabledReason?: string | undefined;
}

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
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const usable = items.filter(item => item.disabledReason === undefined);
    const next = usable[(usable.findIndex(({ id }) => id === selected) + step + usable.length) % usable.length];
    if (next === undefined) return;
    onSelect(next.id);
    strip.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
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
          className="inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-1 px-2 font-medium text-12 text-fg-2 hover:text-fg data-[selected]:bg-pane data-[selected]:text-fg data-[selected]:shadow-1 data-[selected]:ring-1 data-[selected]:ring-line-strong"
        >
          {item.status !== undefined && <StatusMark status={item.status} />}
          {item.label}
          {item.count !== undefined && <span className="font-normal text-fg-2">{item.count}</span>}
        </Radio>
      ))}
    </RadioGroup>
  );
}
