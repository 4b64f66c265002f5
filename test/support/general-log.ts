import type { TestDatabase } from './database.ts';
import { testServer } from './server.ts';

/** The queries that a database's own user sent while `work` ran, as the server itself logged them. */
export async function queriesOf(
  database: TestDatabase,
  work: () => Promise<void>,
): Promise<string[]> {
  const root = await testServer().rootConnection();
  try {
    await root.query("SET GLOBAL log_output = 'TABLE'");
    await root.query('SET GLOBAL general_log = 1');
    const [[from]] = (await root.query('SELECT NOW(6) AS at')) as unknown as [[{ at: Date }]];
    await work();
    const [rows] = (await root.query(
      `SELECT CONVERT(argument USING utf8mb4) AS argument FROM mysql.general_log
       WHERE command_type = 'Query' AND user_host LIKE ? AND event_time >= ?`,
      [`%${database.user}%`, from?.at],
    )) as unknown as [{ argument: string }[]];
    return rows.map(({ argument }) => argument);
  } finally {
    await root.end();
  }
}
