import { createConnection } from 'mysql2/promise';
import type { TestDatabase } from '../../support/database.ts';
import { testServer } from '../../support/server.ts';
import { asRows } from '../differential/as-rows.ts';
import type { ServerLogin } from '../differential/chaos-server.ts';
import { type Contents, contentsOf } from '../differential/contents.ts';
import { withoutGaps } from '../differential/without-gaps.ts';

type Compared = Pick<TestDatabase, 'database' | 'user'>;

/**
 * All that a test's database holds, and the one beside it, without their names and without the gaps in
 * the ids of Knex's own tables. The same as the differential harness compares, for tests that stop one
 * database at a time.
 *
 * @param login a user with read access to everything; by default root of the test's server
 */
export async function contentsOfDatabase(
  { database, user }: Compared,
  elsewhere?: Compared,
  login: ServerLogin = testServer(),
): Promise<Contents> {
  const { host, port, user: admin, password } = login;
  const connection = await createConnection({
    host,
    port,
    user: admin,
    password,
    multipleStatements: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const renamed = new Map([
    ...(elsewhere === undefined ? [] : [[elsewhere.database, 'ELSEWHERE'] as const]),
    [database, 'DATABASE'],
    ...(elsewhere === undefined ? [] : [[elsewhere.user, 'OTHER USER'] as const]),
    ...(user === admin ? [] : [[user, 'USER'] as const]),
  ]);
  const read = async (name: string) => {
    const ask = async (sql: string) => asRows((await connection.query(sql))[0]);
    return withoutGaps(
      await contentsOf(ask, name, { kind: testServer().flavour, renamed }),
      new Map(),
      [],
    );
  };
  try {
    const here = await read(database);
    const there = elsewhere === undefined ? [] : await read(elsewhere.database);
    return new Map([
      ...here,
      ...[...there].map(([name, text]) => [`elsewhere: ${name}`, text] as const),
    ]);
  } finally {
    await connection.end();
  }
}
