import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../../src/core/request.ts';
import {
  type ContinuedRunsStore,
  trustContinuedRuns,
} from '../../../src/core/run/continued-runs.ts';
import type { RunRecord, RunState } from '../../../src/core/run-store.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { requestOf, tenantOf } from '../../support/fleet.ts';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const MINUTE = 60_000;
const HASH = 'this-bundle';

interface Stored {
  readonly id: string;
  /** Minutes before now. */
  readonly began: number;
  readonly bundleHash?: string;
  readonly request?: Partial<RunRequest>;
  /** Absent if it was killed before its tenants were listed. */
  readonly status?: RunState['status'] | undefined;
  /** Minutes before now. */
  readonly ended?: number;
}

const at = (minutes: number) => new Date(NOW - minutes * MINUTE);

function recordOf({ id, began, bundleHash = HASH, request = {} }: Stored): RunRecord {
  return { id, bundleHash, request: requestOf(request), startedAt: at(began).toISOString() };
}

/** A store of runs, given with the newest first. */
function storeOf(runs: readonly Stored[]): ContinuedRunsStore {
  const find = (id: string) => {
    const found = runs.find((run) => run.id === id);
    if (found === undefined) throw new Error(`There is no run "${id}".`);
    return found;
  };
  return {
    listRuns: async () => runs.map(({ id }) => id),
    // As a store reads it from a file.
    readRun: async (id) => JSON.parse(JSON.stringify(recordOf(find(id)))),
    async readState(id) {
      const { status, ended } = find(id);
      if (status === undefined) throw new Error('It was not listed.');
      return {
        status,
        ...{ waves: [], wavesEntered: 1 },
        ...(ended !== undefined && { finishedAt: at(ended).toISOString() }),
      };
    },
  };
}

const OWN: Stored = { id: 'own', began: 0, status: 'running' };
const KILLED: Stored = { id: 'killed', began: 10, status: 'running' };
const RECORDED: Partial<Tenant> = {
  schemaVersion: HASH,
  lastRunId: 'killed',
  lastMigratedAt: at(5),
};

async function isTrusted(
  row: Partial<Tenant>,
  others: readonly Stored[],
  own: Stored = OWN,
): Promise<boolean> {
  const trust = trustContinuedRuns(storeOf([own, ...others]), recordOf(own), () => NOW);
  const note = await trust(tenantOf(1, { ...RECORDED, ...row }));
  if (note !== undefined) expect(note).toMatchObject({ code: 'Trusted' });
  return note !== undefined;
}

describe('a tenant that an unfinished run has recorded', () => {
  it('is trusted by a run that continues it, whose note names that run', async () => {
    const trust = trustContinuedRuns(storeOf([OWN, KILLED]), recordOf(OWN), () => NOW);
    expect(await trust(tenantOf(1, RECORDED))).toEqual({
      code: 'Trusted',
      message:
        'It was not asked: run killed, which this one continues, has recorded the version of this bundle for it.',
    });
  });

  it.each<[string, Partial<Tenant>]>([
    ['another version is recorded', { schemaVersion: 'another' }],
    ['no version is recorded, as after a failure or a rollback', { schemaVersion: null }],
    ['no run is recorded', { lastRunId: null }],
    ['no time is recorded', { lastMigratedAt: null }],
    ['this run recorded it itself', { lastRunId: 'own' }],
    ['the run is not in this store', { lastRunId: 'elsewhere' }],
    ['it was recorded more than an hour ago', { lastMigratedAt: at(61) }],
    ['it was recorded by a clock far ahead', { lastMigratedAt: at(-61) }],
  ])('is asked if %s', async (_, row) => {
    expect(await isTrusted(row, [KILLED])).toBe(false);
  });

  it.each<[string, Partial<Stored>]>([
    ['succeeded', { status: 'succeeded', ended: 1 }],
    ['failed', { status: 'failed', ended: 1 }],
    ['was interrupted', { status: 'interrupted', ended: 1 }],
    ['was killed before it listed its tenants', { status: undefined }],
    ['had another bundle', { bundleHash: 'another' }],
    ['was less strict', { request: { strict: true } }],
    ['stopped at a migration', { request: { to: '20250101090000_create' } }],
    ['was a rollback', { request: { command: 'rollback' } }],
    ['named its tenants', { request: { tenants: ['acme'] } }],
    ['asked every tenant', { request: { probe: 'ask' } }],
    ['began more than a day ago', { began: 25 * 60 }],
  ])('is asked if that run %s', async (_, differing) => {
    expect(await isTrusted({}, [{ ...KILLED, ...differing }])).toBe(false);
  });

  it.each<[string, Stored, boolean]>([
    ['has ended since it began', { id: 'x', began: 5, status: 'succeeded', ended: 4 }, false],
    ['began before it and ended after', { id: 'x', began: 15, status: 'failed', ended: 9 }, false],
    [
      'was of a tenant and ended since',
      { id: 'x', began: 5, request: { tenants: ['a'] }, status: 'failed', ended: 4 },
      false,
    ],
    [
      'rolled back',
      { id: 'x', began: 5, request: { command: 'rollback' }, status: 'succeeded', ended: 4 },
      false,
    ],
    ['ended before it began', { id: 'x', began: 30, status: 'succeeded', ended: 20 }, true],
    [
      'was a plan',
      { id: 'x', began: 5, request: { command: 'plan' }, status: 'succeeded', ended: 4 },
      true,
    ],
    ['is unfinished as well', { id: 'x', began: 5, status: 'running' }, true],
    ['was killed before it listed its tenants', { id: 'x', began: 5 }, true],
  ])('is trusted only while no run has ended since: another run %s', async (_, other, trusted) => {
    const others = [KILLED, other].sort((a, b) => a.began - b.began);
    expect(await isTrusted({}, others)).toBe(trusted);
  });

  it('is trusted whatever the pace of either run', async () => {
    const killed = { ...KILLED, request: { maxConcurrency: 8, maxPerHost: 4 } };
    const own = { ...OWN, request: { maxConcurrency: 'auto' as const } };
    expect(await isTrusted({}, [killed], own)).toBe(true);
  });
});

it('reads the store once for each run that is recorded', async () => {
  const store = storeOf([OWN, KILLED]);
  let reads = 0;
  const counting: ContinuedRunsStore = {
    ...store,
    listRuns() {
      reads += 1;
      return store.listRuns();
    },
  };
  const trust = trustContinuedRuns(counting, recordOf(OWN), () => NOW);
  for (let number = 0; number < 100; number += 1) await trust(tenantOf(number, RECORDED));
  expect(reads).toBe(1);
});
