import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { provisionTenant } from '../../src/api/provision-tenant.ts';
import { processEnvironment } from '../../src/compose/process-environment.ts';
import { send, usingConnection } from '../connection.ts';
import { createDatabases, dropUsers, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { type NewTenantsProject, newTenantsProject } from './new-tenants-project.ts';

/** Milliseconds that each new tenant took, from the time at which it was due. */
export interface NewTenantsSample {
  readonly title: string;
  readonly milliseconds: readonly number[];
}

export interface NewTenantsOptions {
  /** Tenants of each way. */
  readonly tenants: number;
  readonly migrations: number;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly notice: (text: string) => void;
}

/** Milliseconds between two new tenants that come whether or not the one before is ready: ten a second. */
const EVERY_MS = 100;

/**
 * Makes new tenants as a service does: by running all migrations, from the snapshot, and from a pool at ten a second,
 * alone and beside runs over the fleet. A snapshot is made on the same server, which has to hold nothing else.
 */
export async function measureNewTenants(
  login: ServerLogin,
  options: NewTenantsOptions,
): Promise<NewTenantsSample[]> {
  const { tenants, migrations, folder, signal, notice } = options;
  const central = `${PREFIX}new_tenants`;
  const given = (name: string, pool: number) =>
    newTenantsProject(join(folder, name), login, central, { migrations, pool });
  const replaying = await given('replaying', 0);
  const pooling = await given('pooling', tenants);
  notice('new tenants: making the snapshot');
  await pooling.makeSnapshot();
  await createDatabases(login, [central], signal);
  await migrateCentralLatest({ login: { ...login, database: central } });
  const ground = { login, central, signal };
  try {
    notice('new tenants: by their migrations and from the snapshot');
    const samples = [
      { title: `${migrations} migrations`, ...(await oneByOne(ground, replaying, tenants)) },
      { title: 'from the snapshot', ...(await oneByOne(ground, pooling, tenants)) },
    ];
    for (const beside of [undefined, pooling]) {
      notice('new tenants: filling the pool');
      await fillPool(ground, pooling, tenants);
      samples.push({
        title: `from a pool, 10 a second${beside === undefined ? '' : ', beside runs over the fleet'}`,
        ...(await tenASecond(ground, pooling, tenants, beside)),
      });
    }
    return samples;
  } finally {
    await dropPooled(login, central);
    await dropUsers(login);
  }
}

interface Ground {
  readonly login: ServerLogin;
  readonly central: string;
  readonly signal: AbortSignal;
}

async function oneByOne(
  ground: Ground,
  project: NewTenantsProject,
  count: number,
): Promise<Pick<NewTenantsSample, 'milliseconds'>> {
  const milliseconds: number[] = [];
  for (let index = 0; index < count; index += 1) {
    ground.signal.throwIfAborted();
    const id = await addRow(ground, `${PREFIX}${randomUUID().slice(0, 8)}`);
    milliseconds.push(await provisioned(id, project, ground, performance.now(), 'replay'));
  }
  return { milliseconds };
}

/** This process may be filling the pool, too, after the tenants of a way. */
async function fillPool(
  { login, central, signal }: Ground,
  project: NewTenantsProject,
  size: number,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    await project.run('tenant:pool', '--refill', '--host', login.host, '--port', `${login.port}`);
    const [row] = await usingConnection(login, central, (connection) =>
      send<RowDataPacket[]>(
        connection,
        "SELECT COUNT(*) AS ready FROM fanfold_pool WHERE state = 'READY'",
      ),
    );
    if (Number(row?.ready) >= size) return;
    await sleep(200);
  }
}

async function tenASecond(
  ground: Ground,
  project: NewTenantsProject,
  count: number,
  beside: NewTenantsProject | undefined,
): Promise<Pick<NewTenantsSample, 'milliseconds'>> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await addRow(ground, ''));
  let isOver = false;
  const runs = (async () => {
    while (beside !== undefined && !isOver) await beside.run('migrate:all-tenants');
  })();
  const calls: Promise<number>[] = [];
  try {
    if (beside !== undefined) await sleep(1_000);
    const startedAt = performance.now();
    for (const [index, id] of ids.entries()) {
      ground.signal.throwIfAborted();
      const due = startedAt + index * EVERY_MS;
      await sleep(Math.max(0, due - performance.now()));
      calls.push(provisioned(id, project, ground, due, 'pool'));
    }
    const milliseconds = await Promise.all(calls);
    isOver = true;
    await runs;
    return { milliseconds };
  } finally {
    isOver = true;
    await Promise.allSettled([runs, ...calls]);
  }
}

/** Milliseconds from the time at which it was due. Throws if it was made in another way than the one that is measured. */
async function provisioned(
  id: string,
  { folder, centralUrl, env }: NewTenantsProject,
  { signal }: Ground,
  due: number,
  way: 'pool' | 'replay',
): Promise<number> {
  const environment = processEnvironment(env);
  const { status, notes } = await provisionTenant(id, {
    project: folder,
    migrations: join(folder, 'migrations/tenant'),
    centralDatabaseUrl: centralUrl,
    keyRing: environment.keyRing(),
    admins: environment.adminLogins(),
    signal,
  });
  const took = performance.now() - due;
  const isFromPool = notes.some(({ code }) => code === 'FromPool');
  if (status !== 'active' || isFromPool !== (way === 'pool')) {
    throw new Error(`A new tenant is ${status}: ${JSON.stringify(notes)}`);
  }
  return took;
}

/** The row of a tenant as a product adds it; with an empty name it may get a database of the pool. */
async function addRow({ login, central }: Ground, database: string): Promise<string> {
  const id = randomUUID();
  const { host, port } = login;
  await usingConnection(login, central, (connection) =>
    send(
      connection,
      "INSERT INTO tenants (id, slug, name, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES (?, ?, ?, ?, ?, ?, ?, '')",
      [id, `t-${id}`, 'x', host, port, database, database],
    ),
  );
  return id;
}

/** Databases and users whose names are not those of the bench: of the pool, and of a tenant for which it had none. */
async function dropPooled(login: ServerLogin, central: string): Promise<void> {
  await usingConnection(login, central, async (connection) => {
    const rows = await send<RowDataPacket[]>(
      connection,
      "SELECT dbName AS name, dbUser AS user FROM fanfold_pool WHERE dbName <> '' UNION SELECT dbName, dbUser FROM tenants WHERE dbName <> ''",
    );
    for (const { name, user } of rows) {
      await send(connection, `DROP DATABASE IF EXISTS \`${name}\``);
      await send(connection, `DROP USER IF EXISTS '${user}'@'%'`);
    }
  });
}
