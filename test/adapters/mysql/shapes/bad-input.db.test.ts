import { expect, test, vi } from 'vitest';
import { FanfoldError } from '../../../../src/core/errors.ts';
import type { ConnectionLogin } from '../../../../src/core/ports.ts';
import type { DatabaseToRead, ShapeReading } from '../../../../src/core/shapes/shape-source.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { queriesOf } from '../../../support/general-log.ts';
import { hasLowerCaseServer, startLowerCaseServer } from '../../../support/lower-case-server.ts';
import { scratchServer } from '../../../support/scratch.ts';
import { testServer } from '../../../support/server.ts';
import { shapeOf, shapeSource } from '../../../support/shapes.ts';
import { groundStatements } from './ground.ts';

vi.setConfig({ testTimeout: 180_000 });

const isMariaDb = testServer().flavour === 'mariadb';

test('definers that do not exist, keys to other databases and broken views are restored without them, and named', async () => {
  const [database, elsewhere] = [await privileged('shape'), await createDatabase('elsewhere')];
  const root = await testServer().rootConnection();
  await elsewhere.query('CREATE TABLE regions (id int PRIMARY KEY)');
  for (const sql of [
    `CREATE TABLE a (id int PRIMARY KEY, region int, CONSTRAINT far FOREIGN KEY (region) REFERENCES \`${elsewhere.database}\`.regions (id), CONSTRAINT near FOREIGN KEY (region) REFERENCES a (id))`,
    'CREATE TABLE gone (id int)',
    "CREATE DEFINER='nobody'@'nowhere' VIEW of_nobody AS SELECT 1 AS one",
    "CREATE DEFINER='nobody'@'nowhere' TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.id = 1",
    "CREATE DEFINER='nobody'@'nowhere' PROCEDURE p() SELECT 1",
    "CREATE DEFINER='nobody'@'nowhere' EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
    'CREATE VIEW broken AS SELECT id FROM gone',
    'CREATE VIEW broken_too AS SELECT id FROM broken',
    'DROP TABLE gone',
  ]) {
    await root.query(`USE \`${database.database}\``);
    await root.query(sql);
  }
  await root.query(`GRANT SELECT ON mysql.* TO '${database.user}'@'%'`);
  if (!isMariaDb) await root.query(`GRANT SHOW_ROUTINE ON *.* TO '${database.user}'@'%'`);
  await root.end();
  const shape = await shapeOf(database);
  const scratch = await scratchServer(await privileged('scratch'));
  const notes = await scratch.usingDatabase(({ restore }) => restore(shape));
  const ofNobody = (object: string) =>
    `The ${object} is defined by nobody@nowhere, whom this server does not have; here it is the login.`;
  expect(notes.filter((note) => note.includes('nobody')).sort()).toEqual(
    ['event e', 'procedure p', 'trigger t', 'view of_nobody'].map(ofNobody),
  );
  expect(notes).toContain(
    `The foreign key far to ${elsewhere.database}.regions of the table a is left out.`,
  );
  expect(notes.filter((note) => /^The view broken(_too)? is left out: /.test(note))).toHaveLength(
    2,
  );
});

test('a database with a thousand tables is read as a whole', async () => {
  const database = await createDatabase('many');
  // Creating tables takes MySQL longest. More than 500 are more than one packet.
  const count = isMariaDb ? 1_000 : 520;
  const connection = await database.multiConnection();
  const texts = Array.from({ length: count }, (_, at) => `CREATE TABLE t${at} (id int, KEY (id))`);
  await connection.query(texts.join(';'));
  const { definitions } = await shapeOf(database);
  expect(definitions.filter(({ kind }) => kind === 'table')).toHaveLength(count);
});

test('a login that sees only a part of a database gets no shape, and kinds that it cannot see are named', async () => {
  const database = await privileged('partly');
  const connection = await database.connection();
  for (const sql of groundStatements(isMariaDb)) await connection.query(sql);
  const root = await testServer().rootConnection();
  const user = `ff_part_${database.database.slice(-12)}`;
  const login = { ...database, user, password: 'secret-of-part' };
  const name = `\`${database.database}\``;
  await root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${login.password}'`);
  try {
    await root.query(`GRANT SELECT ON ${name}.parents TO '${user}'@'%'`);
    expect(await readAs(login)).toMatchObject({
      status: 'unreadable',
      failure: {
        code: 'ShapeHidden',
        message:
          'The login has no rights to the database as a whole, so that it may not see every table.',
      },
    });
    await root.query(`GRANT SELECT ON ${name}.* TO '${user}'@'%'`);
    expect(await readAs(login)).toMatchObject({
      status: 'unreadable',
      failure: { code: 'ShapeHidden', nextStep: expect.stringContaining('SHOW VIEW and SELECT') },
    });
    await root.query(`GRANT SHOW VIEW ON ${name}.* TO '${user}'@'%'`);
    const reading = await readAs(login);
    if (reading.status !== 'read') throw new Error(reading.failure.message);
    expect(reading.shape.definitions.filter(({ kind }) => kind === 'unseen')).toEqual(
      ['events', 'routines', 'triggers'].map((kind) => ({ kind: 'unseen', name: kind, text: '' })),
    );
    expect(reading.shape.fingerprint).not.toBe((await shapeOf(database)).fingerprint);
  } finally {
    await root.query(`DROP USER '${user}'@'%'`);
    await root.end();
  }
});

