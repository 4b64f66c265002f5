import { describe, expect, it } from 'vitest';
import { type Selection, selectTenants } from '../../../src/core/list/select-tenants.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import {
  collect,
  directoryOf,
  failedOutcome,
  fleetOf,
  idOf,
  migratedOutcome,
  requestOf,
  stream,
} from '../../support/fleet.ts';
import { memoryRunStore } from '../../support/memory-run-store.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

/** Six tenants on three hosts, the fifth suspended, and a run that left the numbers 1 and 2. */
async function given(change: (rows: Tenant[]) => Tenant[] = (rows) => rows) {
  const rows = fleetOf(6, (number) => ({
    host: `db${number % 3}.example.com`,
    ...(number === 5 ? { status: 'SUSPENDED' as const } : {}),
  }));
  const store = memoryRunStore();
  const startedAt = '2026-11-23T05:57:12Z';
  await store.createRun({ id: 'earlier', request: requestOf(), bundleHash: 'h', startedAt });
  const members = [0, 1, 2].map((number) => ({ wave: 1, canary: false, id: idOf(number) }));
  const waves = await store.writeWaves('earlier', stream(members));
  await store.writeState('earlier', { status: 'running', waves, wavesEntered: 1 });
  const sink = await store.openOutcomes('earlier', 1, 1);
  await sink.append(migratedOutcome(0));
  await sink.append(failedOutcome(1));
  const directory = directoryOf(change(rows));
  const select = (request: Pick<RunRequest, 'tenants' | 'retryOf' | 'run' | 'hosts'>) =>
    selectTenants(request, { directory, store });
  return { rows, store, select };
}

async function numbersOf(selection: Selection): Promise<number[]> {
  const numbers = (await collect(selection.ids())).map((id) => Number(id.slice(-12)));
  expect(await selection.count()).toBe(numbers.length);
  return numbers;
}

describe('without names', () => {
  it('a selection without names includes every active tenant', async () => {
    const { select } = await given();
    expect(await numbersOf(await select({}))).toEqual([0, 1, 2, 3, 4]);
  });

  it('a selection without names can be limited to hosts', async () => {
    const { rows, select } = await given();
    const selection = await select({ hosts: ['db1.example.com'] });
    expect(await numbersOf(selection)).toEqual([1, 4]);
    expect(await selection.among(rows)).toEqual(new Set([idOf(1), idOf(4)]));
  });
});

describe('with names', () => {
  it('a selection with names keeps their order', async () => {
    const { rows, select } = await given();
    const selection = await select({ tenants: ['tenant-003', idOf(1)] });
    expect(await numbersOf(selection)).toEqual([3, 1]);
    expect(await selection.among(rows)).toEqual(new Set([idOf(1), idOf(3)]));
  });

  it('a selection with names refuses one that is on none of the hosts', async () => {
    const { select } = await given();
    const request = { tenants: ['tenant-000', 'tenant-001'], hosts: ['DB0.example.com:3306'] };
    expect(await rejectionOf(select(request))).toMatchObject({
      code: 'TenantOffHosts',
      fault: 'usage',
      message:
        'This run is for the hosts DB0.example.com:3306 only, but not there: "tenant-001" (db1.example.com:3306).',
    });
  });

  it('named tenants do not include those of an earlier run', async () => {
    const { select } = await given();
    const request = { tenants: ['tenant-000'], retryOf: 'earlier' };
    expect(await rejectionOf(select(request))).toMatchObject({ code: 'RequestInvalid' });
  });
});

describe('as a retry', () => {
  it('a retry selects tenants that failed or were not reached in the earlier run', async () => {
    const { rows, select } = await given();
    const selection = await select({ retryOf: 'earlier' });
    expect(await numbersOf(selection)).toEqual([1, 2]);
    expect(await selection.among(rows)).toEqual(new Set([idOf(1), idOf(2)]));
  });

  it('a retry keeps the hosts, as they are now, and does not lose a tenant that is gone', async () => {
    const { select } = await given((rows) => rows.filter(({ id }) => id !== idOf(1)));
    expect(
      await numbersOf(await select({ retryOf: 'earlier', hosts: ['db0.example.com'] })),
    ).toEqual([1]);
  });

  it('a retry refuses a run that does not exist', async () => {
    const { select } = await given();
    expect(await rejectionOf(select({ retryOf: 'other' }))).toMatchObject({ code: 'RunUnknown' });
  });
});

describe('a run that is to be rolled back', () => {
  it('a rollback of a run includes all tenants that it listed, whatever became of them', async () => {
    const { select } = await given();
    expect(await numbersOf(await select({ run: 'earlier' }))).toEqual([0, 1, 2]);
    const onHost = await select({ run: 'earlier', hosts: ['db1.example.com'] });
    expect(await numbersOf(onHost)).toEqual([1]);
  });

  it('a retry of a rollback selects tenants that it did not reach or failed to roll back', async () => {
    const { select } = await given();
    expect(await numbersOf(await select({ run: 'earlier', retryOf: 'earlier' }))).toEqual([1, 2]);
  });

  it.each(['plan', 'rollback'] as const)(
    'a rollback is refused if the run was a %s',
    async (command) => {
      const { select, store } = await given();
      const request = requestOf({ command });
      await store.createRun({ id: 'other', request, startedAt: '2026-11-24T05:57:12Z' });
      expect(await rejectionOf(select({ run: 'other' }))).toMatchObject({
        code: 'RunAppliedNothing',
        fault: 'usage',
      });
      expect(await rejectionOf(select({ run: 'no-such-run' }))).toMatchObject({
        code: 'RunUnknown',
      });
    },
  );
});
