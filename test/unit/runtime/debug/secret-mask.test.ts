import { describe, expect, it } from 'vitest';
import { SecretMask } from '../../../../electron/runtime/debug/secret-mask.ts';

async function masked(secrets: string[], chunks: string[]): Promise<{ text: string; places: number }> {
  let places = 0;
  const parts: Buffer[] = [];
  const source = chunks.map(chunk => Buffer.from(chunk));
  for await (const part of new SecretMask(secrets).mask(source, () => places++)) parts.push(part);
  return { text: Buffer.concat(parts).toString(), places };
}

const cuts = (text: string) => Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);

describe('what is secret in a stream', () => {
  it('is masked byte by byte, wherever the stream is cut, and counted once', async () => {
    const text = `a hunter2! b${'.'.repeat(300)}hunter2!hunter2!`;
    const expected = { text: `a ******** b${'.'.repeat(300)}${'*'.repeat(16)}`, places: 3 };
    for (const chunks of [...cuts(text), [...text]]) expect(await masked(['hunter2!'], chunks)).toEqual(expected);
  });

  it('is masked where two of them overlap or one lies in the other', async () => {
    for (const chunks of cuts('-abcdef-abcd-'))
      expect(await masked(['abcd', 'cdef', 'bcde'], chunks)).toEqual({ text: '-******-****-', places: 2 });
  });

  it('is masked in the forms that JSON and a URL give it', async () => {
    const secret = 'pa"ss/wörd';
    const told = JSON.stringify({ a: secret, b: JSON.stringify(secret), c: encodeURIComponent(secret) });
    const { text, places } = await masked([secret], [told]);
    expect(places).toBe(3);
    for (const part of ['ss', 'rd']) expect(text).not.toContain(part);
  });

  it('is masked in the forms that Python and others give it', async () => {
    const secret = 'it\'s a "pä/ss wörd~\u{1f511}';
    const told = [
      String.raw`it's a \"p\u00e4/ss w\u00f6rd~\ud83d\udd11`,
      String.raw`it's a \"p\u00E4/ss w\u00F6rd~\uD83D\uDD11`,
      String.raw`it's a \\\"p\\u00e4/ss w\\u00f6rd~\\ud83d\\udd11`,
      String.raw`it's a \\\"pä/ss wörd~🔑`,
      'it%27s%20a%20%22p%C3%A4/ss%20w%C3%B6rd~%F0%9F%94%91',
      'it%27s%20a%20%22p%C3%A4%2Fss%20w%C3%B6rd~%F0%9F%94%91',
      'it%27s%20a%20%22p%c3%a4%2fss%20w%c3%b6rd~%f0%9f%94%91',
      'it%27s+a+%22p%C3%A4%2Fss+w%C3%B6rd~%F0%9F%94%91',
      'it%27s+a+%22p%c3%a4%2fss+w%c3%b6rd~%f0%9f%94%91',
      new URLSearchParams({ a: secret }).toString().slice(2),
    ];
    for (const form of told) {
      const length = Buffer.byteLength(form);
      expect(await masked([secret], [`a=${form}&b`]), form).toEqual({ text: `a=${'*'.repeat(length)}&b`, places: 1 });
    }
  });

  it('is any token that is said to be one', async () => {
    const token = 'A1-_'.repeat(8);
    const told = `PROOFBENCH_TOKEN=${token} {'PROOFBENCH_TOKEN': '${token}'} PROOFBENCH_TOKEN is set`;
    for (const chunks of cuts(told)) {
      const { text, places } = await masked([], chunks);
      expect(places).toBe(2);
      expect(text).not.toContain('A1');
      expect(text).toHaveLength(told.length);
      expect(text).toContain('TOKEN is set');
    }
  });

  it('is not what is too short to be told from anything else', async () => {
    expect(await masked(['abc', ''], ['abcabc'])).toEqual({ text: 'abcabc', places: 0 });
  });

  it('leaves every other byte as it is', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256));
    const parts: Buffer[] = [];
    for await (const part of new SecretMask(['secret']).mask(
      [bytes.subarray(0, 33_333), bytes.subarray(33_333)],
      () => 0,
    ))
      parts.push(part);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });
});
