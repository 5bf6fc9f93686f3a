import type { Type } from './type.ts';

/** A named type of the catalog: what it is made of, in the type language, and what it means. */
export interface NamedType {
  params: readonly string[];
  body: string;
  meaning: string;
}

/**
 * The global catalog (platform-facts §1.6). The field lists are ours. Numbers inside Bytes are little-endian; images and
 * arrays are in row-major order.
 */
export const catalog: Readonly<Record<string, NamedType>> = {
  Image: {
    params: [],
    body: '{width: UInt64, height: UInt64, format: String, data: Bytes}',
    meaning: 'A picture; `format` is RGB, RGBA, BGR, BGRA or GRAY, one byte a channel',
  },
  DepthImage: {
    params: [],
    body: '{width: UInt64, height: UInt64, data: Bytes}',
    meaning: 'Distances as 32-bit floats, in metres',
  },
  AudioFrame: {
    params: [],
    body: '{sample_rate: UInt32, channels: UInt32, data: Bytes}',
    meaning: 'Sound as interleaved 32-bit floats between -1 and 1',
  },
  Tensor: {
    params: [],
    body: '{dtype: String, shape: [UInt64], data: Bytes}',
    meaning: 'An array; `dtype` as NumPy names it',
  },
  Embedding: { params: [], body: '{values: [Float]}', meaning: 'A vector that stands for something' },
  PointMap3D: {
    params: [],
    body: '{width: UInt64, height: UInt64, data: Bytes}',
    meaning: 'Three 32-bit floats a pixel',
  },
  MetricDepthMap: {
    params: [],
    body: '{width: UInt64, height: UInt64, data: Bytes}',
    meaning: 'Metres as 32-bit floats',
  },
  DensityMap: { params: [], body: '{width: UInt64, height: UInt64, data: Bytes}', meaning: '32-bit floats' },
  OpticalFlow: {
    params: [],
    body: '{width: UInt64, height: UInt64, data: Bytes}',
    meaning: 'Two 32-bit floats a pixel',
  },
  Point: { params: ['t'], body: '{x: t, y: t}', meaning: 'A place in a picture' },
  Rectangle: { params: ['t'], body: '{x: t, y: t, width: t, height: t}', meaning: 'x and y are the upper left corner' },
  Ellipse: {
    params: ['t'],
    body: '{x: t, y: t, width: t, height: t, angle: Double}',
    meaning: 'x and y are the centre; degrees',
  },
  Polygon: { params: ['t'], body: '{points: [Point<t>]}', meaning: 'Corners in order; closed' },
  DetectedClass: { params: [], body: '{id: Int32, name: String, confidence: Double}', meaning: 'A label, 0 to 1' },
  BoundingBox: {
    params: [],
    body: '{class: DetectedClass, rectangle: Rectangle<Double>}',
    meaning: 'Where something is, in pixels',
  },
  Landmark: { params: [], body: '{name: String, point: Point<Double>, confidence: Double}', meaning: 'A named place' },
  Mask: { params: [], body: '{width: UInt64, height: UInt64, data: Bytes}', meaning: 'One byte a pixel, 0 or 255' },
};

/** A named type of the catalog as the type language defines it: `Point<t> := {x: t, y: t}`. */
export function definitionText(name: string): string | undefined {
  if (!Object.hasOwn(catalog, name)) return undefined;
  const { params, body } = catalog[name] as NamedType;
  return `${name}${params.length === 0 ? '' : `<${params.join(', ')}>`} := ${body}`;
}

/** Built in and not of the catalog: `Maybe<t>` is nothing or a `t`. */
export const maybeName = 'Maybe';

export function isMaybe(type: Type): type is Type & { kind: 'named' } {
  return type.kind === 'named' && type.name === maybeName;
}
