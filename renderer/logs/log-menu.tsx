import type { LucideIcon } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { IconButton } from '../ui/index.ts';

export interface LogMenuItem {
  id: string;
  label: string;
  onAction: () => void;
}

/** A button of an icon that opens a menu. */
export function ButtonMenu({ icon, label, items }: { icon: LucideIcon; label: string; items: readonly LogMenuItem[] }) {
  return (
    <MenuTrigger>
      <IconButton icon={icon} label={label} isDisabled={items.length === 0} />
      <Popover placement="bottom end" className={bubble}>
        <Items label={label} items={items} />
      </Popover>
    </MenuTrigger>
  );
}

/** Where a context menu is open, and what is in it. */
export interface PointMenuState {
  x: number;
  y: number;
  label: string;
  items: readonly LogMenuItem[];
}

/** A context menu at a point of the window; null is closed. The focus goes back to where it was. */
export function PointMenu({ menu, onClose }: { menu: PointMenuState | null; onClose: () => void }) {
  const anchor = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (menu === null) return;
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [menu]);
  return (
    <>
      <span ref={anchor} aria-hidden className="fixed" style={{ left: menu?.x ?? 0, top: menu?.y ?? 0 }} />
      {menu !== null && (
        <Popover
          key={`${menu.x},${menu.y}`}
          triggerRef={anchor}
          isOpen
          onOpenChange={isOpen => !isOpen && onClose()}
          placement="bottom start"
          offset={0}
          className={bubble}
          aria-label={menu.label}
        >
          <Items label={menu.label} items={menu.items} onClose={onClose} />
        </Popover>
      )}
    </>
  );
}

const bubble = 'max-h-80 min-w-44 overflow-auto rounded-2 border border-line-strong bg-raised p-1 shadow-2';

function Items(props: { label: string; items: readonly LogMenuItem[]; onClose?: () => void }) {
  return (
    <Menu
      aria-label={props.label}
      items={props.items}
      autoFocus="first"
      onAction={key => {
        props.onClose?.();
        props.items.find(({ id }) => id === key)?.onAction();
      }}
      className="outline-none"
    >
      {({ id, label }) => (
        <MenuItem
          id={id}
          textValue={label}
          className="flex h-7 items-center rounded-1 px-2 text-12 outline-none data-[focused]:bg-hover"
        >
          {label}
        </MenuItem>
      )}
    </Menu>
  );
}
