import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../../support/own-server.ts';
import { testServer } from '../../support/server.ts';

const isMySql = testServer().flavour === 'mysql';
const TRANSACTION_READ_ONLY = isMySql ? 'transaction_read_only' : 'tx_read_only';
const PASSWORD = 'Not-4-anyone';

let server: OwnServer;
let root: Connection;
let count = 0;

/** A database with a separate user on a server that these tests may change. */
async function createTenant(requirement = '') {
  const name = `states${++count}`;
  await root.query(`CREATE DATABASE ${name}`);
  await root.query(`CREATE USER ${name} IDENTIFIED BY '${PASSWORD}' ${requirement}`);
  await root.query(`GRANT ALL ON ${name}.* TO ${name}`);
  const { host, port } = server;
  return { host, port, database: name, user: name, password: PASSWORD };
}

const createTable = (name: string) =>
  migration(`20260101000000_create_${name}`, (knex) =>
    knex.schema.createTable(name, (table) => table.increments('id')),
  );

/** States of a server after a failover, and a table that another session has changed. */
const STATES: readonly (readonly [what: string, on: string, off: string])[] = [
  ['read_only', 'SET GLOBAL read_only = 1', 'SET GLOBAL read_only = 0'],
  [
    'transaction_read_only',
    `SET GLOBAL ${TRANSACTION_READ_ONLY} = 1`,
    `SET GLOBAL ${TRANSACTION_READ_ONLY} = 0`,
  ],
  ...(isMySql
    ? ([
        [
          'super_read_only',
          'SET GLOBAL super_read_only = 1',
          'SET GLOBAL super_read_only = 0, read_only = 0',
        ],
        ['offline_mode', 'SET GLOBAL offline_mode = 1', 'SET GLOBAL offline_mode = 0'],
      ] as const)
    : []),
];

// These tests change the whole server, so they need a separate one.
describe.skipIf(ownServerFolder() === undefined)('a read-only server', () => {
  beforeAll(async () => {
    server = await startOwnServer();
    root = await server.connection();
  });
  afterAll(() => server?.stop());

  describe.each(STATES)('by %s', (what, on, off) => {
    beforeEach(() => root.query(off));

    it('a read-only server fails a tenant with a retryable reason, and a later run migrates it', async () => {
      const tenant = await createTenant();
      await migrate(tenant, bundle(createTable('first')));
      const both = bundle(createTable('first'), createTable('second'));
      await root.query(on);
      const failed = await migrate(tenant, both).finally(() => root.query(off));
      expect(failed).toMatchObject({
        status: 'failed',
        failure: {
          code: 'ServerReadOnly',
          retryable: true,
          nextStep: expect.stringMatching(/[Ww]ait/),
        },
      });
      expect(await migrate(tenant, both)).toMatchObject({ status: 'migrated' });
    });

    // A session keeps the setting that it started with, and a server that goes offline ends it.
    it.skipIf(/transaction|offline/.test(what))(
      'a read-only server is reported in the same way during a migration, which resumes later',
      async () => {
        const tenant = await createTenant();
        let failover = on;
        const cut = migration(
          '20260101000000_cut',
          async (knex) => {
            await knex.schema.createTable('before', (table) => table.increments('id'));
            await root.query(failover);
            await knex.schema.createTable('behind', (table) => table.increments('id'));
          },
          { transaction: false },
        );
        const failed = await migrate(tenant, bundle(cut)).finally(() => root.query(off));
        expect(failed).toMatchObject({
          status: 'failed',
          failure: { code: 'ServerReadOnly', retryable: true },
        });
        failover = off;
        expect(await migrate(tenant, bundle(cut))).toMatchObject({ status: 'migrated' });
      },
    );
  });

  it('a migration that makes its own session read-only is not reported as a read-only server', async () => {
    for (const set of [
      'SET SESSION TRANSACTION READ ONLY',
      `SET SESSION ${TRANSACTION_READ_ONLY} = 1`,
    ]) {
      const tenant = await createTenant();
      const own = migration(
        '20260101000000_read_only',
        async (knex) => {
          await knex.raw(set);
          await knex.schema.createTable('never', (table) => table.increments('id'));
        },
        { transaction: false },
      );
      expect(await migrate(tenant, bundle(own)), set).toMatchObject({
        status: 'failed',
        failure: {
          code: 'SessionReadOnly',
          retryable: false,
          nextStep: expect.stringContaining('READ WRITE'),
        },
      });
    }
  });

  it.runIf(isMySql)('a read-only state of MySQL may affect only one schema', async () => {
    const tenant = await createTenant();
    await migrate(tenant, bundle(createTable('first')));
    await root.query(`ALTER SCHEMA ${tenant.database} READ ONLY = 1`);
    const both = bundle(createTable('first'), createTable('second'));
    expect(await migrate(tenant, both)).toMatchObject({
      failure: {
        code: 'ServerReadOnly',
        retryable: true,
        nextStep: expect.stringContaining('ALTER SCHEMA'),
      },
    });
    await root.query(`ALTER SCHEMA ${tenant.database} READ ONLY = 0`);
    expect(await migrate(tenant, both)).toMatchObject({ status: 'migrated' });
  });

  it('a read-only server names --tls required for an account that requires TLS, on loopback', async () => {
    const tenant = await createTenant('REQUIRE SSL');
    expect(await migrate(tenant, bundle(createTable('first')))).toMatchObject({
      failure: {
        code: 'AccessDenied',
        message: expect.stringContaining('requires TLS'),
        nextStep: expect.stringContaining('--tls required'),
      },
    });
  });

  it('a read-only server names --tls required if it refuses connections without TLS', async () => {
    const tenant = await createTenant();
    await root.query('SET GLOBAL require_secure_transport = 1');
    try {
      expect(await migrate(tenant, bundle(createTable('first')))).toMatchObject({
        failure: {
          // Some versions of MariaDB report a wrong password.
          code: expect.stringMatching(/^(TlsRequired|AccessDenied)$/),
          nextStep: expect.stringContaining('--tls required'),
        },
      });
    } finally {
      await root.query('SET GLOBAL require_secure_transport = 0');
    }
  });

  it('a read-only server names a statement that exceeded a limit of the server', async () => {
    const tenant = await createTenant();
    const slow = migration('20260101000000_slow', (knex) =>
      knex.raw(
        isMySql
          ? 'SELECT /*+ MAX_EXECUTION_TIME(50) */ COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, information_schema.COLUMNS c'
          : 'SET STATEMENT max_statement_time = 0.05 FOR SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, information_schema.COLUMNS c',
      ),
    );
    expect(await migrate(tenant, bundle(slow))).toMatchObject({
      failure: {
        code: 'StatementTimedOut',
        retryable: false,
        nextStep: expect.stringContaining('max_'),
      },
    });
  });
});
