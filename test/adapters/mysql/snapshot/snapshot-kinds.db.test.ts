import { describe, expect, it } from 'vitest';
import { type Bundle, createBundle } from '../../../../src/core/bundle/bundle.ts';
import { migrateDatabase } from '../../../../src/core/migrate/migrate-database.ts';
import type { SnapshotOffer } from '../../../../src/core/snapshot/snapshot.ts';
import { createDatabase } from '../../../support/database.ts';
import { tenantDatabases } from '../../../support/provisioning.ts';
import { isMariaDb, snapshotOf } from '../../../support/snapshot.ts';
import { wholeDatabase } from '../../../support/whole-database.ts';
import { migrationsOf, REFUSED, SAME, type SnapshotKind } from './snapshot-kinds.ts';

const isOnMariaDb = await isMariaDb();
const isHere = ({ only }: SnapshotKind) =>
  only === undefined || (only === 'MariaDB') === isOnMariaDb;

/** Everything in a new database of a tenant, made in one of two ways. */
async function madeBy(bundle: Bundle, snapshot?: SnapshotOffer) {
  const database = await createDatabase('born');
  await database.query(`ALTER DATABASE \`${database.database}\` CHARACTER SET utf8mb4`);
  if (!isOnMariaDb) await database.grant('SUPER ON *.*');
  const attempt = await migrateDatabase(
    database,
    {
      runId: 'provision-1',
      bundle,
      snapshot,
      request: {
        command: 'migrate',
        strict: false,
        allowMissing: false,
        lockWaitTimeoutSeconds: 5,
      },
    },
    { databases: tenantDatabases },
  );
  const connection = await database.connection();
  const whole = await wholeDatabase(connection);
  const text = whole
    .map((line) =>
      line.replaceAll(database.database, '<database>').replaceAll(database.user, '<user>'),
    )
    // The value of Knex's lock is that of the session.
    .map((line) => line.replaceAll(/\\"lock\\":-?\d+/g, '<lock>'));
  const counters = await database.query(
    'SELECT TABLE_NAME AS name, AUTO_INCREMENT AS next FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  );
  return { attempt, text, counters };
}

describe('a snapshot has what a replay makes of', () => {
  it.each(SAME.filter(isHere).map((kind) => [kind.name, kind] as const))(
    'a snapshot has what a replay makes of %s',
    async (_, kind) => {
      const migrations = migrationsOf(kind);
      const { result, read } = await snapshotOf(migrations);
      expect(result).toEqual({ status: 'made', header: expect.anything() });
      const bundle = createBundle(migrations);
      const replayed = await madeBy(bundle);
      const born = await madeBy(bundle, { snapshot: await read() });
      if (kind.up.length > 0) {
        expect(born.attempt).toMatchObject({
          status: 'migrated',
          notes: [{ code: 'FromSnapshot' }],
        });
      }
      expect(born.text).toEqual(replayed.text);
      expect(born.counters).toEqual(replayed.counters);
    },
    60_000,
  );
});

describe('there is no snapshot of', () => {
  it.each(REFUSED.filter(isHere).map((kind) => [kind.name, kind] as const))(
    'there is no snapshot of %s, and the reason is named',
    async (_, kind) => {
      const { result, read } = await snapshotOf(migrationsOf(kind));
      expect(result).toMatchObject(kind.result);
      await expect(read()).rejects.toMatchObject({ code: 'SnapshotInvalid' });
    },
    60_000,
  );

  it('there is no snapshot of more bytes than the limit', async () => {
    const kind = SAME.find(({ name }) => name.startsWith('more rows'));
    const { result } = await snapshotOf(kind === undefined ? [] : migrationsOf(kind), {
      limit: 100_000,
    });
    expect(result).toEqual({ status: 'too large', limit: 100_000 });
  });
});
