import { FolderOpen, Undo2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RunFixture } from '../../shared/contract/index.ts';
import { bridge } from '../host/host.ts';
import { Button, bytes, Digest, StatusMark, TextField } from '../ui/index.ts';
import { FixtureThumb } from './fixture-thumb.tsx';
import { FreezingLine } from './freezing-line.tsx';
import type { AddedFixture, FrozenFile } from './run-form.ts';
import { useFileDrop } from './use-file-drop.ts';
import type { Freezing } from './use-freezing.ts';

/** What a row can ask for while files are being frozen. */
export interface FreezingActs {
  onCancel(key: number): void;
  onRetry(item: Freezing): void;
  onDismiss(key: number): void;
}

/** A fixture of the manifest. It is a drop target: a file dropped on it stands in for it. */
export function FixtureRow(props: {
  fixture: RunFixture;
  replaced: FrozenFile | undefined;
  freezing: readonly Freezing[];
  acts: FreezingActs;
  onReplace(path: string): void;
  onRestore(): void;
}) {
  const { fixture, replaced } = props;
  const { isOver, target } = useFileDrop(([path]) => path !== undefined && props.onReplace(path));
  const browse = async () => {
    const path = await bridge.choose('fixture');
    if (path !== null) props.onReplace(path);
  };
  return (
    <tbody {...target} className={isOver ? 'bg-accent-bg' : ''}>
      <tr className="h-11 border-line border-b">
        <FileCells
          name={fixture.name}
          source={replaced === undefined ? (fixture.source ?? fixture.file_id ?? '') : `${replaced.name} stands in`}
          file={replaced ?? fixture}
          isFrozen={replaced !== undefined}
        />
        <td className="px-2 pr-4 text-right whitespace-nowrap">
          {replaced !== undefined && (
            <Button
              size="s"
              variant="ghost"
              icon={Undo2}
              onPress={props.onRestore}
              aria-label={`Restore ${fixture.name}`}
            >
              Restore
            </Button>
          )}
          <Button size="s" icon={FolderOpen} onPress={() => void browse()} aria-label={`Replace ${fixture.name}`}>
            Replace
          </Button>
        </td>
      </tr>
      <FreezingRows items={props.freezing} acts={props.acts} />
    </tbody>
  );
}

/** A fixture that the manifest does not have. What its output should mean is asked for. */
export function AddedRow(props: {
  added: AddedFixture;
  isMeaningAsked: boolean;
  onMeaning(meaning: string): void;
  onRemove(): void;
}) {
  const { name, file, meaning } = props.added;
  return (
    <tbody>
      <tr className="h-11">
        <FileCells name={name} source={`${file.name}, added for this run`} file={file} isFrozen />
        <td className="px-2 pr-4 text-right">
          <Button size="s" variant="ghost" icon={X} onPress={props.onRemove} aria-label={`Remove ${name}`}>
            Remove
          </Button>
        </td>
      </tr>
      <tr className="border-line border-b">
        <td colSpan={6} className="px-4 pb-3">
          <TextField
            label="What should the output mean?"
            value={meaning}
            onChange={props.onMeaning}
            isRequired
            description="In words. It is shown beside the output, for a person to judge."
            {...(props.isMeaningAsked && meaning.trim() === ''
              ? { error: 'Shape alone is no proof: say it in words.' }
              : {})}
          />
        </td>
      </tr>
    </tbody>
  );
}

/** Files on their way, across all columns. */
export function FreezingRows({ items, acts }: { items: readonly Freezing[]; acts: FreezingActs }) {
  return items.map(item => (
    <tr key={item.key} className="border-line border-b">
      <td colSpan={6} className="px-4 py-2">
        <FreezingLine
          item={item}
          onCancel={() => acts.onCancel(item.key)}
          onRetry={() => acts.onRetry(item)}
          onDismiss={() => acts.onDismiss(item.key)}
        />
      </td>
    </tr>
  ));
}

function FileCells(props: {
  name: string;
  source: string;
  file: { sha256: string | null; bytes: number | null; media_type: string | null };
  isFrozen: boolean;
}) {
  const { file } = props;
  return (
    <>
      <td className="w-14 py-1 pr-0 pl-4">
        <FixtureThumb file={file} />
      </td>
      <td className="min-w-0 px-2">
        <div className="truncate font-medium">{props.name}</div>
        <div className="truncate text-11 text-fg-2" title={props.source}>
          {props.source}
        </div>
      </td>
      <Cell>{file.media_type}</Cell>
      <td className="px-2 text-right text-fg-2">{file.bytes === null ? 'unknown' : bytes(file.bytes)}</td>
      <td className="px-2">
        {file.sha256 === null ? (
          <span className="text-fg-3">when it runs</span>
        ) : (
          <span className="inline-flex items-center gap-1.5">
            {props.isFrozen && <StatusMark status="pass" size={12} />}
            <Digest value={file.sha256} />
          </span>
        )}
      </td>
    </>
  );
}

function Cell({ children }: { children: ReactNode }) {
  return <td className="truncate px-2 text-fg-2">{children ?? 'by its content'}</td>;
}
