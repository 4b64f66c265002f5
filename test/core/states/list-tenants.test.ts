import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { listTenants } from '../../../src/core/states/list-tenants.ts';
import type { StepRound } from '../../../src/core/wire/step-data.ts';
import { roundItemSchema } from '../../../src/core/wire/step-data.ts';
import { listTenantsResultSchema } from '../../../src/core/wire/step-schemas.ts';
import {
  collect,
  failedOutcome,
  failureNamed,
  fleetOf,
  idOf,
  migratedOutcome,
  tenantOf,
} from '../../support/fleet.ts';
import { FIRST, migrationOf, SECOND, stepMachine } from '../../support/step-machine.ts';
import { roundOf } from '../../support/step-run-store-contract.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

/** An opened run, and the state ListTenants on it. */
async function opened(request: unknown, tenants = fleetOf(4)) {
  const machine = stepMachine({ tenants });
  const { execution } = machine.begin();
  await machine.open(request);
  const { store, directory, deployed } = machine;
  const list = async (round: Partial<StepRound> = {}) =>
    listTenantsResultSchema.parse(
      await listTenants(
        { execution, round: roundOf(round) },
        { store, directory, bundle: deployed.bundle, now: () => machine.clock.at },
      ),
    );
  const items = (wave = 1, round = 1) =>
    (store.runs.get('run-1')?.items.get(`${wave}-${round}`) ?? []).map((item) => item.tenant.slug);
  return { ...machine, list, items };
}

describe('the first round', () => {
  it('the first round lists the run and writes its items', async () => {
    const { list, items, store, deployed } = await opened({ maxConcurrency: 7, maxPerHost: 2 });
    const listed = await list();
    expect(listed).toMatchObject({
      decision: 'RUN',
      run: {
        runId: 'run-1',
        bundleHash: deployed.bundle.hash,
        request: { command: 'migrate', maxPerHost: 2, strict: false },
      },
      map: {
        itemsKey: 'runs/run-1/items/1-1.jsonl',
        resultsPrefix: 'runs/run-1/results/1-1/',
        maxConcurrency: 7,
        toleratedFailureCount: 4,
      },
    });
    expect(items()).toEqual(['tenant-000', 'tenant-001', 'tenant-002', 'tenant-003']);
    expect(store.runs.get('run-1')).toMatchObject({
      state: { status: 'running', wavesEntered: 1, waves: [{ size: 4 }] },
      bundle: { hash: deployed.bundle.hash, migrations: [{ id: FIRST.id }, { id: SECOND.id }] },
    });
    // Nothing of the request that an attempt has no use for, such as 1,000 names.
    expect(listed.run.request).not.toHaveProperty('waves');
  });

  it('the first round gives the migrator the login of the migration user, if a tenant has one', async () => {
    const migrationLogin = { user: 'ddl', encryptedPassword: 'its ciphertext' };
    const tenants = [tenantOf(0), tenantOf(1, { migrationLogin })];
    const { list, store } = await opened({}, tenants);
    await list();
    const items = store.runs.get('run-1')?.items.get('1-1') ?? [];
    const read = items.map((item) => roundItemSchema.parse(JSON.parse(JSON.stringify(item))));
    expect(read.map(({ tenant }) => tenant.migrationLogin)).toEqual([undefined, migrationLogin]);
    expect(read[0]?.tenant).not.toHaveProperty('migrationLogin');
  });

  it('the first round keeps its lists when it is invoked again, and reads the tenants afresh', async () => {
    const { list, items, tenants, store } = await opened({});
    await list();
    tenants.unshift(tenantOf(9));
    tenants[1] = tenantOf(0, { status: 'SUSPENDED' });
    await list();
    expect(items()).toEqual(['tenant-001', 'tenant-002', 'tenant-003']);
    expect(await collect(store.readOutcomes('run-1', 1, 1))).toMatchObject([
      { status: 'skipped', cause: 'not-active', tenant: { slug: 'tenant-000' }, position: 0 },
    ]);
  });

  it('a first round of which all tenants are gone has nobody to attempt, but results to fold', async () => {
    const { list, tenants } = await opened({ tenants: ['tenant-001'] });
    await list();
    tenants.length = 0;
    expect((await list()).decision).toBe('REDUCE');
  });

  it.each<[string, unknown]>([
    ['TenantUnknown', { tenants: ['nobody'] }],
    ['TenantNotActive', { tenants: ['tenant-005'] }],
    ['TenantOffHosts', { tenants: ['tenant-001'], hosts: ['db9.example.com'] }],
    ['MigrationUnknown', { to: '20250101090000_create_task' }],
  ])('the first round fails with %s before any tenant is touched', async (code, request) => {
    const tenants = [...fleetOf(2), tenantOf(5, { status: 'ARCHIVED' })];
    const { list, store } = await opened(request, tenants);
    expect(await rejectionOf(list())).toMatchObject({ code, fault: 'usage' });
    expect(store.runs.get('run-1')?.items.size).toBe(0);
  });

  it('a run without a state is not listed again from where it broke off', async () => {
    const { list, store, items } = await opened({ waves: [{ percentage: 50 }] });
    store.failFrom('writeState', 1);
    expect(await rejectionOf(list())).toMatchObject({ code: 'RunStoreUnwritable' });
    store.failFrom('writeState', Number.POSITIVE_INFINITY);
    await list();
    expect(items()).toEqual(['tenant-000', 'tenant-001']);
  });
});

