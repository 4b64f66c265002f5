import type { TestDatabase } from '../../support/database.ts';

/** Everything in a database that a migration can have made, without what differs from run to run. */
export async function snapshotOf(
  database: Pick<TestDatabase, 'query'>,
): Promise<Record<string, unknown>> {
  const tables = (await database.query('SHOW FULL TABLES')).map((row) =>
    Object.values(row).map(String),
  );
  const snapshot: Record<string, unknown> = {};
  for (const [name = '', type] of tables.sort()) {
    const [created = {}] = await database.query(`SHOW CREATE TABLE \`${name}\``);
    const definition = String(Object.values(created)[1])
      .replace(/ AUTO_INCREMENT=\d+/, '')
      .replace(/DEFINER=\S+ /, '')
      .replaceAll(/`ff_[^`]*`\./g, '');
    snapshot[name] = type === 'VIEW' ? definition : [definition, await rowsOf(database, name)];
  }
  return snapshot;
}

async function rowsOf(database: Pick<TestDatabase, 'query'>, table: string): Promise<unknown> {
  switch (table) {
    case 'knex_migrations':
      // One run is one batch, so what a second run applies is in the second.
      return database.query('SELECT name FROM knex_migrations ORDER BY id');
    case 'fanfold_journal':
      return database.query(
        'SELECT migration, number, checksum FROM fanfold_journal ORDER BY 1, 2',
      );
    case 'knex_migrations_lock':
      return database.query('SELECT is_locked FROM knex_migrations_lock');
    case 'groups':
      // The server has counted up for what was rolled back too; what refers to it has to follow.
      return database.query(
        'SELECT g.name, p.name AS parent FROM `groups` g LEFT JOIN `groups` p ON p.id = g.parent ORDER BY g.name',
      );
    case 'copied':
      return database.query(
        'SELECT COUNT(*) AS n, SUM(CRC32(filler)) AS crc, MIN(more) AS more FROM copied',
      );
    default:
      return database.query(`SELECT * FROM \`${table}\` ORDER BY 1`);
  }
}
