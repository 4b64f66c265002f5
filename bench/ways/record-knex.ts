import type { ServerLogin } from '../server-login.ts';
import { STAGES, type Stage } from '../stages.ts';
import { knexInstance } from './knex-instance.ts';

export interface Statement {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}

/** Queries that Knex sends before it can determine what is pending. */
const LISTS_APPLIED = /^select `name` from `knex_migrations`/i;

/** Questions, and transactions that the DDL inside ends at once. */
const LEFT_OUT = /^(select|begin|commit)\b/i;

/**
 * Records the statements with which plain Knex migrates an empty database through all stages: DDL, its own
 * tables, its lock and its rows, unchanged. Of its queries, only the one that reads the applied migrations is
 * kept.
 */
export async function recordKnex(
  login: ServerLogin,
  database: string,
): Promise<ReadonlyMap<Stage['name'], readonly Statement[]>> {
  const recorded = new Map<Stage['name'], readonly Statement[]>();
  for (const { name, migrations } of STAGES) {
    const sent: Statement[] = [];
    const knex = knexInstance(login, database, migrations);
    knex.on('query', ({ sql, bindings }: Statement) => sent.push({ sql, bindings }));
    try {
      await knex.migrate.latest();
    } finally {
      await knex.destroy();
    }
    const question = name === 'fresh' ? undefined : sent.find(({ sql }) => LISTS_APPLIED.test(sql));
    const orders = name === 'nothing to do' ? [] : sent.filter(({ sql }) => !LEFT_OUT.test(sql));
    recorded.set(name, [...(question === undefined ? [] : [question]), ...orders]);
  }
  return recorded;
}
