import { describe, expect, it, vi } from 'vitest';
import { LogModel } from '../../../../renderer/logs/log-model.ts';
import { aModel, shown, utf8 } from './lines.ts';

function twoContainers() {
  const made = aModel();
  made.model.addContainer('a', 'in');
  made.model.addContainer('b', 'cut');
  return made;
}

describe('lines are byte for byte what a container wrote', () => {
  it('also where a character was cut in two by the chunks', () => {
    const { model } = twoContainers();
    const bytes = utf8('grüße 🐕\n');
    for (const [i, byte] of bytes.entries()) model.append('a', 'stdout', 10 + i, Uint8Array.of(byte));
    expect(shown(model)).toEqual(['in grüße 🐕']);
    expect(model.bytes(0)).toEqual(bytes.subarray(0, -1));
    expect(model.atMs(0)).toBe(10);
  });
  it('with their carriage returns', () => {
    const { model } = twoContainers();
    model.append('a', 'stdout', 1, utf8('one\r\ntwo\r'));
    model.append('a', 'stdout', 2, utf8('\n\nfour\r\n'));
    expect(shown(model)).toEqual(['in one\r', 'in two\r', 'in ', 'in four\r']);
  });
  it('and a last line without an end goes on with the next chunk', () => {
    const { model } = twoContainers();
    model.append('a', 'stdout', 1, utf8('Loading'));
    model.append('a', 'stderr', 2, utf8('warning\n'));
    expect(shown(model)).toEqual(['in Loading', 'in warning']);
    expect(model.isOpen(0)).toBe(true);
    model.append('a', 'stdout', 3, utf8(' done\nnext'));
    expect(shown(model)).toEqual(['in Loading done', 'in warning', 'in next']);
    expect(model.isOpen(0)).toBe(false);
    expect(model.containers[0]).toMatchObject({ lines: 3, stderr: 1, stderrAtMs: [2] });
  });
  it('and bytes that are no text are replaced only to be seen', () => {
    const { model } = twoContainers();
    model.append('a', 'stdout', 1, Uint8Array.of(0x61, 0xff, 0x00, 0x62, 0x0a));
    expect(model.text(0)).toBe('a\ufffd\0b');
    expect([...model.bytes(0)]).toEqual([0x61, 0xff, 0x00, 0x62]);
  });
  it('a line that is very long is cut in view and whole in memory', () => {
    const { model } = twoContainers();
    model.append('a', 'stdout', 1, utf8(`${'é'.repeat(100_000)}`));
    model.append('a', 'stdout', 1, utf8('!\n'));
    expect(model.isLong(0)).toBe(true);
    expect(model.text(0, 10_000)).toBe('é'.repeat(10_000));
    expect(model.text(0)).toBe(`${'é'.repeat(100_000)}!`);
  });
  it('and past the limit they are counted, not held', () => {
    const { model } = aModel({ limits: { maxLines: 2, maxBytes: 1000 } });
    model.addContainer('a', 'in');
    model.append('a', 'stdout', 1, utf8('1\n2'));
    model.append('a', 'stdout', 2, utf8(' two\n3'));
    model.append('a', 'stdout', 3, utf8(' three\n4\n'));
    expect(shown(model)).toEqual(['in 1', 'in 2 two']);
    expect(model.isFull).toBe(true);
    expect(model.notHeld).toBe(2);
  });
});

describe('containers are merged by time', () => {
  it('also when one is read long after the others', () => {
    const { model } = twoContainers();
    model.append('b', 'stdout', 20, utf8('b20\nb20 too\n'));
    model.append('b', 'stdout', 40, utf8('b40\n'));
    expect(shown(model)).toHaveLength(3);
    model.append('a', 'stdout', 10, utf8('a10\n'));
    model.append('a', 'stdout', 20, utf8('a20\n'));
    model.append('b', 'stdout', 50, utf8('b50\n'));
    model.append('a', 'stderr', 30, utf8('a30\n'));
    const all = ['in a10', 'in a20', 'cut b20', 'cut b20 too', 'in a30', 'cut b40', 'cut b50'];
    expect(shown(model)).toEqual(all);
    expect(model.rowsUntil(9)).toBe(0);
    expect(model.rowsUntil(20)).toBe(4);
    expect(model.rowOf(model.lineAt(5) as number)).toBe(5);
  });
  it('and a clock that was set back leaves the order of what a container wrote', () => {
    const { model } = twoContainers();
    model.append('a', 'stdout', 20, utf8('first\n'));
    model.append('a', 'stderr', 10, utf8('second\n'));
    expect(shown(model)).toEqual(['in first', 'in second']);
  });
  it('with 100,000 lines, in chunks that end anywhere', () => {
    const { model } = twoContainers();
    const text = Array.from({ length: 50_000 }, (_, i) => `line ${i} of it`).join('\n');
    for (const container of ['a', 'b']) {
      const bytes = utf8(text);
      let at = 0;
      for (let from = 0; from < bytes.length; from += 997) {
        model.append(container, 'stdout', at++, bytes.subarray(from, from + 997));
        if (from % 89_730 === 0) model.flush();
      }
    }
    model.filter = { ...model.filter, solo: 'b' };
    expect(shown(model).join('\n')).toBe(text.replaceAll(/^/gm, 'cut '));
    model.filter = { ...model.filter, solo: null };
    model.flush();
    expect(model.rows).toBe(100_000);
    let last = 0;
    for (let row = 0; row < model.rows; row++) {
      const atMs = model.atMs(model.lineAt(row) as number);
      expect(atMs >= last).toBe(true);
      last = atMs;
    }
  });
});

