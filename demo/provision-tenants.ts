import { randomUUID } from 'node:crypto';
import type { EmbeddedServer } from '../src/adapters/local/embedded-server/contract.ts';
import { serverUrl } from '../src/adapters/local/embedded-server/server-login.ts';
import { usingCentralDatabase } from '../src/adapters/prisma/central-database.ts';
import { provisionTenant } from '../src/api/provision-tenant.ts';
import { fixedKeyRing } from '../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../src/core/encryption/parse-key-ring.ts';
import { createPasswordOpener } from '../src/core/encryption/password-opener.ts';
import { usingConnection } from './connection.ts';
import type { DemoTenant, Fleet } from './fleet.ts';
import { settleAll } from './settle-all.ts';
import { migrationsIn } from './workspace.ts';

/** Tenants that are made at a time. */
const AT_A_TIME = 6;

export interface ProvisionStage {
  readonly server: EmbeddedServer;
  readonly fleet: Fleet;
  readonly workspace: string;
  readonly signal: AbortSignal;
}

/** Makes tenants as an API server would: it inserts their rows and calls the function of the package. */
export async function provisionTenants(
  tenants: readonly DemoTenant[],
  { server, fleet, workspace, signal }: ProvisionStage,
): Promise<void> {
  const { central } = fleet;
  const { user, password } = server;
  const options = {
    centralDatabaseUrl: `${serverUrl(central)}/${central.database}`,
    keyRing: keyRingOf(fleet),
    passwordFormat: 'v1',
    admins: { find: async () => ({ user, password }) },
    migrations: migrationsIn(workspace),
    tls: 'off',
    signal,
  } as const;
  const queue = [...tenants];
  const work = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      signal.throwIfAborted();
      await provisionTenant(await insertRow(next, fleet), options);
    }
  };
  await settleAll(Array.from({ length: AT_A_TIME }, work));
  signal.throwIfAborted();
}

/** The row of a tenant that has nothing yet, not even a password; returns its id. */
async function insertRow({ slug, name, login }: DemoTenant, { central }: Fleet): Promise<string> {
  const id = randomUUID();
  const { host, port, database, user } = login;
  await usingConnection(central, (connection) =>
    connection.query('INSERT INTO tenants SET ?', {
      ...{ id, slug, name, dbHost: host, dbPort: port },
      ...{ dbName: database, dbUser: user, dbPassword: '' },
    }),
  );
  return id;
}

/** The same fleet, with the passwords that provisioning has made, so that the demo can check the databases itself. */
export async function withPasswords(fleet: Fleet): Promise<Fleet> {
  const { open } = createPasswordOpener(keyRingOf(fleet));
  const slugs = fleet.tenants.map(({ slug }) => slug);
  const rows = await usingCentralDatabase({ login: fleet.central }, ({ directory }) =>
    directory.findByNames(slugs),
  );
  const tenants = await Promise.all(
    fleet.tenants.map(async (tenant) => {
      const row = rows.find(({ slug }) => slug === tenant.slug);
      if (tenant.condition !== 'provisioned' || row === undefined) return tenant;
      return { ...tenant, login: { ...tenant.login, password: await open(row) } };
    }),
  );
  return { ...fleet, tenants };
}

function keyRingOf({ encryptionKey }: Fleet) {
  return fixedKeyRing(parseKeyRing(encryptionKey));
}
