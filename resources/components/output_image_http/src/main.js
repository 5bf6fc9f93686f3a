import { config } from 'pipelogic';
import { egress } from 'pipelogic/http';
import sharp from 'sharp';

const CHANNELS = { RGB: 3, BGR: 3, RGBA: 4, BGRA: 4, GRAY: 1 };
const METADATA = {
  width: image => image.width,
  height: image => image.height,
  format: image => image.format,
  message_ids: (_image, { message_ids }) => message_ids,
};
/** A PNG of a large photo has tens of megabytes: a reader may have two of them before it. */
const MAX_BEHIND_BYTES = 64 * 1024 * 1024;
/** The last levels take several times as long for some hundredths of the size, and a reader waits. */
const COMPRESSION_LEVEL = 3;

sharp.cache(false);

const keys = [...new Set(config.metadata_keys)];
const unknown = keys.filter(key => !Object.hasOwn(METADATA, key));
if (unknown.length > 0) {
  throw new Error(
    `metadata_keys has ${unknown.join(', ')}; the metadata is made of ${Object.keys(METADATA).join(', ')}`,
  );
}

egress('out', { encode, maxBehindBytes: MAX_BEHIND_BYTES });

/** What a picture is, as text, and then the picture, as PNG. */
async function encode(image, message) {
  const binary = await png(image);
  const metadata = Object.fromEntries(keys.map(key => [key, METADATA[key](image, message)]));
  return [{ text: JSON.stringify({ type: 'metadata', metadata }) }, { binary }];
}

function png({ width, height, format, data }) {
  const channels = Object.hasOwn(CHANNELS, format) ? CHANNELS[format] : undefined;
  if (channels === undefined) {
    throw new Error(`an Image of format ${JSON.stringify(format)} is not one of ${Object.keys(CHANNELS).join(', ')}`);
  }
  if (!(width > 0 && height > 0)) throw new Error(`an Image of ${width} × ${height} has no pixels`);
  const expected = Number(width) * Number(height) * channels;
  if (data.length !== expected) {
    const size = `${width} × ${height} ${format}`;
    throw new Error(`an Image of ${size} has ${expected} bytes of data, and this one has ${data.length}`);
  }
  const pixels = format.startsWith('BGR') ? swapped(data, channels) : data;
  return sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png({ compressionLevel: COMPRESSION_LEVEL })
    .toBuffer();
}

/** PNG has red first. */
function swapped(data, channels) {
  const pixels = Buffer.from(data);
  for (let at = 0; at < pixels.length; at += channels) {
    pixels[at] = data[at + 2];
    pixels[at + 2] = data[at];
  }
  return pixels;
}
