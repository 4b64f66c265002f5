import { randomUUID } from 'node:crypto';
import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { PooledDatabase, PoolRegistry } from '../../core/pool/pool-registry.ts';
import type {
  ProvisioningMark,
  ProvisioningRegistry,
  ProvisioningRow,
} from '../../core/provision/provisioning-registry.ts';
import type { ServerAddress, TenantStatus } from '../../core/tenant.ts';
import type { CentralSession } from './central-session.ts';
import { checkWritable } from './tenants/write-checks.ts';
import { changeTenant, hasAddress, hasPassword, isAmong } from './tenants/write-tenants.ts';

/** The list of pooled databases, created by migrations/central/. */
const TABLE = raw('fanfold_pool');

const REASON_LENGTH = 2_000;

interface PoolRow {
  readonly id: string;
  readonly state: string;
  readonly provisioning: ProvisioningMark | null;
  readonly dbHost: string;
  readonly dbPort: number;
  readonly dbName: string;
  readonly dbUser: string;
  readonly dbPassword: string;
  readonly migrationUser: string | null;
  readonly migrationPassword: string | null;
  readonly settings: string;
  readonly schemaVersion: string | null;
  readonly statusReason: string | null;
}

/** Reads and changes the list of pooled databases. */
export function createPoolRegistry(session: CentralSession): PoolRegistry {
  const { ask, source } = session;
  const { columns } = source;
  const rows = (condition: Sql) =>
    ask((prisma) =>
      prisma.$queryRaw<PoolRow[]>(
        sql`SELECT * FROM ${TABLE} WHERE state <> 'TAKEN' AND ${condition} ORDER BY id`,
      ),
    );
  const change = async (id: string, sets: Sql, condition: Sql): Promise<boolean> =>
    (await ask((prisma) =>
      prisma.$executeRaw(sql`UPDATE ${TABLE} SET ${sets} WHERE id = ${id} AND ${condition}`),
    )) > 0;
  let exists: Promise<boolean> | undefined;
  let identity: Promise<string> | undefined;
  let checked: ReturnType<typeof checkWritable> | undefined;

  const provisioning: ProvisioningRegistry = {
    read: async (id) => rowOf((await rows(sql`id = ${id}`))[0]),
    findBySlug: async (slug) => rowOf((await rows(sql`dbName = ${slug}`))[0]),
    add: () => Promise.reject(new TypeError('A pooled database is reserved.')),
    claim: () => Promise.reject(new TypeError('A pooled database is reserved.')),
    resume: (id) => change(id, sql`state = 'PROVISIONING'`, sql`state = 'FAILED'`),
    mark: (id, mark) => change(id, sql`provisioning = ${mark}`, sql`state = 'PROVISIONING'`),
    // The mark stays, because the database may be removed again.
    activate: (id, { schemaVersion }) =>
      change(
        id,
        sql`state = 'READY', schemaVersion = ${schemaVersion}, statusReason = NULL`,
        sql`state = 'PROVISIONING'`,
      ),
    fail: (id, reason) =>
      change(
        id,
        sql`state = 'FAILED', statusReason = ${reason.slice(0, REASON_LENGTH)}`,
        sql`state = 'PROVISIONING'`,
      ),
    forget: (id) => change(id, sql`provisioning = 'claimed'`, sql`state = 'FAILED'`),
    remove: async (id) =>
      (await ask((prisma) =>
        prisma.$executeRaw(sql`DELETE FROM ${TABLE} WHERE id = ${id} AND state = 'FAILED'`),
      )) > 0,
  };

  return {
    provisioning,

    exists() {
      exists ??= ask(async (prisma) => {
        const found = await prisma.$queryRaw<unknown[]>(
          sql`SELECT 1 AS found FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'fanfold_pool'`,
        );
        return found.length > 0;
      });
      return exists;
    },

    identity() {
      identity ??= ask(async (prisma) => {
        const [row] = await prisma.$queryRaw<{ name: string }[]>(
          raw("SELECT CONCAT(@@hostname, ':', @@port, '/', DATABASE()) AS name"),
        );
        return row?.name ?? '';
      });
      return identity;
    },

    list: async (server) => (await rows(isOf(server))).map(pooledOf),

    servers: async () =>
      (
        await ask((prisma) =>
          prisma.$queryRaw<Pick<PoolRow, 'dbHost' | 'dbPort'>[]>(
            sql`SELECT DISTINCT dbHost, dbPort FROM ${TABLE} ORDER BY dbHost, dbPort`,
          ),
        )
      ).map(({ dbHost, dbPort }) => ({ host: dbHost, port: Number(dbPort) })),

    async remember(server) {
      const { host, port } = server;
      await ask((prisma) =>
        prisma.$executeRaw(
          sql`INSERT INTO ${TABLE} (id, state, dbHost, dbPort, dbName, dbUser, dbPassword, settings)
            SELECT ${join([randomUUID(), 'TAKEN', host, port, '', '', '', ''])} FROM (SELECT COUNT(*) AS present FROM ${TABLE} WHERE ${isOf(server)}) AS counted
            WHERE counted.present = 0`,
        ),
      );
    },

    async tidy(server) {
      // MySQL does not read the table of a DELETE but through a derived table.
      const kept = sql`SELECT id FROM (SELECT MIN(id) AS id FROM ${TABLE} WHERE state = 'TAKEN' AND ${isOf(server)}) AS kept`;
      await ask((prisma) =>
        prisma.$executeRaw(
          sql`DELETE FROM ${TABLE} WHERE state = 'TAKEN' AND ${isOf(server)} AND id NOT IN (${kept})`,
        ),
      );
    },

    async forget(server) {
      await ask((prisma) =>
        prisma.$executeRaw(sql`DELETE FROM ${TABLE} WHERE state = 'TAKEN' AND ${isOf(server)}`),
      );
    },

    namesOfTenants: async (names) =>
      (
        await ask((prisma) =>
          prisma.$queryRaw<{ name: string }[]>(
            sql`SELECT ${raw(columns.dbName.sql)} AS name FROM ${raw(source.from)} WHERE ${raw(columns.dbName.sql)} IN (${join([...names])})`,
          ),
        )
      ).map(({ name }) => name),

    async reserve({ id, address, settings, encryptedPassword, migrationLogin }, most) {
      const { host, port, database, user } = address;
      const values = join([
        ...[id, 'PROVISIONING', 'claimed', host, port, database, user, encryptedPassword],
        ...[migrationLogin?.user ?? null, migrationLogin?.encryptedPassword ?? null, settings],
      ]);
      // One statement, so that two processes do not add the last one twice: the rows of the server are locked by it.
      const insert = sql`INSERT INTO ${TABLE} (id, state, provisioning, dbHost, dbPort, dbName, dbUser, dbPassword, migrationUser, migrationPassword, settings)
        SELECT ${values} FROM (SELECT COUNT(*) AS present FROM ${TABLE} WHERE dbHost = ${host} AND dbPort = ${port} AND state <> 'TAKEN' FOR UPDATE) AS counted
        WHERE counted.present < ${most}`;
      return (await ask((prisma) => prisma.$executeRaw(insert))) > 0;
    },

    reached: (id, schemaVersion) =>
      change(id, sql`schemaVersion = ${schemaVersion}`, sql`state = 'READY'`),

    retire: (id, reason) =>
      change(
        id,
        sql`state = 'FAILED', statusReason = ${reason}`,
        sql`state IN ('READY', 'PROVISIONING')`,
      ),

    async handOut(
      pooledId,
      { tenantId, address, encryptedPassword, migrationLogin, isMarked, ...reached },
    ) {
      checked ??= checkWritable(session, {
        what: 'A tenant that is provisioned',
        columns: [columns.status, columns.dbName, columns.dbUser, columns.dbPassword],
        statuses: ['PROVISIONING', 'FAILED', 'ACTIVE'],
        own: 'records how far a tenant has been provisioned',
      });
      return changeTenant(session, await checked, {
        id: tenantId,
        isOwnMissing: !isMarked,
        conditions: [
          isAmong(source, ['PROVISIONING', 'FAILED']),
          hasPassword(source, ''),
          ...hasAddress(source, { ...address, database: '', user: '' }),
        ],
        values: {
          status: 'ACTIVE',
          address: { database: address.database, user: address.user },
          encryptedPassword,
        },
        own: {
          statusReason: null,
          provisioning: null,
          provisioningOf: null,
          dbPasswordNext: null,
          migrationUser: migrationLogin?.user ?? null,
          migrationPassword: migrationLogin?.encryptedPassword ?? null,
          schemaVersion: reached.schemaVersion,
          lastMigratedAt: reached.at,
          lastRunId: reached.runId,
        },
        beside: {
          join: sql`JOIN ${TABLE} AS p ON p.id = ${pooledId}`,
          // The tenant's row alone has its passwords from now on.
          sets: [raw("p.state = 'TAKEN', p.dbPassword = '', p.migrationPassword = NULL")],
          conditions: [raw("p.state = 'READY'")],
        },
      });
    },
  };
}

