import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import type { ElectronApplication, Page } from 'playwright-core';
import { componentFolder, manifest } from '../support/components.ts';
import { launchElectron } from '../support/electron.ts';
import { against, type Row, row } from './support/measure.ts';

const projectDir = resolve(import.meta.dirname, '../..');
const coldRounds = 5;
const lineCount = 100_000;
const eventCount = 10_000;
/** One frame at 60 a second, and half of one more. */
const lateFrameMs = 25;

/** The window: how soon it can be used, and whether it stays smooth and small under a flood of lines and events. */
export async function window(): Promise<Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'proofbench-window-'));
  try {
    return [...(await coldStart(scratch)), ...(await flood(scratch))];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** From the start of the process to the list of runs, in a workspace that is new; against an Electron that shows a line of text. */
async function coldStart(scratch: string): Promise<Row[]> {
  const bare = join(scratch, 'bare');
  mkdirSync(bare);
  writeFileSync(join(bare, 'package.json'), JSON.stringify({ name: 'bare', type: 'module', main: 'main.js' }));
  writeFileSync(
    join(bare, 'main.js'),
    `import { app, BrowserWindow } from 'electron';
app.setPath('userData', ${JSON.stringify(join(scratch, 'bare-data'))});
app.whenReady().then(() => new BrowserWindow({ width: 1440, height: 900 }).loadURL('data:text/html,<main>Nothing proved yet</main>'));
app.on('window-all-closed', () => app.quit());`,
  );
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < coldRounds; round++) {
    const home = join(scratch, `home-${round}`);
    ours.push(await untilUsable(() => launchElectron({ ...process.env, PROOFBENCH_HOME: home })));
    floor.push(await untilUsable(() => launchElectron(process.env, [], bare)));
  }
  const peer = row('window', 'an Electron with one line of text', 'ms', floor);
  return [against(row('window', 'cold start to the list of runs', 'ms', ours), peer), peer];
}

async function untilUsable(launch: () => Promise<ElectronApplication>): Promise<number> {
  const start = performance.now();
  const app = await launch();
  try {
    const page = await app.firstWindow();
    await page.getByText('Nothing proved yet').waitFor();
    return performance.now() - start;
  } finally {
    await app.close();
  }
}

