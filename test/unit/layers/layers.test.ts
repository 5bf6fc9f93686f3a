import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

interface Import {
  /** A path from the root for a file of ours, else the package's name. */
  target: string;
  isType: boolean;
}

/** Source files by path from the root. */
type Tree = ReadonlyMap<string, string>;

function realTree(): Tree {
  const tree = new Map<string, string>();
  for (const folder of ['shared', 'electron', 'renderer']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      tree.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'));
    }
  }
  return tree;
}

function importsOf(file: string, text: string): Import[] {
  const statements = /^(?:import|export)\s+(type\s)?(?:[^;'"`]*?\sfrom\s+)?'([^']+)'/gm;
  const found = [...text.matchAll(statements)].map(([, type, name]) => ({ name: name as string, isType: !!type }));
  const dynamic = [...text.matchAll(/(typeof\s+)?\bimport\(\s*'([^']+)'\s*\)/g)].map(([, type, name]) => ({
    name: name as string,
    isType: !!type,
  }));
  return [...found, ...dynamic].map(({ name, isType }) => ({
    target: name.startsWith('.') ? posix.join(posix.dirname(file), name) : packageOf(name),
    isType,
  }));
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

interface Rule {
  /** Which files it is about. */
  of: RegExp;
  except?: RegExp;
  /** What they may import, when it matches `about`. */
  about: RegExp;
  only: RegExp;
}

const ours = /^(shared|electron|renderer)\//;
const inRuntime = /^electron\/runtime\//;
const rules: Record<string, Rule> = {
  'shared imports zod and shared only': { of: /^shared\//, about: /^/, only: /^(zod$|shared\/)/ },
  'only the engine imports dockerode': {
    of: /^/,
    except: /^electron\/runtime\/engine\//,
    about: /^docker(ode|-modem)$/,
    only: /$^/,
  },
  'only the store and the lock import better-sqlite3': {
    of: /^/,
    except: /^electron\/(runtime\/store\/|host\/lock\.ts$)/,
    about: /^better-sqlite3$/,
    only: /$^/,
  },
  'only main and preload import electron': {
    of: /^/,
    except: /^electron\/(main|preload)\//,
    about: /^electron$/,
    only: /$^/,
  },
  'main imports host and shared': {
    of: /^electron\/main\//,
    about: ours,
    only: /^(electron\/(main|host)|shared)\//,
  },
  'preload imports shared': {
    of: /^electron\/preload\//,
    about: ours,
    only: /^shared\//,
  },
  'renderer imports shared': {
    of: /^renderer\//,
    about: ours,
    only: /^(renderer|shared)\//,
  },
  'features of the window do not import the shell': {
    of: /^renderer\/(?!shell\/|main\.tsx$)/,
    about: /^renderer\/shell\//,
    only: /$^/,
  },
  'cli imports host, runtime and shared': {
    of: /^electron\/cli\//,
    about: ours,
    only: /^(electron\/(cli|host|runtime)|shared)\//,
  },
  'host imports runtime and shared': {
    of: /^electron\/host\//,
    about: ours,
    only: /^(electron\/(host|runtime)|shared)\//,
  },
  'runtime imports runtime and shared': { of: inRuntime, about: ours, only: /^(electron\/runtime|shared)\// },
  'base imports nothing else of the runtime': {
    of: /^electron\/runtime\/base\//,
    about: inRuntime,
    only: /^electron\/runtime\/base\//,
  },
  ...Object.fromEntries(
    ['engine', 'graph', 'store'].map(layer => [
      `${layer} imports base and itself`,
      {
        of: new RegExp(`^electron/runtime/${layer}/`),
        about: inRuntime,
        only: new RegExp(`^electron/runtime/(base|${layer})/`),
      },
    ]),
  ),
  'only the host reaches for the composition root': {
    of: /^electron\/runtime\//,
    about: /^electron\/runtime\/runtime\.ts$/,
    only: /$^/,
  },
};

function violations(tree: Tree, rule: Rule): string[] {
  return [...tree].flatMap(([file, text]) =>
    !rule.of.test(file) || rule.except?.test(file)
      ? []
      : importsOf(file, text)
          .filter(({ target }) => !target.startsWith('node:') && rule.about.test(target) && !rule.only.test(target))
          .map(({ target }) => `${file} → ${target}`),
  );
}

/** Each cycle of value imports once, as the files it goes through. */
function cycles(tree: Tree): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const found: string[] = [];
  const visit = (file: string) => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    path.push(file);
    for (const { target, isType } of importsOf(file, tree.get(file) ?? ''))
      if (!isType && tree.has(target)) visit(target);
    path.pop();
    state.set(file, 'done');
  };
  for (const file of tree.keys()) visit(file);
  return found;
}

describe('layers', () => {
  const tree = realTree();

  it('sees the tree and its imports', () => {
    const lines = [...tree].flatMap(([file, text]) =>
      importsOf(file, text).map(({ target, isType }) => `${file} ${target} ${isType}`),
    );
    expect(tree.size).toBeGreaterThan(100);
    expect(lines).toContain('electron/host/lock.ts better-sqlite3 false');
    expect(lines).toContain('electron/runtime/graph/solve.ts electron/runtime/graph/release.ts true');
    expect(lines).toContain('electron/runtime/runtime.ts electron/runtime/store/store.ts false');
  });

  it('names only files that exist in relative imports', () => {
    const lost = [...tree].flatMap(([file, text]) =>
      importsOf(file, text)
        .filter(({ target }) => ours.test(target) && /\.tsx?$/.test(target) && !tree.has(target))
        .map(({ target }) => `${file} → ${target}`),
    );
    expect(lost).toEqual([]);
  });

  it.each(Object.entries(rules))('%s', (_title, rule) => {
    expect(violations(tree, rule)).toEqual([]);
  });

  it('has no import cycle among files', () => {
    expect(cycles(tree)).toEqual([]);
  });
});

describe('the check of the layers', () => {
  it.each([
    ['shared imports zod and shared only', 'shared/a.ts', "import yaml from 'yaml';"],
    ['shared imports zod and shared only', 'shared/a.ts', "export * from '../electron/host/wire.ts';"],
    ['only the engine imports dockerode', 'electron/runtime/deploy/a.ts', "import type Docker from 'dockerode';"],
    ['only the engine imports dockerode', 'electron/host/a.ts', "import Modem from 'docker-modem/lib/http.js';"],
    [
      'only the store and the lock import better-sqlite3',
      'electron/host/a.ts',
      "const x = await import('better-sqlite3');",
    ],
    ['only main and preload import electron', 'electron/cli/a.ts', "import {\n  app,\n} from 'electron';"],
    ['cli imports host, runtime and shared', 'electron/cli/a.ts', "import { w } from '../main/window.ts';"],
    ['main imports host and shared', 'electron/main/a.ts', "import { w } from '../runtime/runtime.ts';"],
    ['renderer imports shared', 'renderer/a.tsx', "import { w } from '../electron/host/wire.ts';"],
    ['features of the window do not import the shell', 'renderer/runs/a.tsx', "import { w } from '../shell/keys.ts';"],
    ['host imports runtime and shared', 'electron/host/a.ts', "import { w } from '../cli/out.ts';"],
    ['runtime imports runtime and shared', 'electron/runtime/a.ts', "import { w } from '../host/wire.ts';"],
    ['base imports nothing else of the runtime', 'electron/runtime/base/a.ts', "import { w } from '../graph/hash.ts';"],
    ['store imports base and itself', 'electron/runtime/store/a.ts', "import { w } from '../engine/labels.ts';"],
    ['graph imports base and itself', 'electron/runtime/graph/a.ts', "import { w } from '../store/time.ts';"],
    ['only the host reaches for the composition root', 'electron/runtime/lease/a.ts', "import '../runtime.ts';"],
  ])('catches a file that breaks: %s', (rule, file, text) => {
    expect(violations(new Map([[file, `${text}\n`]]), rules[rule] as Rule)).toHaveLength(1);
  });

  it('catches two files that import each other, but not for their types alone', () => {
    const pair = (back: string) =>
      new Map([
        ['shared/a.ts', "import { b } from './b.ts';\nexport const a = b;\n"],
        ['shared/b.ts', `${back}\nexport const b = 1;\n`],
      ]);
    expect(cycles(pair("import { a } from './a.ts';"))).toEqual(['shared/a.ts → shared/b.ts → shared/a.ts']);
    expect(cycles(pair("import type { a } from './a.ts';"))).toEqual([]);
  });
});
