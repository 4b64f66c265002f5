import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLocalRunStore } from '../../../src/adapters/local/run-store.ts';
import { systemClock } from '../../../src/adapters/local/system-clock.ts';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { runFanOut } from '../../../src/core/in-process/run-fan-out.ts';
import { leftOfRun } from '../../../src/core/reduce/left-of-run.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { collect, directoryOf, fleetOf, migratedAttempt, requestOf } from '../../support/fleet.ts';
import { recordOf } from '../../support/run-store-contract.ts';
import { rejectionOf } from '../../support/thrown-by.ts';
import type { FleetToRun } from './fixtures/run-a-fleet.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/run-a-fleet.ts', import.meta.url));

/** Starts the fixture through a command that receives it as arguments. */
function runFleet(fleet: FleetToRun, before: readonly string[] = []): ChildProcess {
  const [command = '', ...args] = [...before, process.execPath, FIXTURE, JSON.stringify(fleet)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Whether a command that runs another command works on this machine. */
function works([command = '', ...args]: readonly string[]): boolean {
  return spawnSync(command, [...args, 'true']).status === 0;
}

async function* linesOf(child: ChildProcess): AsyncGenerator<Record<string, unknown>> {
  if (child.stdout === null) return;
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
}

describe('a run store that cannot be written', () => {
  it('a run store is reported if a file has the name of its folder', async () => {
    const folder = join(await fixtureFolder({ taken: '' }), 'taken');
    const error = await rejectionOf(createLocalRunStore(folder).createRun(recordOf('run-1')));
    expect(error).toMatchObject({
      code: 'RunStoreUnwritable',
      fault: 'configuration',
      message: expect.stringMatching(/taken cannot be written: .* \((ENOTDIR|EEXIST)\)\.$/),
      nextStep: expect.stringContaining('--run-store'),
    });
  });

  it('a run store is reported if its owner denies access', { timeout: 30_000 }, async (context) => {
    // Root may write everywhere, unless it drops that privilege.
    const isRoot = process.getuid?.() === 0;
    const asOthers = isRoot ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];
    if (isRoot && !works(asOthers)) context.skip('needs setpriv to give up the rights of root');
    const folder = join(await fixtureFolder(), 'closed');
    await mkdir(folder);
    await chmod(folder, 0o500);
    const child = runFleet({ folder, tenants: 3, attemptMs: 0 }, asOthers);
    expect(await collect(linesOf(child))).toEqual([
      {
        thrown: {
          code: 'RunStoreUnwritable',
          message: `The run store ${folder} cannot be written: permission denied (EACCES).`,
          nextStep:
            'Make the folder writable for the user that runs Fanfold, or name another one with --run-store <dir>.',
        },
      },
    ]);
  });
});

/** A command that runs another one with a private tmpfs of the given size in KiB mounted on a folder. */
function onSmallDisk(folder: string, kibibytes: number): readonly string[] | undefined {
  const mount = `mount -t tmpfs -o size=${kibibytes}k none "$0" && exec "$@"`;
  const ways = [
    ['unshare', '-m'],
    ['unshare', '-rm'],
  ].map((way) => [...way, 'sh', '-c', mount, folder]);
  return ways.find(works);
}

describe('a full disk', () => {
  const full = {
    code: 'RunStoreUnwritable',
    message: expect.stringContaining('no space left on device (ENOSPC)'),
    nextStep: 'Free some space, or name a folder on another disk with --run-store <dir>.',
  };

  it('a full disk ends the run if the disk is full before the first tenant', {
    timeout: 30_000,
  }, async (context) => {
    const folder = await fixtureFolder();
    const disk = onSmallDisk(folder, 40);
    if (disk === undefined) return context.skip('needs a mount namespace of its own');
    const child = runFleet({ folder, tenants: 5_000, attemptMs: 0 }, disk);
    expect(await collect(linesOf(child))).toEqual([{ thrown: full }]);
  });

  it('a full disk stops the run if the disk fills up, and reports every known outcome', {
    timeout: 30_000,
  }, async (context) => {
    const folder = await fixtureFolder();
    const disk = onSmallDisk(folder, 400);
    if (disk === undefined) return context.skip('needs a mount namespace of its own');
    const lines = await collect(linesOf(runFleet({ folder, tenants: 5_000, attemptMs: 0 }, disk)));
    const types = lines.map(({ type }) => type);
    const started = types.filter((type) => type === 'tenant-started').length;
    expect(started).toBeGreaterThan(100);
    // At most the tenants that were running or waiting to be stored when the disk was full.
    const after = types.slice(types.indexOf('run-stopping'));
    expect(after.filter((type) => type === 'tenant-started')).toEqual([]);
    expect(lines.at(-1)).toMatchObject({
      state: 'failed',
      error: full,
      counts: { migrated: started, skipped: 5_000 - started, unknown: 0, failed: 0 },
    });
  });
});

it('a retry runs the tenants that a killed run had not stored', {
  timeout: 30_000,
}, async () => {
  const folder = await fixtureFolder();
  const child = runFleet({ folder, tenants: 400, attemptMs: 5 });
  let finished = 0;
  for await (const { type } of linesOf(child)) {
    if (type === 'tenant-finished') finished += 1;
    if (finished === 60) child.kill('SIGKILL');
  }
  const store = createLocalRunStore(folder);
  expect(await store.readState('run-1')).toMatchObject({ status: 'running' });
  const left = await leftOfRun(store, 'run-1');
  // A printed outcome was stored, or was about to be stored when the process was killed.
  expect(left.count).toBeGreaterThanOrEqual(400 - finished - 10);
  expect(left.count).toBeLessThanOrEqual(400 - 60 + 10);

  const attempted: string[] = [];
  const retry = await runFanOut(
    { id: 'run-2', request: requestOf({ retryOf: 'run-1' }), bundle: createBundle([]) },
    {
      directory: directoryOf(fleetOf(400)),
      store,
      attemptTenant: async ({ id }) => {
        attempted.push(id);
        return migratedAttempt;
      },
      report: () => {},
      renderReport: () => '<!doctype html>',
      clock: systemClock,
      random: Math.random,
    },
  );
  expect(retry.state.status).toBe('succeeded');
  expect(attempted.sort()).toEqual((await collect(left.ids())).sort());
});

it('a disk that fails while a list is written leaves no partial list', async () => {
  const folder = await fixtureFolder();
  const store = createLocalRunStore(folder);
  await store.createRun(recordOf('run-1'));
  const file = join(folder, 'runs', 'run-1', 'summary.json');
  await mkdir(file);
  await writeFile(join(file, 'in-the-way'), '');
  expect(await rejectionOf(store.writeSummary('run-1', {} as never))).toMatchObject({
    code: 'RunStoreUnwritable',
    message: expect.stringContaining('EISDIR'),
  });
});
