import { send, usingConnection } from '../connection.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import type { ServerLogin } from '../server-login.ts';
import type { Stage } from '../stages.ts';
import type { Statement } from './record-knex.ts';
import type { Way } from './way.ts';

/**
 * The statements that plain Knex sends, over bare mysql2, one after the other, without decisions, second locks, checks
 * or a journal. Only fewer packets with the same statements are faster: `packed.ts`.
 */
export function rawWay(
  login: ServerLogin,
  concurrency: number,
  recorded: ReadonlyMap<Stage['name'], readonly Statement[]>,
): Way {
  return {
    name: 'raw',
    title: 'raw mysql2',
    concurrency,
    migrate: (databases, stage, signal) => {
      const statements = recorded.get(stage.name) ?? [];
      return forEachBounded(databases, concurrency, signal, (database) =>
        usingConnection(login, database, async (connection) => {
          for (const { sql, bindings } of statements) await send(connection, sql, bindings);
        }),
      );
    },
  };
}
