import type { Connection } from 'mysql2/promise';
import { expect, test, vi } from 'vitest';
import { recordBundle } from '../../../../src/core/safety/record-bundle.ts';
import { type Verdict, verdictWords } from '../../../../src/core/safety/verdict.ts';
import { IN_FULL, pointsOf } from '../../../chaos/support/form.ts';
import { createDatabase } from '../../../support/database.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { scratchServer } from '../../../support/scratch.ts';
import { testServer } from '../../../support/server.ts';
import { ASKED_KINDS } from './asked-kinds.ts';
import { ROWS, tablesOf, VERDICT_KINDS, type VerdictKind } from './verdict-kinds.ts';
import {
  ALL_TABLES,
  affectedRows,
  CLAUSES,
  fillTables,
  rebuilding,
  rebuildingOwn,
  withClause,
} from './with-clause.ts';

vi.setConfig({ testTimeout: 300_000 });

const ofServer = (kinds: readonly VerdictKind[]) =>
  kinds.filter(({ on }) => on === undefined || on === testServer().flavour);

/** The statements that people ask about, all of them in the full form. */
const ASKED = 75;
const ASKED_SHORT = 25;

const SETS = [
  ['of each kind', 60, ofServer(VERDICT_KINDS)],
  [
    'that people ask about',
    IN_FULL ? ASKED : ASKED_SHORT,
    pointsOf(ofServer(ASKED_KINDS), ASKED_SHORT),
  ],
] as const;

test.each(SETS)(
  'verdicts about statements %s are what the server does to tables with rows',
  async (_, least, kinds) => {
    expect(kinds.length).toBeGreaterThanOrEqual(least);
    const verdicts = await recordVerdicts(kinds);
    const database = await createDatabase('verdicts');
    const connection = await database.multiConnection();
    await connection.query(
      [...rebuilding(ALL_TABLES), ...ALL_TABLES.map((table) => ROWS[table])].join(';'),
    );
    const wrong: string[] = [];
    for (const [index, kind] of kinds.entries()) {
      const verdict = verdicts[index];
      const words = verdict === undefined ? 'none' : verdictWords(verdict);
      if (kind.unbound !== undefined) {
        if (!words.startsWith(kind.unbound))
          wrong.push(`${kind.sql}: ${words}, not ${kind.unbound}`);
        continue;
      }
      const found = await tryOnRows(connection, kind);
      const isCopy = verdict?.how === 'copy';
      if (words !== found.accepted || isCopy !== found.copied)
        wrong.push(
          `${kind.sql}: ${words}, but the server: ${found.accepted}, copied: ${found.copied}`,
        );
    }
    expect(wrong).toEqual([]);
  },
);

/** The recorded verdict of each kind, all in one bundle. */
async function recordVerdicts(kinds: readonly VerdictKind[]): Promise<(Verdict | undefined)[]> {
  const id = (index: number) => `20260101${String(index).padStart(6, '0')}_kind`;
  const migrations = kinds.map((kind, index) => {
    const { sql, after = [] } = kind;
    return migration(id(index), async (knex) => {
      for (const each of rebuilding(index === 0 ? ALL_TABLES : tablesOf(kind)))
        await knex.raw(each);
      for (const each of rebuildingOwn(kind)) await knex.raw(each);
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
  await fillTables(connection, kind);
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
    await fillTables(connection, kind);
  }
  await fillTables(connection, kind);
  const plain = await affectedRows(connection, kind.sql);
  return {
    accepted: plain === undefined ? 'none' : accepted,
    copied: plain !== undefined && plain > 0,
  };
}
