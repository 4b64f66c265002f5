import { expect, test, vi } from 'vitest';
import { recordedWork } from '../../../src/core/safety/forecast/recorded-work.ts';
import { recordBundle } from '../../../src/core/safety/record-bundle.ts';
import { createDatabase } from '../../support/database.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { scratchServer } from '../../support/scratch.ts';
import { testServer } from '../../support/server.ts';
import { WORK_CASES } from './forecast-kinds.ts';

vi.setConfig({ testTimeout: 120_000 });

const BEFORE = [
  'CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(50), c INT) CHARACTER SET utf8mb4',
  'CREATE TABLE other (id INT AUTO_INCREMENT PRIMARY KEY, a INT)',
];

async function workOf(grants: readonly string[]) {
  const send =
    (statements: readonly string[]) =>
    async (knex: { raw(sql: string): PromiseLike<unknown> }): Promise<void> => {
      for (const sql of statements) await knex.raw(sql);
    };
  const migrations = [
    migration('20260101000000_before', send(BEFORE), { transaction: false }),
    ...WORK_CASES.map(({ sql }, index) =>
      migration(`20260102${String(index).padStart(6, '0')}_case`, send([sql]), {
        transaction: false,
      }),
    ),
  ];
  const database = await createDatabase('scratch');
  for (const privilege of grants) await database.grant(privilege);
  const recording = await recordBundle(bundle(...migrations), await scratchServer(database));
  expect(recording.failure).toBeUndefined();
  const works = recordedWork(recording);
  return migrations.slice(1).map(({ id }) => works.get(id)?.statements ?? []);
}

test.for([
  { login: 'that sees the numbers of tables', grants: ['PROCESS ON *.*'] },
  { login: 'that does not, by rule', grants: [] },
])('the work of statements is determined with a scratch login $login', async ({ grants }) => {
  const found = await workOf(grants);
  const isMariaDb = testServer().flavour === 'mariadb';
  const shown = found.map(([work], index) => ({
    sql: WORK_CASES[index]?.sql,
    kind: work?.kind ?? 'none',
    tables: work?.tables ?? [],
    passes: work?.passes ?? 1,
  }));
  expect(shown).toEqual(
    WORK_CASES.map(({ sql, kind, onMariaDb, tables, passes = 1 }) => ({
      sql,
      kind: isMariaDb ? (onMariaDb ?? kind) : kind,
      tables: tables ?? (kind === 'none' ? [] : ['t']),
      passes,
    })),
  );
});
