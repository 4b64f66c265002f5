import type { Connection } from 'mysql2/promise';
import { expect, test, vi } from 'vitest';
import { recordBundle } from '../../../../src/core/safety/record-bundle.ts';
import { type Verdict, verdictWords } from '../../../../src/core/safety/verdict.ts';
import { createDatabase } from '../../../support/database.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { scratchServer } from '../../../support/scratch.ts';
import { testServer } from '../../../support/server.ts';
import { GROUND, ROWS, tablesOf, VERDICT_KINDS, type VerdictKind } from './verdict-kinds.ts';

vi.setConfig({ testTimeout: 300_000 });

const KINDS = VERDICT_KINDS.filter(({ on }) => on === undefined || on === testServer().flavour);

/** The clauses in the order of mildness; each asks the server on tables with rows. */
const CLAUSES: readonly (readonly [words: string, clause: string])[] = [
  ['instant', 'ALGORITHM=INSTANT'],
  ['in place, without lock', 'ALGORITHM=INPLACE, LOCK=NONE'],
  ['in place, blocks writes', 'ALGORITHM=INPLACE, LOCK=SHARED'],
  ['in place, blocks reads and writes', 'ALGORITHM=INPLACE, LOCK=EXCLUSIVE'],
  ['copies the table, without lock', 'ALGORITHM=COPY, LOCK=NONE'],
  ['copies the table, blocks writes', 'ALGORITHM=COPY, LOCK=SHARED'],
  ['copies the table, blocks reads and writes', 'ALGORITHM=COPY, LOCK=EXCLUSIVE'],
];

test('verdicts of an empty clone are what the server does to tables with rows', async () => {
  expect(KINDS.length).toBeGreaterThanOrEqual(60);
  const verdicts = await recordVerdicts();
  const database = await createDatabase('verdicts');
  const connection = await database.multiConnection();
  await connection.query([...rebuilding(ALL), ...ALL.map((table) => ROWS[table])].join(';'));
  const wrong: string[] = [];
  for (const [index, kind] of KINDS.entries()) {
    const verdict = verdicts[index];
    const words = verdict === undefined ? 'none' : verdictWords(verdict);
    const found = await tryOnRows(connection, kind);
    const isCopy = verdict?.how === 'copy';
    if (words !== found.accepted || isCopy !== found.copied)
      wrong.push(
        `${kind.sql}: ${words}, but the server: ${found.accepted}, copied: ${found.copied}`,
      );
  }
  expect(wrong).toEqual([]);
});

/** The recorded verdict of each kind, all in one bundle. */
async function recordVerdicts(): Promise<(Verdict | undefined)[]> {
  const id = (index: number) => `20260101${String(index).padStart(6, '0')}_kind`;
  const migrations = KINDS.map((kind, index) => {
    const { sql, after = [] } = kind;
    return migration(id(index), async (knex) => {
      for (const each of rebuilding(index === 0 ? ALL : tablesOf(kind))) await knex.raw(each);
      for (const each of after) await knex.raw(each);
      // Some servers refuse some kinds altogether.
      await knex.raw(sql).catch(() => {});
    });
  });
  const recording = await recordBundle(bundle(...migrations), await scratchServer());
  expect(recording.failure).toBeUndefined();
  return recording.migrations.map(({ statements }) => statements.at(-1)?.verdict);
}

/** The mildest clause that the server accepts on tables with rows, and whether the plain statement wrote rows. */
async function tryOnRows(
  connection: Connection,
  kind: VerdictKind,
): Promise<{ accepted: string; copied: boolean }> {
  let accepted = 'none';
  // A refused statement changes nothing.
  await fill(connection, kind);
  for (const [words, clause] of CLAUSES) {
    const text = withClause(kind, clause);
    if (text === undefined) continue;
    const affected = await affectedRows(connection, text);
    if (affected === undefined) continue;
    // Some servers accept a clause and copy nevertheless, which shows in the number of rows.
    const isSo = affected > 0 === words.startsWith('copies');
    if (isSo) {
      accepted = words;
      break;
    }
    await fill(connection, kind);
  }
  await fill(connection, kind);
  const plain = await affectedRows(connection, kind.sql);
  return {
    accepted: plain === undefined ? 'none' : accepted,
    copied: plain !== undefined && plain > 0,
  };
}

/** The rows that a statement wrote into a new table; `undefined` if the server refuses it. */
async function affectedRows(connection: Connection, sql: string): Promise<number | undefined> {
  return connection.query(sql).then(
    ([header]) => (header as { affectedRows: number }).affectedRows,
    () => undefined,
  );
}

async function fill(connection: Connection, kind: VerdictKind): Promise<void> {
  const tables = tablesOf(kind);
  const rows = tables.map((table) => ROWS[table]);
  const statements = [...rebuilding(tables), ...rows, ...(kind.after ?? [])];
  await connection.query(statements.join(';'));
}

const ALL = Object.keys(GROUND) as (keyof typeof GROUND)[];

/** The statements that make tables anew, in an order in which parents come first. */
function rebuilding(tables: readonly (keyof typeof GROUND)[]): string[] {
  return [
    'SET foreign_key_checks = 0',
    `DROP TABLE IF EXISTS ${[...tables, 'naked'].join(', ')}`,
    ...tables.map((table) => GROUND[table]),
    'SET foreign_key_checks = 1',
  ];
}

/**
 * The statement with a clause where a person would put it: at the end, or first before commands about partitions.
 * `undefined` if the statement demands another way itself.
 */
function withClause(
  { sql, own = {}, plain = sql }: VerdictKind,
  clause: string,
): string | undefined {
  const [, algorithm, lock] = /ALGORITHM=(\w+)(?:, LOCK=(\w+))?/.exec(clause) ?? [];
  if (own.algorithm !== undefined && own.algorithm !== algorithm) return undefined;
  if (own.lock !== undefined && lock !== undefined && own.lock !== lock) return undefined;
  const wanted = [
    ...(own.algorithm === undefined ? [`ALGORITHM=${algorithm}`] : []),
    ...(own.lock === undefined && lock !== undefined ? [`LOCK=${lock}`] : []),
  ];
  if (wanted.length === 0) return plain;
  if (!plain.startsWith('ALTER')) return `${plain} ${wanted.join(' ')}`;
  const [, table = '', rest = ''] = /^(ALTER TABLE \w+) (.*)$/.exec(plain) ?? [];
  if (/^(?:REMOVE PARTITIONING|PARTITION BY)/.test(rest))
    return `${table} ${wanted.join(', ')} ${rest}`;
  return /PARTITION|ORDER BY/.test(rest)
    ? `${table} ${wanted.join(', ')}, ${rest}`
    : `${plain}, ${wanted.join(', ')}`;
}
