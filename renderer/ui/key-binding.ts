/** What of a pressed key decides whether it was meant. */
export type Press = Pick<KeyboardEvent, 'ctrlKey' | 'altKey' | 'repeat' | 'isComposing' | 'getModifierState'>;

/** Keys that go on while they are held; the others act once. */
const moves = new Set(['j', 'k', '[', ']']);

/** The binding of a key for tinykeys. A sign such as `?` or `[` is itself, whatever a keyboard needs to write it: Shift, AltGr or nothing. */
export function bindingOf(name: string): string {
  return isSign(name) ? `[Shift]+[Control]+[Alt]+${name}` : name;
}

/** Whether somebody who pressed this wanted what the key `name` does. */
export function isMeant(name: string, press: Press): boolean {
  if (press.isComposing || (press.repeat && !moves.has(name))) return false;
  // AltGr writes a sign and is reported as Control and Alt by some systems; those two by themselves are another command.
  return !isSign(name) || press.getModifierState('AltGraph') || !(press.ctrlKey || press.altKey);
}

function isSign(name: string): boolean {
  return /^[^\w\s]$/.test(name);
}