describe('what is tolerated in a round', () => {
  const busy = failureNamed('TenantBusy', true);

  it.each<[string, Record<string, unknown>, Partial<StepRound>, number]>([
    ['all of it by default', {}, {}, 4],
    ['the count', { toleratedFailureCount: 1 }, {}, 1],
    ['no more than there are items', { toleratedFailureCount: 9 }, {}, 4],
    ['a share of all that is listed', { toleratedFailurePercentage: 50 }, {}, 2],
    ['less what failed elsewhere', { toleratedFailureCount: 3 }, { failedElsewhere: 1 }, 2],
    ['never less than nothing', { toleratedFailureCount: 1 }, { failedElsewhere: 5 }, 0],
    ['a canary whole', { toleratedFailureCount: 0, waves: [{ tenants: ['tenant-002'] }] }, {}, 1],
    [
      'a share of all waves in each',
      { toleratedFailurePercentage: 25, waves: [{ percentage: 50 }] },
      {},
      1,
    ],
  ])('the tolerance of a round is %s', async (_, request, round, tolerated) => {
    const { list } = await opened(request);
    expect((await list(round)).map.toleratedFailureCount).toBe(tolerated);
  });

  it('the tolerance of a round includes earlier failures with their outcomes, wave by wave', async () => {
    const { list, store, items } = await opened({ waves: [{ percentage: 50 }] });
    await list();
    await list({ wave: 2 });
    store.putResults('run-1', { wave: 1, round: 1 }, [
      failedOutcome(0, { position: 0, failure: busy, tries: 4 }),
      migratedOutcome(1, { position: 1 }),
    ]);
    store.putResults('run-1', { wave: 2, round: 1 }, [
      failedOutcome(2, { wave: 2, position: 0, failure: busy }),
    ]);
    await list({ wave: 2, round: 2, members: 'retryable', retriesFrom: 2 });
    expect(items(2, 2)).toEqual(['tenant-002']);
    await list({ wave: 2, round: 3, members: 'left' });
    expect(items(2, 3)).toEqual(['tenant-002', 'tenant-000', 'tenant-003']);
    expect(store.runs.get('run-1')?.items.get('2-3')).toMatchObject([
      { wave: 2, position: 0, before: { tries: 1 } },
      { wave: 1, position: 0, before: { tries: 4, applied: [] } },
      { wave: 2, position: 1 },
    ]);
  });
});

describe('the bundle of a later round', () => {
  it('the bundle of a later round is the deployed bundle if that has all migrations that the run began with', async () => {
    const { list, deployed, store } = await opened({});
    await list();
    deployed.bundle = createBundle([
      FIRST,
      migrationOf(SECOND.id, 'corrected'),
      migrationOf('20250301090000_more'),
    ]);
    const { run } = await list({ round: 2, members: 'left' });
    expect(run.bundleHash).toBe(deployed.bundle.hash);
    expect(store.runs.get('run-1')?.bundle?.hash).toBe(deployed.bundle.hash);
  });

  it('the bundle of a later round is refused if it lacks a migration, also the one to migrate up to', async () => {
    const { list, deployed } = await opened({ to: SECOND.id });
    await list();
    deployed.bundle = createBundle([FIRST]);
    expect(await rejectionOf(list({ round: 2, members: 'left' }))).toMatchObject({
      code: 'BundleOlder',
      message: `What is deployed now lacks migrations that this run began with: ${SECOND.id}.`,
    });
  });

  it('the bundle of a later round may lack migrations after the one to migrate up to', async () => {
    const { list, deployed } = await opened({ to: FIRST.id });
    await list();
    deployed.bundle = createBundle([FIRST]);
    expect((await list({ round: 2, members: 'left' })).run.bundleHash).toBe(deployed.bundle.hash);
  });
});

it('listTenants finds late tenants once, however often it is invoked', async () => {
  const { list, items, tenants, store } = await opened({ hosts: ['db0.example.com'] });
  await list();
  tenants.push(tenantOf(7), tenantOf(8, { host: 'db9.example.com' }));
  expect(await list({ wave: 2, members: 'late' })).toMatchObject({ decision: 'RUN' });
  tenants.push(tenantOf(9));
  await list({ wave: 2, members: 'late' });
  expect(items(2)).toEqual(['tenant-007']);
  expect(store.runs.get('run-1')).toMatchObject({
    waves: [[0, 1, 2, 3].map(idOf), [idOf(7)]],
    state: { waves: [{ size: 4 }, { size: 1, late: true }], wavesEntered: 2 },
  });
});
