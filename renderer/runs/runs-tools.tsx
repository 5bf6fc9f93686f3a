import { ArrowDown, ArrowUp } from 'lucide-react';
import type { RefObject } from 'react';
import { Button, SearchField, Segmented } from '../ui/index.ts';
import type { RunFilter, Segment } from './run-filter.ts';
import { UnitMenu } from './unit-menu.tsx';

/** What narrows the table down, and its order. */
export function RunsTools(props: {
  filter: RunFilter;
  counts: Record<Segment, number>;
  units: readonly string[];
  inputRef: RefObject<HTMLInputElement | null>;
  onChange(filter: RunFilter): void;
}) {
  const { filter, counts, onChange } = props;
  return (
    <div className="flex min-h-10 flex-none flex-wrap items-start gap-2 border-line border-b px-4 pb-3">
      <div className="w-66">
        <SearchField
          value={filter.text}
          onChange={text => onChange({ ...filter, text })}
          placeholder="Filter by unit, case, digest"
          kbd="/"
          inputRef={props.inputRef}
        />
      </div>
      <Segmented
        label="Verdict"
        selected={filter.segment}
        onSelect={segment => onChange({ ...filter, segment: segment as Segment })}
        items={[
          { id: 'all', label: 'All', count: counts.all },
          { id: 'live', label: 'Live', count: counts.live, status: 'running' },
          { id: 'pass', label: 'Pass', count: counts.pass, status: 'pass' },
          { id: 'mismatch', label: 'Mismatch', count: counts.mismatch, status: 'mismatch' },
          { id: 'fail', label: 'Fail', count: counts.fail, status: 'fail' },
        ]}
      />
      <span className="flex-1" />
      <UnitMenu units={props.units} selected={filter.unit} onSelect={unit => onChange({ ...filter, unit })} />
      <Button
        variant="ghost"
        icon={filter.newestFirst ? ArrowDown : ArrowUp}
        onPress={() => onChange({ ...filter, newestFirst: !filter.newestFirst })}
      >
        {filter.newestFirst ? 'Newest first' : 'Oldest first'}
      </Button>
    </div>
  );
}
