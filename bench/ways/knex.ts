import { forEachBounded } from '../for-each-bounded.ts';
import type { ServerLogin } from '../server-login.ts';
import { knexInstance } from './knex-instance.ts';
import type { Way } from './way.ts';

/** Plain Knex in a loop. One at a time it is what the guide's script does. */
export function knexWay(login: ServerLogin, concurrency: number): Way {
  return {
    name: 'knex',
    title: concurrency === 1 ? "Knex, sequential (the guide's way)" : 'Knex, parallel',
    concurrency,
    migrate: (databases, { migrations }, signal) =>
      forEachBounded(databases, concurrency, signal, async (database) => {
        const knex = knexInstance(login, database, migrations);
        try {
          await knex.migrate.latest();
        } finally {
          await knex.destroy();
        }
      }),
  };
}
