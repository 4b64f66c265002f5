import type { Connection, RowDataPacket } from 'mysql2/promise';

/** Everything in the current database, as text: definitions, rows, and what the accounts may do. */
export async function wholeDatabase(
  connection: Connection,
  accounts: readonly string[] = [],
): Promise<string[]> {
  const told: string[] = [];
  const rows = async (sql: string) =>
    (
      await connection.query<RowDataPacket[]>({ sql, rowsAsArray: true })
    )[0] as unknown as unknown[][];
  const tell = async (sql: string) => {
    const lines = await rows(sql).catch((error: { errno?: number }) => [[`error ${error.errno}`]]);
    told.push(`${sql}: ${JSON.stringify(lines).replaceAll(/ AUTO_INCREMENT=\d+/g, '')}`);
  };
  const named = async (type: string, sql: string) => {
    for (const [name] of await rows(sql)) await tell(`SHOW CREATE ${type} \`${name}\``);
  };
  for (const [name] of await rows('SHOW TABLES')) {
    await tell(`SHOW CREATE TABLE \`${name}\``);
    await tell(`SELECT * FROM \`${name}\` ORDER BY 1`);
  }
  await named(
    'TRIGGER',
    'SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1',
  );
  await named(
    'EVENT',
    'SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1',
  );
  for (const type of ['PROCEDURE', 'FUNCTION', 'PACKAGE']) {
    await named(
      type,
      `SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = '${type}' ORDER BY 1`,
    );
  }
  for (const account of accounts) await tell(`SHOW GRANTS FOR ${account}`);
  // Databases whose names begin as this one's does.
  await tell(
    "SELECT SCHEMA_NAME, DEFAULT_COLLATION_NAME, (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = SCHEMA_NAME) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE CONCAT(DATABASE(), '%') ORDER BY 1",
  );
  // SHOW CREATE TRIGGER tells when it was made, SHOW CREATE EVENT when it first runs.
  return told.map((line) =>
    line.replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, '<time>'),
  );
}
