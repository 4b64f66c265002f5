import type { Attempt } from '../../../../src/core/migrate/attempt.ts';
import type { ProgramName } from '../../../../src/core/safety/online/online-program.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { meansOf } from '../../../support/online-programs.ts';

/** A statement about the table `tasks`. `refused`: a program must not carry it out. */
export interface OnlineKind {
  readonly sql: string;
  readonly refused?: RegExp;
}

/**
 * Carries each statement out by a program, and plainly in another database. `changed` counts those that the program carried
 * out; `wrong` names those that ended in another way than the plain ones.
 */
export async function compareWithPlain(
  name: ProgramName,
  ground: string,
  kinds: readonly OnlineKind[],
): Promise<{ readonly wrong: string[]; readonly changed: number }> {
  const wrong: string[] = [];
  let changed = 0;
  for (const [index, kind] of kinds.entries()) {
    const [plain, online] = [await createDatabase('plain'), await createDatabase('online')];
    for (const database of [plain, online]) {
      const connection = await database.multiConnection();
      await connection.query(ground);
      await database.closeConnections();
    }
    const before = await contents(online);
    const one = bundle(migration(`20260101${100_000 + index}_kind`, (knex) => knex.raw(kind.sql)));
    const expected = await migrate(plain, one);
    const got = await migrate(online, one, {
      safety: { onlineChange: 'external' },
      online: meansOf(name),
    });
    const differs = (other: string) => (other === before ? '' : ', and the table differs');
    if (kind.refused !== undefined) {
      const message = got.status === 'failed' ? got.failure.message : got.status;
      if (
        !kind.refused.test(message) ||
        codeOf(got) !== 'OnlineChangeRefused' ||
        differs(await contents(online)) !== ''
      )
        wrong.push(`${kind.sql}: ${message}${differs(await contents(online))}`);
    } else if (expected.status === 'failed') {
      if (got.status !== 'failed' || differs(await contents(online)) !== '')
        wrong.push(`${kind.sql}: ${got.status}, but plainly ${expected.failure.message}`);
      else if (got.failure.retryable)
        wrong.push(`${kind.sql}: it would be tried again: ${got.failure.message}`);
    } else if (got.status === 'failed') {
      wrong.push(`${kind.sql}: ${got.failure.message}`);
    } else {
      if (got.notes?.some(({ code }) => code === 'ChangedOnline') === true) changed++;
      if ((await contents(online)) !== (await contents(plain)))
        wrong.push(`${kind.sql}: other rows or another definition`);
    }
    const tables = await online.query("SHOW TABLES LIKE '\\\\_%'");
    if (tables.length > 0) wrong.push(`${kind.sql}: left ${JSON.stringify(tables)}`);
    await plain.drop();
    await online.drop();
  }
  return { wrong, changed };
}

function codeOf(attempt: Attempt): string {
  return attempt.status === 'failed' ? attempt.failure.code : attempt.status;
}

/** The definition of the table and all of its rows, in the order of their ids. */
async function contents(database: TestDatabase): Promise<string> {
  const [shown] = await database.query('SHOW CREATE TABLE tasks');
  const rows = await database.query('SELECT * FROM tasks ORDER BY id');
  const definition = String(shown?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, '');
  return JSON.stringify([definition, rows]);
}
