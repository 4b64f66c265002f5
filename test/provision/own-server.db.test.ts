import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotatePassword } from '../../src/core/credentials/rotate-password.ts';
import type { ProvisionOutcome } from '../../src/core/provision/provision-tenant.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import type { TestDatabase } from '../support/database.ts';
import { SHOP } from '../support/migrations.ts';
import { type OwnServer, startOwnServer } from '../support/own-server.ts';
import { addRow, newSlug, provisioningOn } from '../support/provisioning.ts';
import { createSecretSearch } from '../support/secret-search.ts';
import { testServer } from '../support/server.ts';

const never = new AbortController().signal;

let central: TestDatabase;
let server: OwnServer;

// These changes of the server cannot be made to one that others use, too.
describe.skipIf(!testServer().isEmbedded)('provisioning on a server of its own', () => {
  beforeAll(async () => {
    central = await createCentralDatabase();
    server = await startOwnServer();
  });
  afterAll(() => server?.stop());

  it('provisioning on a server of its own writes no password into the logs of the server, nor does a rotation', async () => {
    await restart('--log-bin=binary', '--general-log=1', '--general-log-file=general.log');
    const search = createSecretSearch();
    await onOwnServer(async (given, id) => {
      expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'active' });
      search.add(await passwordOf(given, id));
      await asking(central, ({ credentials }) =>
        rotatePassword(id, { ...given, registry: credentials, keepOld: false }),
      );
      search.add(await passwordOf(given, id));
    });
    const folder = await variable('datadir');
    const logs = (await readdir(folder)).filter((name) => /^(binary|general)/.test(name));
    for (const name of logs) search.take(name, await readFile(join(folder, name), 'latin1'));
    const general = await readFile(join(folder, 'general.log'), 'latin1');
    expect(general).toMatch(/CREATE USER .* USING '\*[0-9A-F]{40}'/);
    expect(general).toMatch(/ALTER USER .* USING '\*[0-9A-F]{40}' OR /);
    expect([search.size, search.findings()]).toEqual([expect.any(Number), []]);
    expect(search.size).toBeGreaterThanOrEqual(3);
  });

  it('provisioning on a server of its own reports that all connections are taken, and continues when they are free', async () => {
    await restart('--max-connections=10');
    const taken: Connection[] = [];
    await onOwnServer(async (given, id) => {
      for (;;) {
        const connection = await server.connection().catch(() => undefined);
        if (connection === undefined) break;
        taken.push(connection);
      }
      const full = await provisionTenant(id, given, never);
      expect(full).toMatchObject({
        status: 'failed',
        failedStep: 'account',
        failure: {
          code: 'TooManyConnections',
          message: expect.stringContaining('error 1040'),
          nextStep: expect.stringContaining('max_connections'),
          retryable: true,
        },
      });
      await Promise.all(taken.map((connection) => connection.end()));
      expect(await eventually(() => provisionTenant(id, given, never))).toMatchObject({
        status: 'active',
      });
    });
  });

  it('provisioning on a server of its own reports that the server is read-only', async () => {
    await restart();
    const root = await server.connection();
    await root.query("CREATE USER 'limited'@'%' IDENTIFIED BY 'Limited-1'");
    await root.query(
      "GRANT CREATE USER, CREATE, DROP, SELECT ON *.* TO 'limited'@'%' WITH GRANT OPTION",
    );
    await root.query('SET GLOBAL read_only = 1');
    try {
      await onOwnServer(async (given, id) => {
        const login = { user: 'limited', password: 'Limited-1' };
        const outcome = await provisionTenant(
          id,
          { ...given, admins: { find: async () => login } },
          never,
        );
        expect(outcome).toMatchObject({
          status: 'failed',
          failure: { code: 'ServerReadOnly', nextStep: expect.stringContaining('writer') },
        });
      });
    } finally {
      await root.query('SET GLOBAL read_only = 0');
      await root.query("DROP USER 'limited'@'%'");
      await root.end();
    }
  });
});

async function restart(...options: readonly string[]): Promise<void> {
  server.crash();
  // Its port is free when nobody answers there any more.
  while ((await server.connection().catch(() => undefined)) !== undefined);
  await server.restart(options);
}

/** Runs `work` with a new row of a tenant on its own server, and drops what remains of it. */
async function onOwnServer(
  work: (given: Provisioning, id: string) => Promise<void>,
): Promise<void> {
  const { host, port, user, password } = server;
  await asking(central, async ({ provisioning: registry }) => {
    const given = provisioningOn(registry, SHOP, {
      admins: { find: async () => ({ user, password }) },
    });
    const id = await addRow(given, newSlug(), { host, port });
    await work(given, id);
  });
  const { databases, users } = await namesOnServer();
  const root = await server.connection();
  for (const name of databases) await root.query(`DROP DATABASE \`${name}\``);
  for (const name of users) await root.query(`DROP USER '${name}'@'%'`);
  await root.end();
}

async function namesOnServer(): Promise<{ databases: string[]; users: string[] }> {
  const root = await server.connection();
  const names = async (sql: string) =>
    (await root.query<RowDataPacket[]>(sql))[0].map(({ name }) => String(name));
  const found = {
    databases: await names(
      "SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE 'p5\\_%'",
    ),
    users: await names("SELECT user AS name FROM mysql.user WHERE user LIKE 'p5\\_%'"),
  };
  await root.end();
  return found;
}

async function passwordOf({ registry, passwords }: Provisioning, id: string): Promise<string> {
  const row = await registry.read(id);
  if (row === undefined) throw new Error(`There is no tenant ${id}.`);
  return passwords.open(row.tenant);
}

async function variable(name: string): Promise<string> {
  const connection = await server.connection();
  const [rows] = await connection.query<RowDataPacket[]>('SHOW VARIABLES LIKE ?', [name]);
  await connection.end();
  return String(rows[0]?.Value);
}

/** A server takes a moment to notice that connections were closed. */
async function eventually(work: () => Promise<ProvisionOutcome>): Promise<ProvisionOutcome> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await work();
    if (outcome.status === 'active' || tries === 20) return outcome;
  }
}
