import { describe, expect, it } from 'vitest';
import { bindingOf, isMeant, type Press } from '../../../../renderer/ui/key-binding.ts';
import { rowAfter } from '../../../../renderer/ui/list-keys.ts';
import { type TabItem, tabAfter } from '../../../../renderer/ui/tab-keys.ts';

function press(held: Partial<Omit<Press, 'getModifierState'>> & { altGraph?: boolean } = {}): Press {
  const { altGraph = false, ...rest } = held;
  return {
    ctrlKey: false,
    altKey: false,
    repeat: false,
    isComposing: false,
    getModifierState: name => name === 'AltGraph' && altGraph,
    ...rest,
  };
}

describe('A key does what it says on any keyboard', () => {
  it('a sign may need Shift, as ? does', () => {
    expect(bindingOf('?')).toBe('[Shift]+[Control]+[Alt]+?');
    expect(isMeant('?', press())).toBe(true);
  });

  it('a sign may need AltGr, as [ does on a German keyboard', () => {
    expect(isMeant('[', press({ altGraph: true, ctrlKey: true, altKey: true }))).toBe(true);
  });

  it('a sign with Control or Alt is another command', () => {
    expect(isMeant('[', press({ ctrlKey: true }))).toBe(false);
    expect(isMeant('/', press({ altKey: true }))).toBe(false);
  });

  it('letters and commands are bound as they are', () => {
    expect(bindingOf('j')).toBe('j');
    expect(bindingOf('$mod+k')).toBe('$mod+k');
    expect(bindingOf('Escape')).toBe('Escape');
  });

  it('held keys go on moving, and do not stop a run twice', () => {
    expect(isMeant('j', press({ repeat: true }))).toBe(true);
    expect(isMeant(']', press({ repeat: true }))).toBe(true);
    expect(isMeant('.', press({ repeat: true }))).toBe(false);
  });

  it('nothing happens while a letter is composed', () =>
    expect(isMeant('n', press({ isComposing: true }))).toBe(false));
});

describe('In a list of 100,000 rows', () => {
  const at = (active: number) => ({ active, count: 100_000, page: 20 });

  it('arrows, J and K go to the next row and the one before', () => {
    expect(rowAfter('ArrowDown', at(4))).toBe(5);
    expect(rowAfter('j', at(4))).toBe(5);
    expect(rowAfter('J', at(4))).toBe(5);
    expect(rowAfter('ArrowUp', at(4))).toBe(3);
    expect(rowAfter('k', at(4))).toBe(3);
  });

  it('pages and ends are one key away', () => {
    expect(rowAfter('PageDown', at(4))).toBe(24);
    expect(rowAfter('PageUp', at(40))).toBe(20);
    expect(rowAfter('Home', at(4))).toBe(0);
    expect(rowAfter('End', at(4))).toBe(99_999);
  });

  it('the ends hold', () => {
    expect(rowAfter('k', at(0))).toBe(0);
    expect(rowAfter('PageUp', at(3))).toBe(0);
    expect(rowAfter('j', at(99_999))).toBe(99_999);
    expect(rowAfter('PageDown', at(99_990))).toBe(99_999);
  });

  it('the first move goes to the first row', () => {
    expect(rowAfter('j', at(-1))).toBe(0);
    expect(rowAfter('k', at(-1))).toBe(0);
  });

  it('Enter chooses the active row, if there is one', () => {
    expect(rowAfter('Enter', at(7))).toBe(7);
    expect(rowAfter('Enter', at(-1))).toBeUndefined();
  });

  it('other keys are left to others, and an empty list hears none', () => {
    expect(rowAfter('f', at(4))).toBeUndefined();
    expect(rowAfter('End', { active: -1, count: 0, page: 20 })).toBeUndefined();
  });

  it('a pane too low for one row still turns pages', () =>
    expect(rowAfter('PageDown', { active: 1, count: 9, page: 0 })).toBe(2));
});

describe('In a strip of tabs', () => {
  const tabs: TabItem[] = [
    { id: 'json', label: 'JSON' },
    { id: 'image', label: 'Image', disabledReason: 'There is no picture.' },
    { id: 'files', label: 'Files' },
  ];

  it('arrows pass over what is off, and go round', () => {
    expect(tabAfter('ArrowRight', tabs, 'json')).toBe('files');
    expect(tabAfter('ArrowRight', tabs, 'files')).toBe('json');
    expect(tabAfter('ArrowLeft', tabs, 'json')).toBe('files');
  });

  it('Home and End go to the ends', () => {
    expect(tabAfter('Home', tabs, 'files')).toBe('json');
    expect(tabAfter('End', tabs, 'json')).toBe('files');
  });

  it('other keys go nowhere, nor does any when all are off', () => {
    expect(tabAfter('Enter', tabs, 'json')).toBeUndefined();
    expect(tabAfter('ArrowRight', [], 'json')).toBeUndefined();
  });
});
