import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { ImageBuilder } from '../../../electron/runtime/catalog/images/image-builder.ts';
import { pulledEntries } from '../../../electron/runtime/catalog/images/pulled-root.ts';
import { Bench, resources, sharedCache } from './bench.ts';

const mebibyte = 1024 * 1024;

function noEngine(): never {
  throw new Error('asked for an engine');
}

describe('images of components', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open();
  });
  afterAll(async () => {
    const left = await bench.left();
    await bench[Symbol.asyncDispose]();
    expect(left).toEqual([]);
  });

  async function run(image: string, entrypoint: string[]): Promise<{ exitCode: number; output: string }> {
    const { engine } = bench;
    const limits = { memoryBytes: 256 * mebibyte, cpus: 1, pids: 64, tmpfs: { '/tmp': 16 * mebibyte } };
    const name = `proofbench-test-run-${process.pid}-${Date.now()}`;
    const id = await engine.createContainer({
      name,
      image,
      entrypoint,
      env: {},
      labels: bench.owned,
      network: 'none',
      ...limits,
    });
    const output = await engine.attachContainer(id);
    const both = Promise.all([buffer(output.stdout), buffer(output.stderr)]);
    await engine.startContainer(id);
    const exitCode = await engine.waitContainer(id);
    const text = Buffer.concat(await both).toString();
    await engine.removeContainer(id);
    return { exitCode, output: text };
  }

  async function js(name: string, files: Record<string, string>) {
    const dir = await bench.component(name, files);
    return { dir, slug: name, language: 'js' as const, entry: 'main.js' };
  }

  async function py(name: string, files: Record<string, string>) {
    const dir = await bench.component(name, files);
    return { dir, slug: name, language: 'py' as const, entry: 'src/main.py' };
  }

  async function checked(component: Awaited<ReturnType<typeof js>> | Awaited<ReturnType<typeof py>>) {
    const image = bench.own(await bench.builder.build(component));
    await bench.builder.ensure(image);
    await bench.builder.check(image, { labels: bench.owned });
    return image;
  }

  it('have bases that run Node and Python with NumPy', async () => {
    const node = await run((await bench.builder.base('js')).ref, ['node', '-p', 'process.versions.node.split(".")[0]']);
    expect(node).toEqual({ exitCode: 0, output: '24\n' });
    const code = 'import numpy, ssl, sqlite3, json, ctypes; print(int(numpy.ones((2, 3)).sum()))';
    const python = await run((await bench.builder.base('py')).ref, ['python3', '-c', code]);
    expect(python).toEqual({ exitCode: 0, output: '6\n' });
  });

  it('are checked once, whichever workspace publishes them', async () => {
    const image = await checked(await js('once', { 'src/main.js': '' }));
    const another = new ImageBuilder({ cacheDir: sharedCache, resourcesDir: resources, engine: noEngine });
    await another.check(image);
    const changed = bench.own(await bench.builder.build(await js('once', { 'src/main.js': '1;' })));
    await expect(another.check(changed)).rejects.toThrow('asked for an engine');
  });

  it('have the same digest for the same source, after removal and again, and another for another source', async () => {
    const files = {
      'src/main.js': `import { run } from './other.js';\nconsole.log(typeof run);\n`,
      'src/other.js': 'exports.run = () => 0;\n',
    };
    const first = await bench.builder.build(await js('same', files));
    await bench.builder.ensure(first);
    const { engine } = bench;
    expect((await engine.findImage(first.ref))?.id).toBe(first.digest);
    await engine.removeImage(first.ref);
    expect(await engine.findImage(first.ref)).toBeUndefined();
    const second = bench.own(await bench.builder.build(await js('same', files)));
    await bench.builder.ensure(second);
    expect(second.digest).toBe(first.digest);
    expect(second.sourceSha256).toBe(first.sourceSha256);
    expect((await engine.findImage(second.ref))?.id).toBe(first.digest);
    const other = await bench.builder.build(await js('same', { 'src/main.js': 'console.log(1)\n' }));
    expect(other.digest).not.toBe(first.digest);
    expect(await run(second.ref, ['node', second.entryPath])).toEqual({ exitCode: 0, output: 'function\n' });
  });

  it('come back from their source archive', async () => {
    const image = bench.own(
      await bench.builder.build(await js('back', { 'src/main.js': 'console.log(2)\n', 'README.md': 'x' })),
    );
    const definition = { language: 'js' as const, entry: 'main.js' };
    await bench.builder.restore({
      archive: image.sourceArchivePath,
      slug: 'back',
      definition,
      digest: image.digest,
      ref: image.ref,
    });
    expect((await bench.engine.findImage(image.ref))?.id).toBe(image.digest);
    const wrong = {
      archive: image.sourceArchivePath,
      slug: 'back',
      definition,
      digest: 'sha256:0',
      ref: 'proofbench/back:0',
    };
    await expect(bench.builder.restore(wrong)).rejects.toMatchObject({ code: 'image_missing' });
  });

  it('pass the check without being executed', async () => {
    await checked(
      await js('good-js', {
        'src/main.js': `import { run } from 'pipelogic';\nimport { two } from './lib/two.ts';\nimport fs from 'node:fs';\nprocess.exit(9);\n`,
        'src/lib/two.ts': 'export const two: number = 2;\n',
      }),
    );
    await checked(
      await py('good-py', {
        'src/main.py':
          'import os.path, numpy as np\nfrom pipelogic.worker import run, config\nfrom lib import two\nfrom lib.two import x\ntry:\n    import cv2\nexcept ImportError:\n    cv2 = None\nraise SystemExit(9)\n',
        'src/lib/__init__.py': '',
        'src/lib/two.py': 'from . import three\nx = 1\n',
        'src/lib/three.py': 'x = 1\n',
      }),
    );
  });

  it.each([
    [
      'js-syntax',
      { 'src/main.js': 'const a = 1;\nimport x from "node:fs";\nlet = = 3;\n' },
      /^src\/main\.js:3: SyntaxError/,
    ],
    [
      'js-nested',
      { 'src/main.js': `import './other.js';\n`, 'src/other.js': '\n\n}\n' },
      /^src\/other\.js:3: SyntaxError/,
    ],
    [
      'js-package',
      { 'src/main.js': `\nimport x from 'left-pad';\n` },
      /^src\/main\.js:2: Cannot find package 'left-pad'/,
    ],
    [
      'js-file',
      { 'src/main.js': `\n\nimport x from './gone.js';\n` },
      /^src\/main\.js:3: Cannot find file '\.\/gone\.js'/,
    ],
    [
      'js-types',
      { 'src/main.js': `import './a.ts';\n`, 'src/a.ts': 'const a = 1;\nenum B { C }\n' },
      /^src\/a\.ts:2: /,
    ],
  ])('say where JavaScript is wrong: %s', async (name, files, message) => {
    const failure = await checked(await js(name, files as unknown as Record<string, string>)).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'build_failed', message: expect.stringMatching(message) });
    expect((failure as { details: { output: string } }).details.output).toContain((failure as Error).message);
  });

  it.each([
    ['py-syntax', { 'src/main.py': 'x = 1\ndef f(:\n  pass\n' }, /^src\/main\.py:2: SyntaxError: invalid syntax/],
    [
      'py-package',
      { 'src/main.py': 'import json\nimport pandas.io\n' },
      /^src\/main\.py:2: ModuleNotFoundError: No module named 'pandas\.io'/,
    ],
    [
      'py-nested',
      { 'src/main.py': 'import lib\n', 'src/lib.py': '\n\nfrom pipelogic.nothing import x\n' },
      /^src\/lib\.py:3: ModuleNotFoundError/,
    ],
  ])('say where Python is wrong: %s', async (name, files, message) => {
    const failure = await checked(await py(name, files as unknown as Record<string, string>)).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'build_failed', message: expect.stringMatching(message) });
  });

  it('bring npm dependencies from the lockfile, offline the second time', async () => {
    const lock = {
      name: 'x',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { dependencies: { ms: '2.1.3' } },
        'node_modules/ms': {
          version: '2.1.3',
          resolved: 'https://registry.npmjs.org/ms/-/ms-2.1.3.tgz',
          integrity: 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==',
        },
      },
    };
    const files = {
      'src/package.json': JSON.stringify({ type: 'module', dependencies: { ms: '2.1.3' } }),
      'src/package-lock.json': JSON.stringify(lock),
      'src/main.js': `import ms from 'ms';\nconsole.log(ms('2s'));\n`,
    };
    const component = await js('npm', files);
    const fresh = join(bench.folder, 'fresh-cache');
    const image = await checked(component);
    expect(await run(image.ref, ['node', image.entryPath])).toEqual({ exitCode: 0, output: '2000\n' });
    expect((await bench.builder.build(component, { offline: true })).digest).toBe(image.digest);
    const empty = new ImageBuilder({
      cacheDir: fresh,
      resourcesDir: resources,
      engine: () => bench.engine,
      offline: true,
    });
    await expect(empty.build(component)).rejects.toMatchObject({ code: 'offline' });
    expect(await empty.preflight([component])).toEqual([expect.stringContaining('base image js')]);
    expect(await bench.builder.preflight([component])).toEqual([]);
  });

  it('bring Python dependencies from requirements.txt', async () => {
    const wheel = new ZipFile();
    wheel.addBuffer(Buffer.from('answer = 42\n'), 'tiny.py');
    wheel.addBuffer(Buffer.from('Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n'), 'tiny-1.0.dist-info/METADATA');
    const tag = 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n';
    wheel.addBuffer(Buffer.from(tag), 'tiny-1.0.dist-info/WHEEL');
    wheel.addBuffer(Buffer.from(''), 'tiny-1.0.dist-info/RECORD');
    wheel.end();
    const path = join(bench.folder, 'tiny-1.0-py3-none-any.whl');
    await writeFile(path, await buffer(wheel.outputStream));
    const component = await py('pip', {
      'src/requirements.txt': `${path}\n`,
      'src/main.py': 'import tiny\nprint(tiny.answer)\n',
    });
    const image = await checked(component);
    expect(await run(image.ref, ['python3', image.entryPath])).toEqual({ exitCode: 0, output: '42\n' });
  });

  it('are refused with the installer’s own words, and without a lockfile', async () => {
    const broken = await py('pip-broken', {
      'src/requirements.txt': '--no-index\nno-such-package-of-proofbench==9.9\n',
      'src/main.py': '',
    });
    await expect(bench.builder.build(broken)).rejects.toMatchObject({
      code: 'build_failed',
      details: { output: expect.stringContaining('no-such-package-of-proofbench') },
    });
    const loose = await js('no-lock', { 'src/package.json': '{"dependencies": {"ms": "2"}}', 'src/main.js': '' });
    await expect(bench.builder.build(loose)).rejects.toMatchObject({ code: 'component_invalid' });
  });

  it('refuse a link that leaves the component’s folder', async () => {
    const component = await js('link', { 'src/main.js': '0\n' });
    await symlink('/etc/passwd', join(component.dir, 'src', 'secret'));
    await expect(bench.builder.build(component)).rejects.toMatchObject({ code: 'component_invalid' });
    await rm(join(component.dir, 'src', 'secret'));
    await writeFile(join(component.dir, 'src', 'node_modules'), 'left out');
    const image = await bench.builder.build(component);
    expect((await readFile(image.sourceArchivePath)).includes('left out')).toBe(false);
  });

  it('can lie on a base that was pulled: its root is flattened with our accounts in it', async () => {
    const base = await bench.builder.base('py');
    const names = new Map<string, number>();
    for await (const entry of pulledEntries(await bench.engine.exportRootFs(base.ref))) {
      expect(names.has(entry.name)).toBe(false);
      names.set(entry.name, entry.uid ?? 0);
    }
    expect(names.get('app')).toBe(1000);
    expect(names.get('etc/passwd')).toBe(0);
    expect(names.has('usr/bin/python3.11')).toBe(true);
  });

  it('include the gateway’s', async () => {
    const image = await bench.builder.gateway();
    expect(image.ref).toMatch(/^proofbench\/gateway:[0-9a-f]{12}$/);
    expect((await run(image.ref, ['node', '--check', '/opt/gateway/main.js'])).exitCode).toBe(0);
  });
});
