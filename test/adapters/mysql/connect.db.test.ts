import { connect, createServer, type Server, type Socket } from 'node:net';
import { escapeId } from 'mysql2';
import { afterAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';
import { testServer } from '../../support/server.ts';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** A server on loopback that treats every connection as `treat` does. Returns its port. */
function listen(treat: (socket: Socket) => void): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      treat(socket);
    }).listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    servers.push(server);
  });
}

describe('connecting to a tenant', () => {
  it.each([
    ['refuses', async () => ({ port: 1 }), 'ConnectionRefused', true],
    ['does not resolve', async () => ({ host: 'nowhere.invalid' }), 'HostNotFound', undefined],
    ['hangs', async () => ({ port: await listen(() => {}) }), 'ConnectionTimedOut', true],
    [
      'hangs up',
      async () => ({ port: await listen((socket) => socket.destroy()) }),
      'ConnectionLost',
      true,
    ],
    [
      'speaks another protocol',
      async () => ({
        port: await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      }),
      expect.any(String),
      undefined,
    ],
    ['refuses the password', async () => ({ password: 'Wrong-passw0rd!' }), 'AccessDenied', false],
    [
      'has no such database',
      async () => ({ database: 'fanfold_nowhere' }),
      expect.stringMatching(/^(DatabaseMissing|DatabaseAccessDenied)$/),
      false,
    ],
  ])(
    'connecting to a tenant fails with a specific code if the server %s',
    async (_what, change, code, retryable) => {
      const database = await createDatabase('connect');
      const changed = await change();

      const attempt = await migrate({ ...login(database), ...changed }, bundle(...SHOP), {
        connectTimeoutMs: 700,
      });

      expect(attempt).toMatchObject({
        status: 'failed',
        failure: {
          code,
          nextStep: expect.stringMatching(/\w/),
          ...(retryable === undefined ? {} : { retryable }),
        },
      });
      expect(JSON.stringify(attempt)).not.toContain(database.password);
      expect(JSON.stringify(attempt)).not.toContain('Wrong-passw0rd!');
    },
  );

  it('connecting to a tenant reports a missing database to a user with access to all', async () => {
    const database = await createDatabase('connect');
    await database.grant('ALL ON *.*');
    expect(
      await migrate({ ...login(database), database: 'fanfold_nowhere' }, bundle(...SHOP)),
    ).toMatchObject({
      failure: { code: 'DatabaseMissing', message: expect.stringContaining('"fanfold_nowhere"') },
    });
  });

  it('connecting to a tenant is retryable if the server has no free connection', async () => {
    const database = await createDatabase('connect');
    await database.limitConnections(1);
    const only = await database.connection();
    await only.query('SELECT 1');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({
      failure: { code: 'TooManyConnections', retryable: true },
    });
  });

  it('connecting to a tenant refuses a server without TLS outside of loopback before it sends the password', async () => {
    const database = await createDatabase('connect');
    // The greeting of a MySQL server without TLS, on an address that does not count as loopback.
    const { createTlsChooser, isLoopback } = await import(
      '../../../src/adapters/mysql/connection/tls.ts'
    );
    const ssl = createTlsChooser({ mode: 'auto' });
    expect(['127.0.0.1', '127.9.8.7', 'localhost', '::1'].every(isLoopback)).toBe(true);
    expect(['10.0.0.1', 'db.example.org', '127.evil.org', '128.0.0.1'].some(isLoopback)).toBe(
      false,
    );
    expect(ssl(database.host)).toBeUndefined();
    expect(ssl('db.example.org')).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true });
    expect(ssl('db.example.org')).toBe(ssl('other.example.org'));
  });
});

describe('a connection that is lost during a migration', () => {
  it('a connection that is lost during a migration is a retryable failure that keeps applied migrations', async () => {
    const database = await createDatabase('lost');
    const cut = migration('20260401000000_lose_connection', async (knex) => {
      const [[{ id }]] = await knex.raw('SELECT CONNECTION_ID() AS id');
      await (await database.connection()).query(`KILL ${id}`);
      await knex.raw('SELECT 1');
    });
    expect(await migrate(database, bundle(...SHOP, cut))).toMatchObject({
      status: 'failed',
      applied: SHOP.map(({ id }) => ({ name: `${id}.js` })),
      failure: { code: 'FenceLost', retryable: true, migration: cut.id },
    });
  });
});

describe('a network that fails during a statement', () => {
  it('a network that fails during a statement is a retryable failure that names the statement, and the next attempt takes over its locks', async () => {
    const database = await createDatabase('dropped');
    const { host, port } = database;
    const network = await listen((socket) => {
      const server = connect(port, host).on('error', () => {});
      server.pipe(socket).on('close', () => server.destroy());
      socket.on('data', (sent) => {
        server.write(sent);
        // The server has received the statement, but its answer cannot be delivered.
        if (sent.includes('DO SLEEP')) setTimeout(() => socket.destroy(), 50);
      });
    });
    const slow = migration('20260401000000_drop_network', async (knex) => {
      await knex('customers').insert({ email: 'a@example.org' });
      await knex.raw('DO SLEEP(0.5)');
    });

    const cut = await migrate({ ...login(database), port: network }, bundle(...SHOP, slow));
    expect(cut).toMatchObject({
      status: 'failed',
      applied: SHOP.map(({ id }) => ({ name: `${id}.js` })),
      failure: {
        code: 'FenceLost',
        retryable: true,
        migration: slow.id,
        statement: { number: 2, text: 'DO SLEEP(?)' },
      },
    });

    expect(await migrate(database, bundle(...SHOP, slow), { fenceWaitSeconds: 10 })).toMatchObject({
      status: 'migrated',
      applied: [{ name: `${slow.id}.js` }],
    });
    // Once, because the server has rolled back the uncommitted part of the first attempt.
    expect(await database.query('SELECT email FROM customers')).toEqual([
      { email: 'a@example.org' },
    ]);
  });
});

describe('names of databases', () => {
  it.each([
    'back`tick',
    "quo'te",
    'double"quote',
    'dot.ted',
    'two words',
    'größe',
    '商店',
    'semi;colon',
    'per%cent_under',
    'Upper',
    'x'.repeat(40),
  ])('a name of a database may contain %s', async (odd) => {
    const database = await createDatabase('name');
    const name = `${database.database}_${odd}`.slice(0, 64);
    const root = await testServer().rootConnection();
    await root.query(`CREATE DATABASE ${escapeId(name, true)}`);
    try {
      await database.grant(`ALL ON ${escapeId(name, true).replaceAll(/[%_]/g, '\\$&')}.*`);
      const odd = { ...login(database), database: name };
      expect(await migrate(odd, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
      expect(await migrate(odd, bundle(...SHOP))).toMatchObject({ status: 'unchanged' });
    } finally {
      await root.query(`DROP DATABASE ${escapeId(name, true)}`);
    }
  });
});

function login({
  host,
  port,
  database,
  user,
  password,
}: Awaited<ReturnType<typeof createDatabase>>) {
  return { host, port, database, user, password };
}
