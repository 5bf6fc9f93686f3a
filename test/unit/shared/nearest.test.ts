import { describe, expect, it } from 'vitest';
import { nearest } from '../../../shared/nearest.ts';

describe('the nearest name', () => {
  it.each([
    ['Imge', 'Image'],
    ['image', 'Image'],
    ['Iamge', 'Image'],
    ['BoundngBx', 'BoundingBox'],
    ['strng', 'String'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, ['String', 'Image', 'BoundingBox'])).toBe(meant);
  });

  it('says nothing when nothing is near, or when there is nothing', () => {
    expect(nearest('Quaternion', ['String', 'Image'])).toBeUndefined();
    expect(nearest('Image', [])).toBeUndefined();
  });
});
