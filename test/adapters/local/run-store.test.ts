import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLocalRunStore } from '../../../src/adapters/local/run-store.ts';
import { findRun } from '../../../src/cli/runs/find-run.ts';
import { leftOfRun } from '../../../src/core/reduce/left-of-run.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { collect, idOf, migratedOutcome, stream } from '../../support/fleet.ts';
import { describeRunStore, recordOf } from '../../support/run-store-contract.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

describeRunStore('the run store in a folder', async () => {
  const folder = join(await fixtureFolder(), 'deep', '.fanfold');
  return { store: createLocalRunStore(folder), later: createLocalRunStore(folder) };
});

describe('the decision about a wave', () => {
  it('the first of several decisions about a wave at the same time is kept', async () => {
    const folder = await fixtureFolder();
    const stores = Array.from({ length: 8 }, () => createLocalRunStore(folder));
    const [store] = stores;
    await store?.createRun(recordOf('run-1'));
    expect(await store?.readApproval('run-1', 2)).toBeUndefined();
    const kept = await Promise.all(
      stores.map((each, index) =>
        each.decideApproval('run-1', {
          wave: 2,
          verdict: index % 2 === 0 ? 'approved' : 'rejected',
          by: `operator-${index}`,
          why: 'because',
          at: '2026-11-23T06:00:00.000Z',
        }),
      ),
    );
    expect(new Set(kept.map(({ by }) => by)).size).toBe(1);
    expect(await store?.readApproval('run-1', 2)).toEqual(kept[0]);
    expect(await store?.readApproval('run-1', 3)).toBeUndefined();
    const files = await readdir(join(folder, 'runs/run-1'));
    expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

/** A run of three listed tenants, of which two have an outcome. */
async function givenRun() {
  const folder = await fixtureFolder();
  const store = createLocalRunStore(folder);
  await store.createRun(recordOf('run-1'));
  const members = [1, 2, 3].map((number) => ({ wave: 1, canary: false, id: idOf(number) }));
  const waves = await store.writeWaves('run-1', stream(members));
  await store.writeState('run-1', { status: 'running', waves, wavesEntered: 1 });
  const sink = await store.openOutcomes('run-1', 1, 1);
  await sink.append(migratedOutcome(1, { position: 0 }));
  await sink.append(migratedOutcome(2, { position: 1 }));
  await sink.close();
  const path = (name: string) => join(folder, 'runs', 'run-1', name);
  return { folder, store, path, later: createLocalRunStore(folder) };
}

describe("a local run store's files", () => {
  it('files of a run store have the documented names, and no temporary file remains', async () => {
    const { folder, store } = await givenRun();
    await store.writeLeft('run-1', stream([idOf(3)]));
    await store.writeReport('run-1', '<p>');
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'runs',
      'runs/run-1',
      'runs/run-1/left.jsonl',
      'runs/run-1/report.html',
      'runs/run-1/request.json',
      'runs/run-1/results',
      'runs/run-1/results/wave-1-round-1.jsonl',
      'runs/run-1/state.json',
      'runs/run-1/wave-1.jsonl',
    ]);
  });

  it('files of a run store are readable only by their owner', async () => {
    const folder = join(await fixtureFolder(), '.fanfold');
    const store = createLocalRunStore(folder);
    await store.createRun(recordOf('run-1'));
    await (await store.openOutcomes('run-1', 1, 1)).close();
    for (const name of await readdir(folder, { recursive: true })) {
      const entry = await stat(join(folder, name));
      expect([name, entry.mode & 0o077]).toEqual([name, 0]);
    }
    expect((await stat(folder)).mode & 0o077).toBe(0);
  });

  it('files of a run store are complete or absent: an interrupted write keeps the previous file', async () => {
    const { store, path } = await givenRun();
    await store.writeLeft('run-1', stream([idOf(3)]));
    async function* breaking() {
      yield idOf(1);
      throw new Error('Broken off.');
    }
    expect(await rejectionOf(store.writeLeft('run-1', breaking()))).toMatchObject({
      message: 'Broken off.',
    });
    expect(await readFile(path('left.jsonl'), 'utf8')).toBe(`"${idOf(3)}"\n`);
    expect((await readdir(path('.'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('other files in the folder are ignored', async () => {
    const { folder, store, path } = await givenRun();
    await writeFile(join(folder, 'runs', '.DS_Store'), '');
    await writeFile(join(folder, 'runs', 'notes.txt'), '');
    await symlink('/nowhere', join(folder, 'runs', 'dangling'));
    await mkdir(join(folder, 'runs', 'killed-before-it-began'));
    await writeFile(path('results/notes.txt'), '');
    expect(await store.listRuns()).toEqual(['run-1']);
    expect(await store.listRounds('run-1')).toEqual([{ wave: 1, round: 1 }]);
  });
});

describe('reading a run store after a crash', () => {
  it('reading a run store after a crash skips a line that was cut off, so its tenant counts as not reported', async () => {
    const { later, path } = await givenRun();
    const file = path('results/wave-1-round-1.jsonl');
    await truncate(file, (await stat(file)).size - 5);
    expect(await collect(later.readOutcomes('run-1', 1, 1))).toHaveLength(1);
    const left = await leftOfRun(later, 'run-1');
    expect(await collect(left.ids())).toEqual([idOf(2), idOf(3)]);
  });

  it('reading a run store after a crash skips a line that was cut off even if it is valid JSON', async () => {
    const { later, path } = await givenRun();
    const file = path('results/wave-1-round-1.jsonl');
    await truncate(file, (await stat(file)).size - 1);
    expect(await collect(later.readOutcomes('run-1', 1, 1))).toHaveLength(1);
  });

  it.each(['\0\0\0\0', 'null', '{"status":', '7', '{"status":"lost"}'])(
    'reading a run store after a crash skips a damaged line: %j',
    async (line) => {
      const { later, path } = await givenRun();
      const file = path('results/wave-1-round-1.jsonl');
      await appendFile(file, `${line}\n${JSON.stringify(migratedOutcome(3, { position: 2 }))}\n`);
      expect(await collect(later.readOutcomes('run-1', 1, 1))).toHaveLength(3);
    },
  );

  it('reading a run store after a crash reports a damaged list or record', async () => {
    const { later, path } = await givenRun();
    await appendFile(path('wave-1.jsonl'), 'oops\n');
    await writeFile(path('state.json'), '{"status":');
    const damaged = { code: 'RunStoreUnreadable', fault: 'configuration' };
    expect(await rejectionOf(collect(later.readWave('run-1', 1)))).toMatchObject({
      ...damaged,
      message: expect.stringContaining('wave-1.jsonl is damaged'),
    });
    expect(await rejectionOf(later.readState('run-1'))).toMatchObject(damaged);
  });

  it('reading a run store after a crash reports a missing list', async () => {
    const { later, path } = await givenRun();
    await rm(path('wave-1.jsonl'));
    expect(await rejectionOf(collect(later.readWave('run-1', 1)))).toMatchObject({
      code: 'RunStoreUnreadable',
      message: expect.stringContaining('no such file or directory (ENOENT)'),
    });
  });
});

describe('a run that cannot be read', () => {
  const damage = {
    'is not JSON': (file: string) => writeFile(file, '{"id":'),
    'is empty JSON': (file: string) => writeFile(file, 'null'),
    'is something else': async (file: string) => {
      await rm(file);
      await mkdir(file);
    },
  };

  it.each(Object.entries(damage))(
    'a run store reports a run whose record %s instead of skipping it',
    async (_, damageFile) => {
      const { folder, later, path } = await givenRun();
      await later.createRun(recordOf('run-0', '2026-11-01T00:00:00.000Z'));
      await damageFile(path('request.json'));
      // run-0 is not the newest, and a retry of it would run the wrong tenants.
      expect(await rejectionOf(later.listRuns())).toMatchObject({
        code: 'RunStoreUnreadable',
        fault: 'configuration',
        message: expect.stringContaining('because "run-1" cannot be read: '),
        nextStep: expect.stringContaining('such as run-0; or repair the folder of "run-1"'),
      });
      expect(await rejectionOf(findRun(later, 'last'))).toMatchObject({
        code: 'RunStoreUnreadable',
      });
      expect(await findRun(later, 'run-0')).toMatchObject({ id: 'run-0' });
      await rm(join(folder, 'runs', 'run-1'), { recursive: true });
      expect(await findRun(later, 'last')).toMatchObject({ id: 'run-0' });
    },
  );

  it('an unreadable run does not hide that another run is unknown', async () => {
    const { store, path } = await givenRun();
    await writeFile(path('request.json'), '');
    expect(await rejectionOf(store.readRun('run-x'))).toMatchObject({ code: 'RunUnknown' });
  });
});

it('a run store lists more runs than it reads at a time', async () => {
  const store = createLocalRunStore(await fixtureFolder());
  const ids = Array.from({ length: 150 }, (_, index) => `run-${1_000 + index}`);
  for (const id of ids) await store.createRun(recordOf(id));
  expect(await store.listRuns()).toEqual(ids.toReversed());
});

it('a run store names the newest runs if a run is unknown', async () => {
  const store = createLocalRunStore(await fixtureFolder());
  expect(await rejectionOf(store.readRun('run-x'))).toMatchObject({
    nextStep: expect.stringContaining('The folder has no runs'),
  });
  for (const day of [10, 11, 12, 13, 14, 15]) {
    await store.createRun(recordOf(`run-${day}`, `2026-11-${day}T00:00:00.000Z`));
  }
  expect(await rejectionOf(store.readRun('run-x'))).toMatchObject({
    nextStep: 'Name an existing run, newest first: run-15, run-14, run-13, run-12, run-11, …',
  });
});
