import type { Connection } from 'mysql2/promise';
import { expect, test, vi } from 'vitest';
import type { Attempt } from '../../../../src/core/migrate/attempt.ts';
import type { GuardSettings } from '../../../../src/core/safety/guard/guard-settings.ts';
import { IN_FULL } from '../../../chaos/support/form.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';
import { GROUND, ROWS, VERDICT_KINDS, type VerdictKind } from '../scratch/verdict-kinds.ts';
import {
  ALL_TABLES,
  affectedRows,
  CLAUSES,
  fillTables,
  rebuilding,
  withClause,
} from '../scratch/with-clause.ts';

vi.setConfig({ testTimeout: 600_000 });

/** Every kind in the full form, every sixth in the short one: each is tried several times. */
const KINDS = VERDICT_KINDS.filter(
  ({ on }) => on === undefined || on === testServer().flavour,
).filter((_, index) => IN_FULL || index % 6 === 0);

/** Limits, with the largest lock and whether a table may be copied. */
const GUARDS: readonly GuardSettings[] = [
  { lock: 'none' },
  { lock: 'shared' },
  { copyBytes: 0 },
  { lock: 'none', copyBytes: 0 },
  { lock: 'shared', copyBytes: 0 },
];

/** The strongest lock in the words of a way. */
const BLOCKS = [
  ['blocks reads and writes', 2],
  ['blocks writes', 1],
] as const;
const LIMIT = { none: 0, shared: 1, any: 2 } as const;
const OWN_LOCK: Readonly<Record<string, number>> = { NONE: 0, SHARED: 1, EXCLUSIVE: 2 };

/** The ways that the server accepts for a kind on tables with rows, in words; and what the plain statement does. */
interface OnRows {
  readonly accepted: readonly string[];
  readonly errno: number | undefined;
  readonly definitions: string;
}

test('a guard lets through exactly what the server can do within its limits on tables with rows', async () => {
  if (IN_FULL) expect(KINDS.length).toBeGreaterThanOrEqual(60);
  const database = await createDatabase('guard_kinds');
  const connection = await database.multiConnection();
  await connection.query(
    [...rebuilding(ALL_TABLES), ...ALL_TABLES.map((table) => ROWS[table])].join(';'),
  );
  const wrong: string[] = [];
  for (const [index, kind] of KINDS.entries()) {
    const found = await tryOnRows(connection, kind);
    for (const [at, safety] of GUARDS.entries()) {
      const expected = outcomeOf(kind, found, safety);
      await fillTables(connection, kind);
      const before = await definitions(connection);
      const attempt = await run(
        database,
        kind,
        `20260101${1_000 * index + at + 100_000}_kind`,
        safety,
      );
      const after = await definitions(connection);
      const got = attempt.status === 'failed' ? wordsOf(attempt) : 'migrated';
      const expectedDefinitions = expected === 'migrated' ? found.definitions : before;
      if (got !== expected || after !== expectedDefinitions)
        wrong.push(
          `${JSON.stringify(safety)} ${kind.sql}: ${got}, but expected ${expected} (${found.accepted.join('; ')})${after === expectedDefinitions ? '' : ', other definitions'}`,
        );
    }
  }
  expect(wrong).toEqual([]);
});

async function tryOnRows(connection: Connection, kind: VerdictKind): Promise<OnRows> {
  const accepted: string[] = [];
  await fillTables(connection, kind);
  for (const [words, clause] of CLAUSES) {
    const text = withClause(kind, clause);
    if (text === undefined) continue;
    const affected = await affectedRows(connection, text);
    if (affected === undefined) continue;
    // Some servers accept a clause and copy nevertheless, which shows in the number of rows.
    if (affected > 0 === words.startsWith('copies')) accepted.push(words);
    await fillTables(connection, kind);
  }
  const errno = await connection.query(kind.sql).then(
    () => undefined,
    (error: { errno: number }) => error.errno,
  );
  return { accepted, errno, definitions: await definitions(connection) };
}

/** The outcome of a kind under a guard, in a word. */
function outcomeOf(kind: VerdictKind, { accepted, errno }: OnRows, safety: GuardSettings): string {
  if (errno !== undefined) return String(errno);
  // Names change in no time.
  if (/^ALTER TABLE \w+ RENAME TO \w+$/.test(kind.sql)) return 'migrated';
  const { lock = 'any', copyBytes } = safety;
  const limit = LIMIT[lock];
  const mayCopy = copyBytes === undefined;
  if ((OWN_LOCK[kind.own?.lock ?? 'NONE'] as number) > limit) return 'WouldLock';
  const isWithin = (words: string) => {
    const [, blocks = 0] = BLOCKS.find(([part]) => words.includes(part)) ?? [];
    return blocks <= limit && (mayCopy || !words.startsWith('copies'));
  };
  if (accepted.some(isWithin)) return 'migrated';
  const isCopy = accepted.every((words) => words.startsWith('copies'));
  return isCopy && !mayCopy ? 'WouldCopy' : 'WouldLock';
}

function run(
  database: TestDatabase,
  { sql, after = [] }: VerdictKind,
  id: string,
  safety: GuardSettings,
): Promise<Attempt> {
  const settings = after.filter((each) => each.startsWith('SET'));
  const only = migration(id, async (knex) => {
    for (const each of settings) await knex.raw(each);
    await knex.raw(sql);
  });
  return migrate(database, bundle(only), { safety, allowMissing: true });
}

function wordsOf({ failure }: Extract<Attempt, { status: 'failed' }>): string {
  const isOurs = ['WouldLock', 'WouldCopy', 'CannotBeGuarded'].includes(failure.code);
  return isOurs ? failure.code : String(failure.errno);
}

/** The definitions of all tables, without counters. */
async function definitions(connection: Connection): Promise<string> {
  const shown: string[] = [];
  for (const table of [...Object.keys(GROUND), 'naked']) {
    const [rows] = await connection.query(`SHOW CREATE TABLE ${table}`).catch(() => [[]]);
    const [row] = rows as Record<string, string>[];
    shown.push(`${row?.['Create Table']}`.replace(/ AUTO_INCREMENT=\d+/, ''));
  }
  return shown.join('\n');
}
