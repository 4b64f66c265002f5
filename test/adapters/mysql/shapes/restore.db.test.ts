import { expect, test } from 'vitest';
import { definitionKey } from '../../../../src/core/shapes/definition.ts';
import type { Shape } from '../../../../src/core/shapes/shape.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { scratchServer } from '../../../support/scratch.ts';
import { testServer } from '../../../support/server.ts';
import { shapeOf } from '../../../support/shapes.ts';
import { groundStatements } from './ground.ts';

const isMariaDb = testServer().flavour === 'mariadb';

test('a shape with every kind of definition is restored into an empty database and read as the same', async () => {
  const database = await privileged('shape');
  const connection = await database.connection();
  const [row] = await database.query("SHOW TABLES FROM information_schema LIKE 'LIBRARIES'");
  const hasLibraries = row !== undefined;
  for (const statement of groundStatements(isMariaDb, hasLibraries))
    await connection.query(statement);
  const shape = await shapeOf(database);
  const scratch = await scratchServer(await privileged('scratch'));
  const { notes, restored } = await scratch.usingDatabase(async (empty) => {
    const notes = await empty.restore(shape);
    const reading = await empty.readShape();
    if (reading.status !== 'read') throw new Error(reading.failure.message);
    return { notes, restored: reading.shape };
  });
  expect(notes).toEqual([]);
  // Events are switched off in a scratch database.
  expect(lines(restored)).toEqual(
    lines(shape).map((line) => line.replace(' ENABLE DO', ' DISABLE DO')),
  );
});

/** A database whose user may create functions and triggers on a server with a binary log. */
async function privileged(prefix: string): Promise<TestDatabase> {
  const database = await createDatabase(prefix);
  await database.grant('SUPER ON *.*');
  return database;
}

function lines({ definitions }: Shape): string[] {
  return definitions.map((each) => `${definitionKey(each).replaceAll('\0', ' | ')} = ${each.text}`);
}
