import { parseRunRequest } from '../../src/core/wire/parse-run-request.ts';
import { fanOutBench } from '../fan-out-bench.ts';
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
      const run = { databases, request, migration: { id, module: { up, down } } };
      const { counts, failures } = await fanOutBench(login, storeFolder, run, signal);
      if (counts.migrated === databases.length) return;
      throw new Error(`Not every tenant was migrated: ${JSON.stringify(failures)}`);
    },
  };
}
