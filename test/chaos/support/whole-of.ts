import type { RowDataPacket } from 'mysql2/promise';
import type { TestDatabase } from '../../support/database.ts';

/** Everything in a database and the one beside it, but for ids that the server counts up. */
export async function wholeOf({
  database,
  elsewhere,
}: {
  database: TestDatabase;
  elsewhere: TestDatabase;
}): Promise<Record<string, unknown>> {
  const withoutNames = (text: string) =>
    text
      .replaceAll(database.database, 'DATABASE')
      .replaceAll(elsewhere.database, 'ELSEWHERE')
      .replaceAll(database.user, 'USER');
  return JSON.parse(
    withoutNames(
      JSON.stringify({ here: await contentOf(database), there: await contentOf(elsewhere) }),
    ),
  );
}

async function contentOf(of: TestDatabase): Promise<Record<string, unknown>> {
  const connection = await of.connection();
  const query = async (sql: string, values: unknown[] = []): Promise<Row[]> => {
    const [rows] = await connection.query<RowDataPacket[]>(sql, values);
    return rows;
  };
  const content = await lookAround({ database: of.database, query });
  await connection.end();
  return content;
}

type Row = Record<string, unknown>;

interface Open {
  readonly database: string;
  query(sql: string, values?: unknown[]): Promise<Row[]>;
}

async function lookAround(database: Open): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {};
  for (const row of await database.query('SHOW FULL TABLES')) {
    const [name = '', type] = Object.values(row).map(String);
    const [created = {}] = await database.query(`SHOW CREATE TABLE \`${name}\``);
    const definition = String(Object.values(created)[1]).replace(/ AUTO_INCREMENT=\d+/, '');
    content[name] = type === 'VIEW' ? definition : [definition, await rowsOf(database, name)];
  }
  const schema = [database.database];
  content['its routines'] = await database.query(
    'SELECT ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? ORDER BY 1',
    schema,
  );
  content['its triggers'] = await database.query(
    'SELECT TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ORDER BY 1',
    schema,
  );
  content['its events'] = await database.query(
    'SELECT EVENT_NAME, EVENT_DEFINITION FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ? ORDER BY 1',
    schema,
  );
  content.itself = await database.query(
    'SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?',
    schema,
  );
  return content;
}

async function rowsOf(database: Open, table: string): Promise<unknown> {
  switch (table) {
    case 'knex_migrations':
      return database.query('SELECT name FROM knex_migrations ORDER BY id');
    case 'fanfold_journal':
      return database.query(
        'SELECT migration, number, checksum FROM fanfold_journal ORDER BY 1, 2',
      );
    case 'knex_migrations_lock':
      return database.query('SELECT is_locked FROM knex_migrations_lock');
  }
  const columns = (await database.query(`SHOW COLUMNS FROM \`${table}\``))
    .filter(({ Extra }) => !/auto_increment/i.test(String(Extra)))
    .map(({ Field }) => `\`${Field}\``);
  const rows = await database.query(`SELECT ${columns.join(', ') || '1'} FROM \`${table}\``);
  return rows.map((row) => JSON.stringify(row)).sort();
}