/** Matches the rows of a server, or all of them. */
function isOf(server: ServerAddress | undefined): Sql {
  return server === undefined
    ? raw('TRUE')
    : sql`dbHost = ${server.host} AND dbPort = ${server.port}`;
}

const STATUS_OF: Readonly<Record<string, TenantStatus>> = {
  READY: 'ACTIVE',
  FAILED: 'FAILED',
};

function pooledOf(row: PoolRow): PooledDatabase {
  const { migrationUser, migrationPassword } = row;
  return {
    tenant: {
      id: row.id,
      slug: row.dbName,
      name: row.dbName,
      status: STATUS_OF[row.state] ?? 'PROVISIONING',
      address: {
        host: row.dbHost,
        port: Number(row.dbPort),
        database: row.dbName,
        user: row.dbUser,
      },
      encryptedPassword: row.dbPassword,
      ...(migrationUser !== null &&
        migrationPassword !== null && {
          migrationLogin: { user: migrationUser, encryptedPassword: migrationPassword },
        }),
      schemaVersion: row.schemaVersion,
      lastMigratedAt: null,
      lastRunId: null,
    },
    settings: row.settings,
    reason: row.statusReason,
  };
}

function rowOf(row: PoolRow | undefined): ProvisioningRow | undefined {
  if (row === undefined) return undefined;
  return { tenant: pooledOf(row).tenant, mark: row.provisioning };
}
