import { expect, it } from 'vitest';
import { isForOtherPlatform } from '../../../electron/runtime/catalog/images/other-platforms.ts';

it('leaves other platforms’ binaries out of an image and everything else in', () => {
  const left = [
    'onnxruntime-node/bin/napi-v6/win32',
    'onnxruntime-node/bin/napi-v6/darwin/arm64/libonnxruntime.dylib',
    'onnxruntime-node/bin/napi-v3/linux/arm64/libonnxruntime.so.1',
    'x/node_modules/onnxruntime-node/bin/napi-v6/linux/arm64',
    'bufferutil/prebuilds/darwin-x64+arm64/bufferutil.node',
    'x/prebuilds/linux-arm64/y.node',
  ];
  const kept = [
    'onnxruntime-node/bin/napi-v6',
    'onnxruntime-node/bin/napi-v6/linux',
    'onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
    'onnxruntime-node/dist/index.js',
    'bufferutil/prebuilds',
    'bufferutil/prebuilds/linux-x64/bufferutil.node',
    'ms/index.js',
  ];
  expect(left.filter(path => !isForOtherPlatform(path, 'x64'))).toEqual([]);
  expect(kept.filter(path => isForOtherPlatform(path, 'x64'))).toEqual([]);
});
