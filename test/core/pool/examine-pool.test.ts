import { expect, test } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { Attempt, AttemptTenant } from '../../../src/core/migrate/attempt.ts';
import { failureOf } from '../../../src/core/migrate/failure-of.ts';
import { examinePool } from '../../../src/core/pool/examine-pool.ts';
import { fillPool } from '../../../src/core/pool/fill-pool.ts';
import type { Provisioning } from '../../../src/core/provision/provisioning.ts';
import { migration } from '../../support/migrations.ts';
import { poolOn, SERVER } from '../support/pool-on.ts';

const never = new AbortController().signal;

/** A pool of one database, and what an examination of it finds under other circumstances. */
async function filled() {
  const all = poolOn();
  await fillPool({ ...SERVER, size: 1 }, all.provisioning, all.pool, never);
  const examined = (changes: Partial<Provisioning> = {}, size = 1, pool = all.pool) =>
    examinePool(pool, { ...all.provisioning, ...changes }, size);
  const codes = async (...terms: Parameters<typeof examined>) =>
    (await examined(...terms))[0]?.findings.map(({ code }) => code);
  return { ...all, examined, codes };
}

const answering =
  (attempt: Attempt): AttemptTenant =>
  async () =>
    attempt;

const failing = (error: unknown) =>
  answering({ status: 'failed', applied: [], notes: [], failure: failureOf(error) });

test('a pool that is full and at head has no findings', async () => {
  const { examined } = await filled();
  expect(await examined()).toEqual([{ ...SERVER, ready: 1, wanted: 1, findings: [] }]);
});

test('a pool that is short says how many are missing', async () => {
  const { examined } = await filled();
  const [examination] = await examined({}, 3);
  expect(examination?.findings).toMatchObject([
    { code: 'PoolShort', message: '1 database can be handed out, and 3 are wanted.' },
  ]);
});

test('a pooled database is named with what is wrong with it, and is not counted as ready', async () => {
  const { codes, provisioning, making } = await filled();
  const later = createBundle([migration('1_a', () => {})]);
  const settings = { ...provisioning.settings, privileges: ['ALL'] };
  const missing = new FanfoldError('DatabaseMissing', 'There is none.', {
    fault: 'tenant',
    nextStep: 'Look.',
  });
  expect(await codes({ bundle: later })).toEqual(['PoolBehind', 'PoolShort']);
  expect(
    await codes({ attemptTenant: answering({ status: 'planned', pending: ['1_a'], notes: [] }) }),
  ).toEqual(['PoolBehind', 'PoolShort']);
  expect(await codes({ settings })).toEqual(['PoolSettingsChanged', 'PoolShort']);
  expect(await codes({ attemptTenant: failing(missing) })).toEqual(['PoolBroken', 'PoolShort']);
  expect(await codes({ attemptTenant: failing(new Error('no')) })).toEqual([
    'PoolBroken',
    'PoolShort',
  ]);
  for (const [id, row] of making.rows) {
    making.rows.set(id, { ...row, tenant: { ...row.tenant, status: 'PROVISIONING' } });
  }
  expect(await codes()).toEqual(['PoolUnready', 'PoolShort']);
});

test('databases that no configuration wants are found', async () => {
  const { codes } = await filled();
  expect(await codes({}, 0)).toEqual(['PoolUnused']);
});

test('a pooled database of the server that neither the pool nor a tenant names is an orphan', async () => {
  const { examined, servers, pool, registry, addTenant } = await filled();
  const [pooled] = await pool.list();
  const own = pooled?.tenant.address.database ?? '';
  const orphan = `${own.slice(0, -1)}_`;
  servers.databases.set(orphan, { tables: 1, hasMigrationTable: true });
  expect((await examined())[0]?.findings).toMatchObject([{ code: 'PoolOrphan' }]);
  expect((await examined())[0]?.findings[0]?.message).toContain(orphan);

  const row = registry.rows.get(addTenant('a'));
  if (row === undefined) throw new Error('The tenant was not added.');
  const address = { ...row.tenant.address, database: orphan };
  registry.rows.set('a', { ...row, tenant: { ...row.tenant, address } });
  expect((await examined())[0]?.findings).toEqual([]);
});

test('a server that refuses the administrator is examined without a look for orphans', async () => {
  const { examined, servers } = await filled();
  const refused = new FanfoldError('AdminAccessDenied', 'It refuses.', {
    fault: 'configuration',
    nextStep: 'Look.',
  });
  const refusing = { ...servers, using: () => Promise.reject(refused) };
  expect(await examined({ servers: refusing })).toEqual([
    { ...SERVER, ready: 1, wanted: 1, findings: [], notLookedFor: 'It refuses.' },
  ]);
  const broken = { ...servers, using: () => Promise.reject(new Error('gone')) };
  expect((await examined({ servers: broken }))[0]?.notLookedFor).toContain('gone');
});
