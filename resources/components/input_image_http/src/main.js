import { ingress } from 'pipelogic/http';
import sharp from 'sharp';

const FORMATS = ['jpeg', 'png', 'webp'];
/** 64 megapixels are 192 MiB of RGB, which still fits one message between containers. */
const MAX_PIXELS = 64 * 1024 * 1024;

sharp.cache(false);

ingress('in', { types: FORMATS.map(format => `image/${format}`), decode });

/** Any picture becomes upright 8-bit RGB; what is transparent becomes black. */
async function decode(bytes) {
  const options = { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true };
  const { format } = await sharp(bytes, options).metadata();
  if (!FORMATS.includes(format)) throw new Error(`the bytes are ${format}, not one of ${FORMATS.join(', ')}`);
  const { data, info } = await sharp(bytes, options)
    .autoOrient()
    .flatten({ background: '#000' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, format: 'RGB', data: rgb(data, info.channels) };
}

/** Grey pictures keep one channel through all of the above. */
function rgb(data, channels) {
  if (channels === 3) return data;
  if (channels !== 1) throw new Error(`a picture with ${channels} channels is not supported`);
  const triple = Buffer.allocUnsafeSlow(data.length * 3);
  for (let pixel = 0, at = 0; pixel < data.length; pixel++) {
    triple[at++] = data[pixel];
    triple[at++] = data[pixel];
    triple[at++] = data[pixel];
  }
  return triple;
}