describe('the filter', () => {
  it('shows lines of some containers and streams', () => {
    const { model } = twoContainers();
    model.append('a', 'stdout', 1, utf8('1\n'));
    model.append('a', 'stderr', 2, utf8('2\n'));
    model.append('b', 'stdout', 3, utf8('3\n'));
    model.filter = { ...model.filter, muted: new Set(['a']) };
    expect(shown(model)).toEqual(['cut 3']);
    model.filter = { ...model.filter, muted: new Set(), stdout: false };
    expect(shown(model)).toEqual(['in 2']);
    model.filter = { ...model.filter, stdout: true, solo: 'a' };
    expect(shown(model)).toEqual(['in 1', 'in 2']);
    expect(model.total).toBe(3);
  });
  it('tests new lines, late lines and lines that go on', () => {
    const { model } = twoContainers();
    model.filter = { ...model.filter, pattern: /done$/ };
    model.append('a', 'stdout', 10, utf8('not\nis done\r\ndo'));
    expect(shown(model)).toEqual(['in is done\r']);
    model.append('b', 'stdout', 5, utf8('early done\nearly\n'));
    expect(shown(model)).toEqual(['cut early done', 'in is done\r']);
    model.append('a', 'stdout', 11, utf8('ne'));
    expect(shown(model)).toEqual(['cut early done', 'in is done\r', 'in done']);
    model.append('a', 'stdout', 12, utf8(' not\nall done\n'));
    expect(shown(model)).toEqual(['cut early done', 'in is done\r', 'in all done']);
  });
  it('looks at what is seen: colours are not in the way', () => {
    const { model } = twoContainers();
    model.append('a', 'stdout', 1, utf8('\x1b[31mer\x1b[1mror\x1b[0m\n'));
    model.filter = { ...model.filter, pattern: /^error$/ };
    expect(shown(model)).toHaveLength(1);
  });
  it('tests the first 10,000 characters of a line', () => {
    const { model } = twoContainers();
    model.append('a', 'stdout', 1, utf8(`${'x'.repeat(10_000)}needle\n${'x'.repeat(9_994)}needle\n`));
    model.filter = { ...model.filter, pattern: /needle/ };
    expect(shown(model)).toHaveLength(1);
  });
  it('works in slices, and shows what it has found so far', () => {
    let time = 0;
    const { model, frame } = aModel({ now: () => time++ });
    model.addContainer('a', 'in');
    model.append('a', 'stdout', 1, utf8('yes\n'.repeat(1000)));
    frame();
    model.filter = { ...model.filter, pattern: /yes/ };
    frame();
    expect(model.isScanning).toBe(true);
    expect(model.rows).toBeGreaterThan(0);
    expect(model.rows).toBeLessThan(1000);
    while (model.isScanning) expect(frame()).toBe(1);
    expect(model.rows).toBe(1000);
    expect(frame()).toBe(0);
  });
});

it('tells of what came once a frame', () => {
  const { model, frame } = twoContainers();
  frame();
  let told = 0;
  const off = model.subscribe(() => told++);
  const before = model.version;
  for (let i = 0; i < 100; i++) model.append('a', 'stdout', i, utf8(`${i}\n`));
  expect(told).toBe(0);
  expect(frame()).toBe(1);
  expect([told, model.version, model.rows]).toEqual([1, before + 1, 100]);
  expect(frame()).toBe(0);
  off();
  model.append('a', 'stdout', 101, utf8('!\n'));
  frame();
  expect(told).toBe(1);
});

it('lines that come fast are drawn at the pace of a reader, and all of them at the end', () => {
  vi.useFakeTimers();
  let drawn = 0;
  const model = new LogModel({ paceMs: 100, now: () => Date.now(), frame: callback => void setTimeout(callback, 16) });
  model.subscribe(() => drawn++);
  model.addContainer('ctr_1', 'cut');
  for (let line = 0; line < 100; line++) {
    model.append('ctr_1', 'stdout', line, utf8(`line ${line}\n`));
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(500);
  expect(drawn).toBeLessThan(15);
  expect(model.rows).toBe(100);
  vi.useRealTimers();
});
