import type { ResultSetHeader } from 'mysql2';
import { parseRunRequest } from '../../src/core/wire/parse-run-request.ts';
import { send, usingConnection } from '../connection.ts';
import { fanOutBench } from '../fan-out-bench.ts';
import type { ServerLogin } from '../server-login.ts';

/** A way of changing all rows of a table that an application uses. */
export interface BackfillWay {
  readonly title: string;
  fill(database: string, signal: AbortSignal): Promise<void>;
}

/** The change: a column that lacks a value in every row. */
const UPDATE = 'priority = id % 5';

/** As people write it: one batch after the other, without a rest. The comparison for everything that is considerate. */
export function loopWay(login: ServerLogin, rows: number): BackfillWay {
  const batch = 10_000;
  return {
    title: `loop of ${batch} rows`,
    fill: (database, signal) =>
      usingConnection(login, database, async (connection) => {
        for (let from = 1; from <= rows; from += batch) {
          signal.throwIfAborted();
          await send<ResultSetHeader>(
            connection,
            `UPDATE orders SET ${UPDATE} WHERE id >= ${from} AND id < ${from + batch}`,
          );
        }
      }),
  };
}

/** A backfill of Fanfold, at its usual pace. */
export function backfillWay(login: ServerLogin, storeFolder: string): BackfillWay {
  return {
    title: 'Fanfold',
    async fill(database, signal) {
      const { counts, failures } = await fanOutBench(
        login,
        storeFolder,
        {
          databases: [database],
          request: parseRunRequest({ phase: 'backfills' }),
          migration: {
            id: '20260101090000_fill_priority_of_orders',
            module: {
              up: async () => {},
              down: async () => {},
              backfill: { table: 'orders', update: UPDATE },
            },
          },
        },
        signal,
      );
      if (counts.migrated !== 1) throw new Error(`It failed: ${JSON.stringify(failures)}`);
    },
  };
}
