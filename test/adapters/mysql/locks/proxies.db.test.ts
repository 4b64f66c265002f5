import { describe, expect, it, onTestFinished } from 'vitest';
import { checkDirect, isMultiplexed } from '../../../../src/adapters/mysql/locks/direct-session.ts';
import { startCuttingProxy } from '../../../support/cutting-proxy.ts';
import { createDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, SHOP } from '../../../support/migrations.ts';
import { startPoolingProxy } from '../../../support/pooling-proxy.ts';
import { rejectionOf } from '../../../support/thrown-by.ts';

describe('behind a proxy that', () => {
  it.each([1, 2, 3])(
    'behind a proxy that has %i sessions of its own, a tenant is refused before anything is changed',
    async (sessions) => {
      const database = await createDatabase('proxy');
      const proxy = await startPoolingProxy(database, sessions);
      onTestFinished(() => proxy.close());
      const { host, port } = proxy;
      expect(await migrate({ ...database, host, port }, bundle(...SHOP))).toMatchObject({
        status: 'failed',
        failure: {
          code: 'ConnectionMultiplexed',
          retryable: false,
          nextStep: expect.stringContaining('dbHost'),
        },
      });
      expect(await database.query('SHOW TABLES')).toEqual([]);
      expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
      // A run with nothing to do needs no lock.
      expect(await migrate({ ...database, host, port }, bundle(...SHOP))).toMatchObject({
        status: 'unchanged',
      });
    },
  );

  it('behind a proxy that only passes bytes on, a tenant is migrated', async () => {
    const database = await createDatabase('proxy');
    const proxy = await startCuttingProxy(database);
    onTestFinished(() => proxy.close());
    expect(await migrate({ ...database, port: proxy.port }, bundle(...SHOP))).toMatchObject({
      status: 'migrated',
    });
  });
});

describe('the check for a direct session', () => {
  it('the check for a direct session compares the bits of the id that fit into the greeting', async () => {
    const database = await createDatabase('proxy');
    const connection = await database.connection();
    const { threadId } = connection;
    await connection.query(checkDirect({ threadId }));
    for (const other of [0, threadId + 1, threadId + 2 ** 31]) {
      const error = await rejectionOf(connection.query(checkDirect({ threadId: other })));
      expect(isMultiplexed(error)).toBe(true);
    }
  });

  it.each(['', 'TRADITIONAL', 'ANSI,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE'])(
    'the check for a direct session is the same under every sql_mode ("%s")',
    async (mode) => {
      const database = await createDatabase('proxy');
      const connection = await database.connection();
      await connection.query(`SET sql_mode = '${mode}'`);
      await connection.query(checkDirect(connection));
      const error = await rejectionOf(connection.query(checkDirect({ threadId: 0 })));
      expect(isMultiplexed(error)).toBe(true);
    },
  );
});
