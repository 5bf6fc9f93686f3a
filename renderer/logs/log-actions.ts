import { bridge, host } from '../host/host.ts';
import { bytes, toast, toastError } from '../ui/index.ts';
import type { LogFilter } from './log-filter.ts';
import { showContainers, showsContainer, soloContainer, toggleContainer } from './log-filter.ts';
import type { LogMenuItem } from './log-menu.tsx';
import type { LogContainer, LogModel, LogStream } from './log-model.ts';
import { commandFor, figure, lineCount, type RowRange, textOf } from './log-text.ts';

/** What may be copied: the line or range that is chosen, all that is shown, and each container's command. */
export function copyItems(model: LogModel, chosen: RowRange | null): LogMenuItem[] {
  const items: LogMenuItem[] = [];
  const copyRows = (range: RowRange) => () => copy(textOf(model, range), lineCount(range.to - range.from + 1));
  if (chosen !== null) {
    const count = chosen.to - chosen.from + 1;
    const label = count === 1 ? 'Copy the line' : `Copy ${figure(count)} lines`;
    items.push({ id: 'chosen', label, onAction: copyRows(chosen) });
  }
  if (model.rows > 0) {
    const label = `Copy ${model.rows === 1 ? 'the line' : `all ${figure(model.rows)} lines`} shown`;
    items.push({ id: 'shown', label, onAction: copyRows({ from: 0, to: model.rows - 1 }) });
  }
  return [...items, ...model.containers.map(commandItem)];
}

/** What a context menu on a line offers. */
export function lineItems(model: LogModel, chosen: RowRange, goTo: () => void): LogMenuItem[] {
  const line = model.lineAt(chosen.to);
  const ofContainer = line === undefined ? [] : [commandItem(model.container(line))];
  const copies = copyItems(model, chosen).filter(({ id }) => id === 'chosen');
  return [...copies, ...ofContainer, { id: 'go', label: 'Move the playhead here', onAction: goTo }];
}

/** What a context menu on a container's button offers. */
export function containerItems(
  model: LogModel,
  filter: LogFilter,
  container: LogContainer,
  onFilter: (filter: LogFilter) => void,
): LogMenuItem[] {
  const all = model.containers.map(({ id }) => id);
  const { id, alias } = container;
  const isSolo = filter.solo === id;
  const isShown = showsContainer(filter, id);
  return [
    {
      id: 'solo',
      label: isSolo ? 'Show the others again' : `Show only ${alias}`,
      onAction: () => onFilter(soloContainer(filter, id)),
    },
    ...(isSolo
      ? []
      : [
          {
            id: 'mute',
            label: isShown ? `Mute ${alias}` : `Show ${alias}`,
            onAction: () => onFilter(toggleContainer(filter, id, all)),
          },
        ]),
    { id: 'all', label: 'Show all', onAction: () => onFilter(showContainers(filter)) },
    commandItem(container),
  ];
}

/** The raw logs, each as a file. */
export function saveItems(model: LogModel): LogMenuItem[] {
  return model.containers.flatMap(container => {
    const { id, alias, lines, stderr } = container;
    if (lines === 0) return [];
    const item = (label: string, stream?: LogStream): LogMenuItem => ({
      id: `${id} ${stream ?? 'both'}`,
      label,
      onAction: () => void saveLog(container, stream),
    });
    if (stderr === 0) return [item(`Save stdout of ${alias}`, 'stdout')];
    if (stderr === lines) return [item(`Save stderr of ${alias}`, 'stderr')];
    return [
      item(`Save both streams of ${alias}`),
      item(`Save stdout of ${alias}`, 'stdout'),
      item(`Save stderr of ${alias}`, 'stderr'),
    ];
  });
}

function commandItem({ id, alias }: LogContainer): LogMenuItem {
  return {
    id: `command ${id}`,
    label: `Copy the command for ${alias}`,
    onAction: () => copy(commandFor(id), 'the command'),
  };
}

function copy(text: string, what: string): void {
  bridge.copy(text);
  toast({ kind: 'done', title: `Copied ${what}` });
}

async function saveLog({ id, alias }: LogContainer, stream?: LogStream): Promise<void> {
  try {
    const to = await bridge.saveAs(stream === undefined ? `${alias}.log` : `${alias}-${stream}.log`);
    if (to === null) return;
    const which = stream === undefined ? {} : { stream };
    // The system's dialog has asked before it named a file that is there.
    const saved = await host.call('container.save_log', { container: id, to, overwrite: true, ...which });
    toast({
      kind: 'done',
      title: `Saved ${bytes(saved.bytes)}`,
      detail: saved.path,
      action: { label: 'Show in folder', onPress: () => bridge.showInFolder(saved.path) },
    });
  } catch (thrown) {
    toastError(thrown);
  }
}
