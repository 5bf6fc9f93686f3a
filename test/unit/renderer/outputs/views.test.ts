import { describe, expect, it } from 'vitest';
import { frameAt } from '../../../../renderer/outputs/frame-at.ts';
import { ObjectUrls } from '../../../../renderer/outputs/object-urls.ts';
import { metadataText, outputName, unavailableViews, viewFor } from '../../../../renderer/outputs/views.ts';
import { frameFor, pan, wholeIn, zoomAt } from '../../../../renderer/outputs/zoom.ts';
import type { FrameRow, RunCase, RunFixture } from '../../../../shared/contract/index.ts';

const dog: RunCase = {
  name: 'dog',
  fixture: 'dog',
  to: 'in',
  from: 'out',
  meaning: 'A dog.',
  frames: 1,
  that: [],
  logs: [],
  within_ms: null,
  result: null,
};
const photo: RunFixture = { name: 'dog', source: null, file_id: null, sha256: 'a', bytes: 1, media_type: 'image/jpeg' };
const json: FrameRow = { sha256: 'b', bytes: 412, media_type: 'application/json', message_ids: [], at: '' };

describe('the views of an output', () => {
  it('opens on the picture when there is one', () => {
    const reasons = unavailableViews(dog, photo, json);
    expect(Object.keys(reasons).sort()).toEqual(['audio', 'tensor']);
    expect(viewFor(null, reasons)).toBe('image');
    expect(viewFor('json', reasons)).toBe('json');
  });

  it('says why a view is not there, and shows another', () => {
    const reasons = unavailableViews(dog, { ...photo, media_type: 'application/json' }, json);
    expect(reasons.image).toBe('Neither dog nor the output is a picture.');
    expect(viewFor('image', reasons)).toBe('json');
  });

  it('shows an output that is a picture as picture, and its metadata as JSON', () => {
    const picture: FrameRow = { ...json, media_type: 'image/png', metadata: { width: 2, format: 'RGB' } };
    const reasons = unavailableViews(dog, { ...photo, media_type: 'application/json' }, picture);
    expect([reasons.image, reasons.json]).toEqual([undefined, undefined]);
    expect(viewFor(null, reasons)).toBe('image');
    expect(metadataText(picture)).toBe('{"metadata":{"width":2,"format":"RGB"}}');
    expect(unavailableViews(dog, photo, { ...json, media_type: 'image/png' }).json).toBe(
      'The output is image/png, not JSON.',
    );
  });

  it('names a saved output by its case', () => {
    expect(outputName('dog', json, 0, 1)).toBe('dog.json');
    expect(outputName('a/b c', { ...json, media_type: 'image/png' }, 1, 3)).toBe('a-b-c-2.png');
  });

  it('shows the last frame that had come at the playhead', () => {
    const at = [100, 200, 300].map(ms => ({ at: new Date(1000 + ms).toISOString() }));
    expect(frameAt(at, 3, 1000, 250)).toBe(1);
    expect(frameAt(at, 2, 1000, 900)).toBe(1);
    expect(frameAt(at, 2, 1000, null)).toBe(1);
    expect(frameAt([], 1, 1000, 250)).toBe(0);
  });
});

describe('a picture in its frame', () => {
  const picture = { width: 768, height: 576 };
  const frame = { width: 384, height: 288 };

  it('is as large as the room allows', () => {
    expect(frameFor(picture, { width: 384, height: 900 })).toEqual(frame);
    expect(wholeIn(picture, frame)).toEqual({ scale: 0.5, x: 0, y: 0 });
  });

  it('keeps what is under the pointer there when it is zoomed', () => {
    const next = zoomAt(wholeIn(picture, frame), 1, { x: 100, y: 100 }, picture, frame);
    expect(next).toEqual({ scale: 1, x: -100, y: -100 });
  });

  it('is never smaller than whole, nor dragged beyond its edges', () => {
    const whole = wholeIn(picture, frame);
    expect(zoomAt(whole, 0.1, { x: 9, y: 9 }, picture, frame)).toEqual(whole);
    expect(pan({ scale: 1, x: -100, y: -100 }, 500, -900, picture, frame)).toEqual({ scale: 1, x: 0, y: -288 });
  });
});

describe('pictures that are held', () => {
  it('are read once, and let go when too many are held and nobody shows them', async () => {
    const gone: string[] = [];
    const urls = new ObjectUrls(1, url => gone.push(url));
    let reads = 0;
    const make = (url: string) => async () => {
      reads++;
      return url;
    };
    const first = urls.take('a', make('A'));
    const second = urls.take('a', make('A'));
    expect(await Promise.all([first.url, second.url])).toEqual(['A', 'A']);
    expect(reads).toBe(1);
    await urls.take('b', make('B')).url;
    first.leave();
    expect(gone).toEqual([]);
    second.leave();
    expect(gone).toEqual(['A']);
    expect(await urls.take('a', make('A2')).url).toBe('A2');
  });

  it('are read again after they could not be read', async () => {
    const urls = new ObjectUrls(1, () => undefined);
    await expect(urls.take('a', () => Promise.reject(new Error('lost'))).url).rejects.toThrow('lost');
    expect(await urls.take('a', async () => 'A').url).toBe('A');
  });
});
