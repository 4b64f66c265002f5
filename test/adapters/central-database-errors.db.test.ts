import { type AddressInfo, createServer, type Server } from 'node:net';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { usingCentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import type {
  CentralDatabaseLogin,
  VerifiedTls,
} from '../../src/core/central/central-database-login.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { killSessions } from '../support/process-list.ts';
import { testServer } from '../support/server.ts';
import { rejectionOf } from '../support/thrown-by.ts';

type Doing = (login: CentralDatabaseLogin, tls?: VerifiedTls) => Promise<unknown>;

const counting: Doing = (login, tls) =>
  usingCentralDatabase({ login, tls }, ({ directory }) => directory.count({}));
const migrating: Doing = (login, tls) => migrateCentralLatest({ login, tls });

/** The error of a failure; neither it nor its causes may contain the password. */
async function explained(promise: Promise<unknown>, { password }: CentralDatabaseLogin) {
  const error = await rejectionOf(promise);
  expect(error).toBeInstanceOf(FanfoldError);
  expect(error).toMatchObject({ fault: 'configuration' });
  expect((error as Error).message).not.toContain('\n');
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(password);
  return error;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe.each<[string, Doing]>([
  ['read by Prisma', counting],
  ['migrated by Knex', migrating],
])('a central database that is %s', (_, doing) => {
  let database: TestDatabase;
  let login: CentralDatabaseLogin;

  beforeAll(async () => {
    database = await createCentralDatabase();
    const { host, port, user, password } = database;
    login = { host, port, user, password, database: database.database };
  });

  it('a central database is reported as unreachable at once if it refuses connections', async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const start = performance.now();

    const error = await explained(doing({ ...login, port }), login);

    expect(error).toMatchObject({ code: 'CentralDatabaseUnreachable', retryable: true });
    expect((error as Error).message).toContain(`127.0.0.1:${port}`);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('a central database is reported as unreachable if its host does not resolve', async () => {
    const error = await explained(doing({ ...login, host: 'central.invalid' }), login);

    expect(error).toMatchObject({ code: 'CentralDatabaseUnreachable' });
    expect((error as Error).message).toContain('central.invalid');
  });

  it('a central database is reported as unreachable after 8 seconds without an answer', async () => {
    const silent = createServer();
    onTestFinished(() => void silent.close());
    const port = await listening(silent);
    const start = performance.now();

    const error = await explained(doing({ ...login, port }), login);

    expect(error).toMatchObject({ code: 'CentralDatabaseUnreachable' });
    expect(performance.now() - start).toBeGreaterThan(7_000);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('a central database is reported as unreachable if it has no free connection', async () => {
    const other = await createCentralDatabase();
    await other.limitConnections(1);
    await other.connection();

    const error = await explained(doing(other), other);

    expect(error).toMatchObject({ code: 'CentralDatabaseUnreachable', retryable: true });
  });

  it('a central database is reported with the user name if it refuses the password', async () => {
    const wrong = { ...login, password: 'not-the-password' };

    const error = await explained(doing(wrong), wrong);

    expect(error).toMatchObject({ code: 'CentralDatabaseAccessDenied', retryable: false });
    expect((error as Error).message).toContain(`"${login.user}"`);
  });

  it('a central database is reported as access denied if the user may not access it', async () => {
    const other = await createDatabase('other');

    const error = await explained(doing({ ...login, database: other.database }), login);

    expect(error).toMatchObject({ code: 'CentralDatabaseAccessDenied' });
    expect((error as Error).message).toContain(other.database);
  });

  it('a central database is reported as missing if it does not exist', async () => {
    const { user, password } = testServer();
    const root = { ...login, user, password: password || login.password };

    const error = await explained(
      doing({ ...root, password, database: 'ff_central_missing' }),
      root,
    );

    expect(error).toMatchObject({ code: 'CentralDatabaseMissing' });
    expect((error as Error).message).toContain('"ff_central_missing"');
  });

  it('a central database is reported if it has no trusted certificate or no TLS', async () => {
    const error = await explained(doing(login, {}), login);

    expect(error).toMatchObject({ code: 'CentralDatabaseTlsFailed' });
  });
});

describe('a central database', () => {
  it('a central database without tables is reported as empty', async () => {
    const database = await createDatabase('central');

    const error = await explained(counting(database), database);

    expect(error).toMatchObject({
      code: 'CentralDatabaseEmpty',
      nextStep: 'Create its tables: `fanfold migrate:latest`',
    });
  });

  it.each([
    ['fanfold_tenants', 'lastRunId', 'CentralDatabaseSchemaMismatch'],
    ['tenants', 'dbPassword', 'TenantsColumnsMissing'],
  ])(
    'a central database whose table %s has no column %s is refused as %s',
    async (table, column, code) => {
      const database = await createCentralDatabase();
      await database.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);

      const error = await explained(counting(database), database);

      expect(error).toMatchObject({ code });
      expect((error as Error).message).toContain(column);
    },
  );

  it('a central database that loses its connections during work is reported as lost', async () => {
    const database = await createCentralDatabase();
    const root = await testServer().rootConnection();
    const losing = asking(database, async ({ directory }) => {
      await directory.count({});
      await root.query(`ALTER USER '${database.user}'@'%' IDENTIFIED BY 'changed'`);
      await endSessions(database);
      return directory.count({});
    });

    const error = await explained(losing, database);

    expect(error).toMatchObject({ code: 'CentralDatabaseLost', retryable: true });
  });

  it('a central database can be queried again after a session was killed, if the login still works', async () => {
    const database = await createCentralDatabase();
    const asked = await asking(database, async ({ directory }) => {
      await endSessions(database);
      await directory.count({}).catch(() => undefined);
      return directory.count({});
    });

    expect(asked).toBe(0);
  });

  it('a central database leaves no session behind, even if the work fails', async () => {
    const database = await createCentralDatabase();
    const failure = new Error('of the work');

    expect(await rejectionOf(asking(database, () => Promise.reject(failure)))).toBe(failure);

    await database.closeConnections();
  });
});

/** Ends every session of the database's user, as an operator or a failover would. */
async function endSessions({ user }: TestDatabase): Promise<void> {
  const root = await testServer().rootConnection();
  await killSessions(root, { where: 'USER = ?', values: [user] });
}