/** A real run whose component writes 100,000 lines, watched live; then the same run with 10,000 events, scrubbed through. */
async function flood(scratch: string): Promise<Row[]> {
  const home = join(scratch, 'flood');
  const dir = join(scratch, 'component');
  const files: Record<string, string> = {
    ...componentFolder({ main: flooding }),
    'proof.yml': manifest({ proof }),
    'hello.json': '{"text": "hello"}',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  const env = { ...process.env, PROOFBENCH_HOME: home };
  const rows: Row[] = [];
  let app = await launchElectron(env);
  try {
    const page = await app.firstWindow();
    await page.getByText('Nothing proved yet').waitFor();
    const idle = await frames(page, () => page.waitForTimeout(3000));
    const floor = row('window', 'frame, nothing to do', 'ms', idle);
    const run = spawn(process.execPath, [join(projectDir, 'out/cli/ppl.js'), 'proof', 'run', join(dir, 'proof.yml')], {
      cwd: dir,
      env,
      stdio: 'ignore',
    });
    const ended = new Promise(done => run.once('close', done));
    await page.getByText('flood').first().click();
    await page.getByRole('log').getByText('line 1 ').first().waitFor({ timeout: 120_000 });
    const live = await frames(page, async () => {
      await page.getByRole('log').getByText(`line ${lineCount} `).first().waitFor({ timeout: 120_000 });
    });
    rows.push(against(row('window', `frame while ${lineCount} lines come`, 'ms', live), floor, '16.7 ms'), floor);
    rows.push(row('window', '  late frames (over 25 ms)', '%', [late(live)]));
    rows.push(row('window', '  memory of the page then', 'MiB', [await pageMemory(app)]));
    await ended;
  } finally {
    await app.close();
  }

  const runId = addEvents(home);
  app = await launchElectron(env);
  try {
    const page = await app.firstWindow();
    await page.waitForSelector('main');
    const opened = await frames(page, async () => {
      await page.evaluate(route => {
        history.pushState(null, '', route);
        dispatchEvent(new PopStateEvent('popstate'));
      }, `/runs/${runId}`);
      await page.getByText(`${eventCount}`, { exact: true }).first().waitFor({ timeout: 60_000 });
      await page.getByRole('log').getByText(`line ${lineCount} `).first().waitFor({ timeout: 60_000 });
    });
    const scrubbed = await frames(page, async () => {
      const slider = await page.getByRole('slider').first().boundingBox();
      if (slider === null) throw new Error('There is no playhead to scrub.');
      const y = slider.y + slider.height / 2;
      await page.mouse.move(slider.x + 200, y);
      await page.mouse.down();
      for (let step = 0; step < 200; step++) await page.mouse.move(slider.x + 200 + step * 3, y);
      await page.mouse.up();
    });
    const scrolled = await frames(page, async () => {
      await page.getByRole('log').hover();
      for (let step = 0; step < 100; step++) {
        await page.mouse.wheel(0, step % 2 === 0 ? 4000 : -1500);
        await page.waitForTimeout(16);
      }
    });
    rows.push(row('window', `frame while ${eventCount} events and ${lineCount} lines are opened`, 'ms', opened));
    rows.push(row('window', 'frame while the playhead is scrubbed over them', 'ms', scrubbed));
    rows.push(row('window', '  late frames (over 25 ms)', '%', [late(scrubbed)]));
    rows.push(row('window', 'frame while the log is scrolled', 'ms', scrolled));
    rows.push(row('window', '  late frames (over 25 ms)', '%', [late(scrolled)]));
    rows.push(row('window', '  memory of the page then', 'MiB', [await pageMemory(app)]));
  } finally {
    await app.close();
  }
  return rows;
}

const proof = `proof:
  name: flood
  cases:
    - name: hello
      send: {to: in, fixture: hello}
      expect:
        meaning: "The text is shouted."
        from: out
        that: ['output.text == "HELLO"']
`;

/** Writes in pieces over some seconds, so that the window has a stream to keep up with. */
const flooding = `import { run } from 'pipelogic';

run(async message => {
  for (let line = 1; line <= ${lineCount}; ) {
    let piece = '';
    for (const end = Math.min(${lineCount}, line + 249); line <= end; line++)
      piece += 'line ' + line + ' \\u001b[32mof\\u001b[0m a log that somebody might read, with a number ' + line * 7 + '\\n';
    process.stdout.write(piece);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return { text: message.text.toUpperCase() };
});
`;

/** Intervals between frames of the page while `work` goes on, in milliseconds. */
async function frames(page: Page, work: () => Promise<unknown>): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    let before = performance.now();
    const next = (now: number) => {
      times.push(now - before);
      before = now;
      if ('frameTimes' in globalThis) requestAnimationFrame(next);
    };
    Object.assign(globalThis, { frameTimes: times });
    requestAnimationFrame(next);
  });
  await work();
  return page.evaluate(() => {
    const { frameTimes } = globalThis as unknown as { frameTimes: number[] };
    Reflect.deleteProperty(globalThis, 'frameTimes');
    return frameTimes.slice(1);
  });
}

function late(frameTimes: readonly number[]): number {
  return (frameTimes.filter(ms => ms > lateFrameMs).length / frameTimes.length) * 100;
}

async function pageMemory(app: ElectronApplication): Promise<number> {
  const kilobytes = await app.evaluate(({ app, BrowserWindow }) => {
    const pid = BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId();
    return app.getAppMetrics().find(metric => metric.pid === pid)?.memory.workingSetSize ?? 0;
  });
  return kilobytes / 1024;
}

/** Real runs have no 10,000 events within a bench's time: they are added to one that was recorded. */
function addEvents(home: string): string {
  const sqlite = new Database(join(home, 'workspace.db'));
  const { id } = sqlite.prepare('SELECT id FROM runs').get() as { id: string };
  const bodies = sqlite.prepare('SELECT body FROM events WHERE run_id = ? ORDER BY seq').all(id) as { body: string }[];
  const events = bodies.map(({ body }) => JSON.parse(body) as Record<string, unknown> & { seq: number; at: string });
  const last = events.at(-1);
  if (last === undefined) throw new Error('The run has no events.');
  const insert = sqlite.prepare('INSERT INTO events (run_id, seq, body) VALUES (?, ?, ?)');
  const startMs = Date.parse(last.at);
  sqlite.transaction(() => {
    for (let added = 1; events.length + added <= eventCount; added++) {
      const seq = last.seq + added;
      const body = { type: 'param_set', seq, at: new Date(startMs + added * 5).toISOString(), lease_id: last.lease_id };
      insert.run(id, seq, JSON.stringify({ ...body, vertex_id: 'vtx_bench', name: `p${added}` }));
    }
  })();
  sqlite.close();
  return id;
}
