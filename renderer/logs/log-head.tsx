import { ArrowDownToLine, Clock, Copy, Download, TextWrap } from 'lucide-react';
import { type RefObject, useState } from 'react';
import { Button as AriaButton, TooltipTrigger } from 'react-aria-components';
import { Checkbox, IconButton, PaneHead, SearchField, TooltipBubble } from '../ui/index.ts';
import { containerItems, copyItems, saveItems } from './log-actions.ts';
import { type LogFilter, showsContainer, soloContainer, toggleContainer } from './log-filter.ts';
import { ButtonMenu, PointMenu, type PointMenuState } from './log-menu.tsx';
import type { LogContainer, LogModel } from './log-model.ts';
import { figure, type RowRange } from './log-text.ts';

export interface LogHeadProps {
  model: LogModel;
  filter: LogFilter;
  onFilter: (filter: LogFilter) => void;
  typed: string;
  problem: string | null;
  onType: (text: string) => void;
  inputRef: RefObject<HTMLInputElement | null>;
  /** Alias of the vertex that is selected in the graph. */
  selectedVertex: string | null;
  chosen: RowRange | null;
  isFollowing: boolean;
  hasTime: boolean;
  isWrapped: boolean;
  onFollow: () => void;
  onTime: () => void;
  onWrap: () => void;
}

/** What is shown of the logs, and how. */
export function LogHead(props: LogHeadProps) {
  const { model, filter, onFilter } = props;
  const [menu, setMenu] = useState<PointMenuState | null>(null);
  const stderr = model.containers.reduce((sum, each) => sum + each.stderr, 0);
  return (
    <PaneHead title="Logs">
      <fieldset aria-label="Containers" className="flex min-w-0 gap-1 overflow-x-auto p-1 -m-1">
        {model.containers.map(container => (
          <ContainerButton
            key={container.id}
            container={container}
            filter={filter}
            isSelected={container.alias === props.selectedVertex}
            onPress={isAlt => {
              const all = model.containers.map(({ id }) => id);
              onFilter(isAlt ? soloContainer(filter, container.id) : toggleContainer(filter, container.id, all));
            }}
            onMenu={(x, y) =>
              setMenu({ x, y, label: container.alias, items: containerItems(model, filter, container, onFilter) })
            }
          />
        ))}
      </fieldset>
      <span className="flex w-[152px] min-w-24 flex-[0_1_152px]">
        <SearchField
          value={props.typed}
          onChange={props.onType}
          placeholder="Filter"
          kbd="/"
          size="s"
          invalid={props.problem ?? undefined}
          inputRef={props.inputRef}
        />
      </span>
      {filter.pattern !== null && (
        <span role="status" className="whitespace-nowrap text-12 text-fg-2">
          {model.rows === 0 && !model.isScanning ? 'No match' : figure(model.rows)}
          {model.isScanning && '…'}
          <span className="sr-only"> lines match</span>
        </span>
      )}
      <Checkbox isSelected={filter.stdout} onChange={stdout => onFilter({ ...filter, stdout })}>
        stdout
      </Checkbox>
      <Checkbox isSelected={filter.stderr} onChange={isOn => onFilter({ ...filter, stderr: isOn })}>
        stderr {stderr > 0 && <span className="text-fg-3">{figure(stderr)}</span>}
      </Checkbox>
      <span className="flex-1" />
      <span className="flex flex-none">
        <IconButton icon={ArrowDownToLine} label="Follow" kbd="F" isOn={props.isFollowing} onPress={props.onFollow} />
        <IconButton icon={Clock} label="Timestamps" kbd="T" isOn={props.hasTime} onPress={props.onTime} />
        <IconButton icon={TextWrap} label="Wrap" kbd="W" isOn={props.isWrapped} onPress={props.onWrap} />
        <ButtonMenu icon={Copy} label="Copy" items={copyItems(model, props.chosen)} />
        <ButtonMenu icon={Download} label="Download raw" items={saveItems(model)} />
      </span>
      <PointMenu menu={menu} onClose={() => setMenu(null)} />
    </PaneHead>
  );
}

function ContainerButton(props: {
  container: LogContainer;
  filter: LogFilter;
  isSelected: boolean;
  onPress: (isAlt: boolean) => void;
  onMenu: (x: number, y: number) => void;
}) {
  const { container, filter, isSelected, onPress, onMenu } = props;
  const isShown = showsContainer(filter, container.id);
  const isSolo = filter.solo === container.id;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside is what has the focus and the menu key
    <span
      className="flex flex-none"
      onContextMenu={event => {
        event.preventDefault();
        const box = event.currentTarget.getBoundingClientRect();
        onMenu(box.left, box.bottom + 4);
      }}
    >
      <TooltipTrigger delay={400} closeDelay={0}>
        <AriaButton
          aria-pressed={isShown}
          onPress={({ altKey }) => onPress(altKey)}
          className={`inline-flex h-6 flex-none items-center gap-1.5 whitespace-nowrap rounded-2 border px-2 font-medium text-12 ${isSelected ? 'border-accent-line' : 'border-line-strong'} ${isShown ? 'bg-active text-fg' : 'bg-raised text-fg-3 line-through hover:bg-hover'}`}
        >
          {container.alias}
          <span className={`font-normal ${isShown ? 'text-fg-2' : ''}`}>
            {figure(container.lines)}
            <span className="sr-only"> lines</span>
          </span>
          {isSolo && <span className="font-normal text-fg-2">only</span>}
        </AriaButton>
        <TooltipBubble text={isSolo ? 'Shown alone' : isShown ? 'Mute; alone with Alt' : 'Show; alone with Alt'} />
      </TooltipTrigger>
    </span>
  );
}
