import { randomUUID } from 'node:crypto';
import { createLocalRunStore } from '../../src/adapters/local/run-store.ts';
import { systemClock } from '../../src/adapters/local/system-clock.ts';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createTenantDatabases } from '../../src/adapters/mysql/tenant-databases.ts';
import { renderHtmlReport } from '../../src/adapters/report/html-report.ts';
import { createBundle, sourceChecksum } from '../../src/core/bundle/bundle.ts';
import { runFanOut } from '../../src/core/in-process/run-fan-out.ts';
import { createMigrateTenant } from '../../src/core/migrate/migrate-tenant.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import { parseRunRequest } from '../../src/core/wire/parse-run-request.ts';
import { createMemoryDirectory } from '../memory-directory.ts';
import type { ServerLogin } from '../server-login.ts';
import type { TenantMigration } from '../tenant-migrations.ts';
import { knexInstance } from '../ways/knex-instance.ts';

/** A way of changing a table that others use. */
export interface QueueWay {
  readonly title: string;
  /** Migrates all databases at the same time. */
  migrate(databases: readonly string[], signal: AbortSignal): Promise<void>;
}

/** Adds a column, which takes no time once the lock is there. */
const ADD_COLUMN: TenantMigration = {
  id: '20260101090000_add_note_to_orders',
  up: (knex) => knex.schema.alterTable('orders', (table) => void table.string('note')),
  down: (knex) => knex.schema.alterTable('orders', (table) => table.dropColumn('note')),
};

/** Plain Knex, one connection a tenant. */
export function knexWay(login: ServerLogin): QueueWay {
  return {
    title: 'plain Knex',
    migrate: async (databases) => {
      await Promise.all(
        databases.map(async (database) => {
          const knex = knexInstance(login, database, [ADD_COLUMN]);
          try {
            await knex.migrate.latest();
          } finally {
            await knex.destroy();
          }
        }),
      );
    },
  };
}

/** Fanfold as the command line runs it, with or without a limit for the queries of others. */
export function fanfoldWay(
  login: ServerLogin,
  storeFolder: string,
  limits: { readonly queueMs?: number; readonly waitSeconds: number },
): QueueWay {
  const { queueMs, waitSeconds } = limits;
  return {
    title: queueMs === undefined ? 'Fanfold' : `Fanfold, queueMs ${queueMs}`,
    migrate: async (databases, signal) => {
      const request = parseRunRequest({
        maxConcurrency: databases.length,
        lockWaitTimeoutSeconds: waitSeconds,
        ...(queueMs === undefined ? {} : { safety: { queueMs } }),
      });
      const { id, up, down } = ADD_COLUMN;
      const checksum = sourceChecksum(id);
      const bundle = createBundle([
        { id, extension: '.js', checksum, load: async () => ({ up, down }) },
      ]);
      const tenants = databases.map((database) => tenantOf(login, database));
      const dependencies = {
        store: createLocalRunStore(storeFolder),
        directory: createMemoryDirectory(tenants),
        attemptTenant: createMigrateTenant({
          databases: createTenantDatabases({
            connectTimeoutMs: 10_000,
            tls: createTlsChooser({ mode: 'off' }),
          }),
          passwords: { open: async () => login.password },
        }),
        report: () => {},
        renderReport: renderHtmlReport,
        clock: systemClock,
        random: Math.random,
      };
      const run = { id: `bench-${randomUUID()}`, request, bundle };
      const { summary, error } = await runFanOut(run, dependencies, signal);
      if (error !== undefined) throw error;
      if (summary.counts.migrated === databases.length) return;
      throw new Error(`Not every tenant was migrated: ${JSON.stringify(summary.failures)}`);
    },
  };
}

function tenantOf({ host, port, user }: ServerLogin, database: string): Tenant {
  return {
    id: database,
    slug: database,
    name: database,
    status: 'ACTIVE',
    address: { host, port, user, database },
    encryptedPassword: '',
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  };
}
