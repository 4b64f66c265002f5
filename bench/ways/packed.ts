import { type Connection, createConnection } from 'mysql2';
import { preferP256 } from '../../src/adapters/mysql/connection/prefer-p256.ts';
import { send } from '../connection.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import type { ServerLogin } from '../server-login.ts';
import type { Stage } from '../stages.ts';
import type { Statement } from './record-knex.ts';
import type { Way } from './way.ts';

/**
 * The fewest packets for the same statements: the question in one, and everything else in another. Nothing is journaled
 * or fenced, so nobody could tell what was done if it were interrupted. The driver reserves no memory for prepared
 * statements, TLS begins with the curve that every server accepts, and nobody waits for the end of the connection.
 */
export function packedWay(
  login: ServerLogin,
  concurrency: number,
  recorded: ReadonlyMap<Stage['name'], readonly Statement[]>,
): Way {
  return {
    name: 'packed',
    title: 'packed (fewest packets)',
    concurrency,
    migrate: (databases, stage, signal) => {
      const statements = recorded.get(stage.name) ?? [];
      const questions = statements.filter(isQuestion);
      const orders = statements.filter((statement) => !isQuestion(statement));
      return forEachBounded(databases, concurrency, signal, async (database) => {
        const connection = await connect(login, database);
        for (const packet of [questions, orders]) {
          if (packet.length === 0) continue;
          const texts = packet.map(({ sql, bindings }) => connection.format(sql, [...bindings]));
          await send(connection, texts.join(';\n'));
        }
        connection.end(() => {});
      });
    },
  };
}

function isQuestion({ sql }: Statement): boolean {
  return /^select\b/i.test(sql);
}

function connect(login: ServerLogin, database: string): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection = createConnection({
      ...login,
      database,
      multipleStatements: true,
      maxPreparedStatements: 1,
    });
    preferP256(connection);
    connection.once('connect', () => {
      connection.on('error', () => {});
      resolve(connection);
    });
    connection.once('error', reject);
  });
}
