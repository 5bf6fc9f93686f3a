import { Check, Package } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { Button } from '../ui/index.ts';

const anyUnit = '*';

/** Chooses one unit under test, or any. */
export function UnitMenu(props: {
  units: readonly string[];
  selected: string | null;
  onSelect(unit: string | null): void;
}) {
  const items = [{ id: anyUnit, label: 'Any unit' }, ...props.units.map(unit => ({ id: `=${unit}`, label: unit }))];
  const selected = props.selected === null ? anyUnit : `=${props.selected}`;
  return (
    <MenuTrigger>
      <Button variant="ghost" icon={Package} isOn={props.selected !== null}>
        {props.selected ?? 'Any unit'}
      </Button>
      <Popover
        placement="bottom end"
        className="max-h-80 min-w-44 overflow-auto rounded-2 border border-line-strong bg-raised p-1 shadow-2"
      >
        <Menu
          aria-label="Unit under test"
          items={items}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[selected]}
          onAction={key => props.onSelect(key === anyUnit ? null : String(key).slice(1))}
          className="outline-none"
        >
          {({ id, label }) => (
            <MenuItem
              id={id}
              textValue={label}
              className="flex h-7 items-center gap-2 rounded-1 px-2 text-12 outline-none data-[focused]:bg-hover"
            >
              {({ isSelected }) => (
                <>
                  <span className="flex-1 truncate">{label}</span>
                  {isSelected && <Check size={14} strokeWidth={2.1} aria-hidden />}
                </>
              )}
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
