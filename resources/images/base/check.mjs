/**
 * Finds out whether a component's JavaScript or TypeScript parses and whether its imports resolve, without running it.
 * Run in a container of the component's own image:
 * `node --experimental-vm-modules --experimental-import-meta-resolve --no-warnings check.mjs /app/src/main.js`.
 * Each fault is one line `file:line: what`, followed by the engine's own words; exit 1 if there is one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { builtinModules, createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFunction, SourceTextModule } from 'node:vm';

const root = '/app';
const entry = process.argv[2];
const builtins = new Set(builtinModules);
const waiting = [entry];
const seen = new Set(waiting);
let faults = 0;

if (!existsSync(entry)) report(entry, undefined, 'there is no such file');
else while (waiting.length > 0) check(waiting.pop());
process.exitCode = faults > 0 ? 1 : 0;

function check(file) {
  const written = readFileSync(file, 'utf8');
  const kind = extname(file);
  if (kind === '.json') return checkJson(file, written);
  if (!['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'].includes(kind)) return;
  let source = written;
  if (kind.endsWith('ts')) {
    try {
      source = stripTypeScriptTypes(written, { mode: 'strip' });
    } catch (error) {
      return report(file, lineOf(error.stack), firstLine(error), error.stack);
    }
  }
  let module;
  try {
    module = new SourceTextModule(source, { identifier: file });
  } catch (error) {
    if (isCommonJs(file, kind) && parsesAsCommonJs(source, file)) return;
    const words = placedError(source, file) ?? error.stack;
    return report(file, lineOf(words), firstLine(error), words);
  }
  const specifiers = module.moduleRequests?.map(request => request.specifier) ?? module.dependencySpecifiers;
  for (const specifier of specifiers) resolve(specifier, file, written);
}

function checkJson(file, source) {
  try {
    JSON.parse(source);
  } catch (error) {
    report(file, undefined, firstLine(error), error.stack);
  }
}

function resolve(specifier, file, source) {
  if (specifier.startsWith('node:') || builtins.has(specifier)) {
    if (!builtins.has(specifier.replace(/^node:/, '')) && !builtins.has(specifier)) missing(specifier, file, source);
    return;
  }
  let found;
  try {
    found = fileURLToPath(import.meta.resolve(specifier, pathToFileURL(file).href));
  } catch (error) {
    return missing(specifier, file, source, error.stack);
  }
  if (!existsSync(found) || statSync(found).isDirectory()) return missing(specifier, file, source);
  // Packages were made elsewhere and are not this author's to mend.
  if (found.includes('/node_modules/') || seen.has(found)) return;
  seen.add(found);
  waiting.push(found);
}

function missing(specifier, file, source, words) {
  const line = source.split('\n').findIndex(text => text.includes(`'${specifier}'`) || text.includes(`"${specifier}"`));
  report(file, line < 0 ? undefined : line + 1, `Cannot find ${describe(specifier)}`, words);
}

function describe(specifier) {
  if (/^[./]/.test(specifier)) return `file '${specifier}'`;
  return `package '${specifier}'. Add it to src/package.json, run npm install there and publish again`;
}

function isCommonJs(file, kind) {
  if (kind === '.cjs' || kind === '.cts') return true;
  if (kind === '.mjs' || kind === '.mts') return false;
  for (let folder = dirname(file); folder.startsWith(root); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) return createRequire(import.meta.url)(manifest).type !== 'module';
  }
  return true;
}

function parsesAsCommonJs(source, file) {
  try {
    compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: file });
    return true;
  } catch {
    return false;
  }
}

/** An error of SourceTextModule does not say where: Node's own check does, and draws the line. */
function placedError(source, file) {
  const check = spawnSync(process.execPath, ['--input-type=module', '--check', '-'], {
    input: source,
    encoding: 'utf8',
  });
  if (!check.stderr?.startsWith('[stdin]:')) return undefined;
  return check.stderr.replace('[stdin]', file).replace(/\n {4}at [\s\S]*/, '');
}

/** Both Node and its type stripper begin with `file:line`; the latter knows no file. */
function lineOf(words) {
  const line = /^[^\n]*?:(\d+)\n/.exec(words)?.[1];
  return line === undefined ? undefined : Number(line);
}

function firstLine(error) {
  const text =
    String(error.message)
      .split('\n')
      .find(line => line.trim() !== '') ?? '';
  return `${error.name}: ${text.replace(/^\s*[x×]\s*/, '').trim()}`;
}

function report(file, line, what, words) {
  faults++;
  process.stdout.write(`${relative(root, file)}${line ? `:${line}` : ''}: ${what}\n`);
  if (words) process.stdout.write(`${words}\n`);
}
