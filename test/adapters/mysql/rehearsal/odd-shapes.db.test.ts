import type { Connection } from 'mysql2/promise';
import { expect, test, vi } from 'vitest';
import type { Rehearsal } from '../../../../src/core/safety/rehearsal/rehearsal.ts';
import type { Shape } from '../../../../src/core/shapes/shape.ts';
import { IN_FULL } from '../../../chaos/support/form.ts';
import { createDatabase } from '../../../support/database.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';
import { shapeOf } from '../../../support/shapes.ts';
import { ODD_SHAPES, THOUSAND_TABLES } from './odd-shapes.ts';
import { rehearse } from './rehearse.ts';

vi.setConfig({ testTimeout: 600_000 });

/** Also about the definer of the tests, whom the login of the scratch server does not see. */
const USUAL_NOTE = /^It has |is defined by root@/;

const isMariaDb = testServer().flavour === 'mariadb';

const BUNDLE = bundle(
  migration(
    '20260101000000_create_notes',
    (knex) =>
      knex.schema.createTable('notes', (table) => {
        table.increments('id');
        table.string('title');
      }),
    { down: (knex) => knex.schema.dropTable('notes') },
  ),
  migration(
    '20260102000000_add_priority',
    async (knex) => {
      await knex.schema.alterTable('notes', (table) => {
        table.integer('priority');
      });
      await knex('notes').update({ priority: 1 });
    },
    {
      down: (knex) =>
        knex.schema.alterTable('notes', (table) => {
          table.dropColumn('priority');
        }),
    },
  ),
);

/** The shape of a tenant that has applied the first migration and has something of its own. */
async function oddTenant(statements: readonly string[]): Promise<Shape> {
  const database = await createDatabase('odd');
  const elsewhere = await createDatabase('elsewhere');
  const connection = await testServer().rootConnection();
  try {
    await connection.query(`USE \`${database.database}\``);
    await connection.query(
      'CREATE TABLE notes (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, title varchar(255))',
    );
    await sendAll(connection, statements, elsewhere.database);
    const sees = isMariaDb ? 'SELECT ON mysql.*' : 'SHOW_ROUTINE ON *.*';
    await connection.query(`GRANT ${sees} TO '${database.user}'@'%'`);
  } finally {
    await connection.end();
  }
  return shapeOf(database);
}

async function sendAll(connection: Connection, statements: readonly string[], other: string) {
  for (const statement of statements) {
    await connection.query(statement.replaceAll('OTHER.', `\`${other}\`.`));
  }
}

const exported = (shape: Shape, slug: string) => ({ shape, tenants: 1, named: [slug], applied: 1 });

/** The rehearsals from shapes, after the one from an empty database. */
async function fromShapes(...shapes: Shape[]): Promise<readonly Rehearsal[]> {
  const rehearsals = await rehearse(
    async () => BUNDLE,
    {
      mostStops: 2,
      isRehearsed: (id) => id === '20260102000000_add_priority',
      shapes: shapes.map((shape, at) => exported(shape, `tenant-${at}`)),
    },
    ['SUPER ON *.*', ...(isMariaDb ? [] : ['SET_ANY_DEFINER ON *.*'])],
  );
  return rehearsals.slice(1);
}

/** Each takes seconds; `npm run test:chaos` tries all of them, and `npm test` every third one. */
const KINDS = ODD_SHAPES.filter(({ on }) => on === undefined || on === testServer().flavour).filter(
  (_, at) => IN_FULL || at % 3 === 0,
);

/** All of them in one rehearsal, which starts once from an empty database. */
const allKinds = lazily(async () => {
  const shapes: Shape[] = [];
  for (const { statements } of KINDS) shapes.push(await oddTenant(statements));
  return fromShapes(...shapes);
});

function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

test.each(KINDS.map((kind, at) => ({ ...kind, at })))(
  'a sound migration is right beside $name',
  async ({ at, notes = [] }) => {
    const rehearsals = await allKinds();
    const rehearsal = rehearsals.find(({ start }) => start.includes(`(tenant-${at})`));
    expect(rehearsal?.failure).toBeUndefined();
    expect(rehearsal?.migrations.flatMap(({ findings }) => findings)).toEqual([]);
    expect(rehearsal?.migrations.map(({ reversible }) => reversible)).toEqual(['yes']);
    const about = rehearsal?.notes.filter((note) => !USUAL_NOTE.test(note)) ?? [];
    expect(about).toEqual(notes.map((note) => expect.stringMatching(note)));
  },
);

/** Each run reads every table, so that it takes minutes; `npm run test:chaos` has it. */
test.runIf(IN_FULL)('a sound migration is right beside a thousand tables', async () => {
  const [rehearsal] = await fromShapes(await oddTenant(THOUSAND_TABLES));
  expect(rehearsal?.failure).toBeUndefined();
  expect(rehearsal?.migrations.flatMap(({ findings }) => findings)).toEqual([]);
});

test('a shape that the scratch server refuses is named, and the others are rehearsed', async () => {
  const shape = await oddTenant(['CREATE TABLE more (id int)']);
  const refused = {
    ...shape,
    fingerprint: 'f'.repeat(64),
    statements: [
      ...shape.statements,
      { kind: 'view', name: 'odd', sql: 'CREATE VIEW odd AS SELECT nothing(' } as const,
    ],
  };
  const [first, second, ...others] = await fromShapes(refused, shape);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    start: 'the shape ffffffffffff of 1 tenant (tenant-0)',
    migrations: [],
    shapes: [],
    failure: { code: 'ShapeNotRestored', message: expect.stringContaining('refuses view odd') },
  });
  expect(second?.failure).toBeUndefined();
  expect(second?.migrations.map(({ findings }) => findings)).toEqual([[]]);
  expect(second?.shapes.map(({ fingerprint }) => fingerprint)).toEqual([shape.fingerprint]);
});

test('a collation that the scratch server does not have ends neither the empty start nor the other shapes', async () => {
  const shape = await oddTenant(['CREATE TABLE more (id int)']);
  const foreign = { ...shape, fingerprint: 'e'.repeat(64), collation: 'utf8mb4_of_elsewhere' };
  const [first, second] = await fromShapes(foreign, shape);
  expect(first?.failure).toMatchObject({ code: 'ShapeNotRestored' });
  expect(second?.failure).toBeUndefined();
});