test('reading sends nothing but SHOW, SELECT, USE and SET, in a session that is read-only', async () => {
  const database = await privileged('reading');
  const connection = await database.connection();
  for (const sql of groundStatements(isMariaDb)) await connection.query(sql);
  const sent = await queriesOf(database, async () => {
    await shapeOf(database);
  });
  const texts = sent
    .flatMap((text) => text.split(/;\s*/))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  expect(texts).toContain('SET SESSION TRANSACTION READ ONLY');
  expect(texts.filter((text) => !/^(?:SHOW|SELECT|USE|SET SESSION)\b/i.test(text))).toEqual([]);
});

test('a table that another session has locked leaves its tenant out, with the advice to try again later', async () => {
  const [locked, free] = [await createDatabase('locked'), await createDatabase('free')];
  for (const each of [locked, free]) await each.query('CREATE TABLE t (id int)');
  const holder = await locked.connection();
  await holder.query('LOCK TABLES t WRITE');
  const { host, port, user: root, password } = testServer();
  const readings = new Map<string, ShapeReading>();
  await shapeSource().readMany(
    { host, port, user: root, password, database: '' },
    [locked, free].map(({ database, user }) => ({ database, users: [user] })),
    ({ database }: DatabaseToRead, reading) => readings.set(database, reading),
  );
  // MySQL and MariaDB may show the definition of a table that is only locked for rows.
  const statuses = [...readings.values()].map((reading) =>
    reading.status === 'read' ? 'read' : reading.failure.code,
  );
  expect(statuses.at(-1)).toBe('read');
  expect(['read', 'ShapeUnreadable']).toContain(statuses[0]);
});

test('names of databases and tables are found whatever their case on a server that ignores it', async ({
  skip,
}) => {
  if (!hasLowerCaseServer()) skip();
  const server = await startLowerCaseServer();
  try {
    const { login } = server;
    const connection = await server.connection();
    for (const sql of [
      'CREATE DATABASE Acme_DB',
      'CREATE TABLE Acme_DB.Orders (Id int PRIMARY KEY)',
      'CREATE TABLE Acme_DB.Items (Id int PRIMARY KEY, Order_Id int, CONSTRAINT Of_Order FOREIGN KEY (Order_Id) REFERENCES Acme_DB.Orders (Id))',
      'CREATE VIEW Acme_DB.Named AS SELECT Id FROM Acme_DB.ORDERS',
    ])
      await connection.query(sql);
    const reading = await readAs({ ...login, database: 'ACME_db' });
    if (reading.status !== 'read') throw new Error(reading.failure.message);
    const { shape } = reading;
    expect(shape.server.lowerCaseTableNames).toBe(1);
    expect(shape.definitions.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(['table orders', 'table items', 'view named']),
    );
    await connection.query('CREATE DATABASE Scratch_DB');
    await connection.query("CREATE USER scratch@'%' IDENTIFIED BY 'of-scratch'");
    // A grant is compared with names in lower case.
    await connection.query("GRANT ALL ON scratch_db.* TO scratch@'%'");
    const own = { ...login, user: 'scratch', password: 'of-scratch', database: 'SCRATCH_db' };
    const scratch = await scratchServer(own);
    expect(scratch.facts.lowerCaseTableNames).toBe(1);
    const [notes, again] = await scratch.usingDatabase(async ({ restore, readShape }) => {
      const restored = await restore(shape);
      return [restored, await readShape()] as const;
    });
    expect(notes).toEqual([]);
    expect(again.status === 'read' && again.shape.fingerprint).toBe(shape.fingerprint);
    const [tables] = await connection.query('SHOW TABLES FROM Scratch_DB');
    expect(tables).toEqual([]);
    await connection.end();
  } finally {
    await server.stop();
  }
});

test('a definition that a scratch server does not know ends the restoring with its name', async () => {
  const database = await createDatabase('unknown');
  await database.query('CREATE TABLE t (id int)');
  const shape = await shapeOf(database);
  const statements = [{ kind: 'table', name: 't', sql: 'CREATE TABLE t (id nothing)' }] as const;
  const scratch = await scratchServer();
  const restored = scratch.usingDatabase(({ restore }) => restore({ ...shape, statements }));
  const error = await restored.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FanfoldError);
  expect(error).toMatchObject({ code: 'ShapeNotRestored' });
  expect(String(error)).toContain('refuses table t of the shape');
});

/** A database whose user may create functions and triggers on a server with a binary log. */
async function privileged(prefix: string): Promise<TestDatabase> {
  const database = await createDatabase(prefix);
  await database.grant('SUPER ON *.*');
  return database;
}

function readAs(login: ConnectionLogin): Promise<ShapeReading> {
  return shapeSource().readOne(login, []);
}
