import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { config, run } from 'pipelogic';
import { decode, resize, SIDE } from './detect.js';

const session = await InferenceSession.create(fileURLToPath(new URL(`./models/${config.model}`, import.meta.url)), {
  // A component has one CPU unless component.yml says more: a second thread would only be throttled.
  intraOpNumThreads: 1,
  logSeverityLevel: 3,
});
console.log(`model ${config.model}, scores from ${config.min_score}`);

run(async image => {
  const started = performance.now();
  const images = new Tensor('float32', resize(image), [1, SIDE, SIDE, 3]);
  const { detections } = await session.run({ images });
  const boxes = decode(detections.data, image, config.min_score);
  const found = boxes.map(box => `${box.class.name} ${box.class.confidence.toFixed(2)}`).join(', ');
  const took = Math.round(performance.now() - started);
  console.log(`${image.width} × ${image.height}: ${found || 'nothing'} (${took} ms)`);
  return boxes;
});
