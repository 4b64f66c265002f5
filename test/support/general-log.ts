import type { TestDatabase } from './database.ts';
import { testServer } from './server.ts';

/** The queries that a database's own user sent while `work` ran, as the server itself logged them. */
export async function queriesOf(
  database: TestDatabase,
  work: () => Promise<void>,
): Promise<string[]> {
  const root = await testServer().rootConnection();
  // The log belongs to the server: it must not be turned off while another test file reads it.
  await root.query("DO GET_LOCK('fanfold tests: general log', 60)");
  const [[before]] = (await root.query(
    'SELECT @@GLOBAL.general_log AS isOn, @@GLOBAL.log_output AS output',
  )) as unknown as [[{ isOn: number; output: string }]];
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
    // Every query on the server is slower with it, and the table has no index.
    await root.query('SET GLOBAL general_log = ?', [before.isOn]);
    if (before.isOn === 0) await root.query('TRUNCATE TABLE mysql.general_log');
    await root.query('SET GLOBAL log_output = ?', [before.output]);
    await root.end();
  }
}
