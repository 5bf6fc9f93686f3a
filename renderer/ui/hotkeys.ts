import { useEffect, useRef } from 'react';
import { type KeybindingsMap, tinykeys } from 'tinykeys';
import { bindingOf, isMeant } from './key-binding.ts';

/** Keys by their tinykeys names (`j`, `?`, `$mod+k`) and what they do. */
export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

/** Binds keys to the window while the component is there. Letters are not heard while somebody types, nor behind a dialog. */
export function useHotkeys(keys: Hotkeys, options: { when?: boolean } = {}): void {
  const latest = useRef(keys);
  latest.current = keys;
  const names = Object.keys(keys).join('\n');
  const { when = true } = options;
  useEffect(() => {
    if (!when) return;
    const bindings: KeybindingsMap = {};
    for (const name of names.split('\n')) {
      bindings[bindingOf(name)] = event => {
        if (event.defaultPrevented || !isMeant(name, event) || (!name.includes('$mod') && isTaken(event))) return;
        event.preventDefault();
        latest.current[name]?.(event);
      };
    }
    // What is ignored is decided above: by itself tinykeys is deaf while a checkbox has the focus or a key is held.
    return tinykeys(window, bindings, { ignore: () => false });
  }, [names, when]);
}

function isTaken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  // Toasts are alert dialogs to readers of the screen, and hold nothing up.
  if (document.querySelector('[role="dialog"]') !== null) return true;
  return target?.closest('input:not([type="checkbox"]):not([type="radio"]),textarea,select,[contenteditable]') != null;
}
