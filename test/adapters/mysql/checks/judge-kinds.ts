import type { Connection } from 'mysql2/promise';
import { createAskData } from '../../../../src/adapters/mysql/checks/ask-data.ts';
import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import type { DataAnswer } from '../../../../src/core/safety/checks/data-answer.ts';
import type { DataCheck } from '../../../../src/core/safety/checks/data-check.ts';
import { deriveChecks } from '../../../../src/core/safety/checks/derive-checks.ts';
import { recordBundle } from '../../../../src/core/safety/record-bundle.ts';
import { createDatabase } from '../../../support/database.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { scratchServer } from '../../../support/scratch.ts';
import { testServer } from '../../../support/server.ts';
import type { DataKind } from './data-kinds.ts';

const TABLES = ['t', 'p', 's', 'x'];
const DROP = `SET foreign_key_checks = 0; DROP TABLE IF EXISTS ${TABLES.join(', ')}; SET foreign_key_checks = 1`;

export interface Judged {
  /** Tries in which the check and the server disagree. */
  readonly wrong: readonly string[];
  readonly counts: Readonly<Record<'refused' | 'changed' | 'kept', number>>;
  /** One of so many kinds was tried. */
  readonly share: number;
}

/** All kinds take minutes: the suite tries one of so many, `npm run test:data-checks` all of them. */
const SHARE = process.env.FANFOLD_TEST_DATA_KINDS === 'all' ? 1 : 4;

/** Compares the checks of each kind with what the server does to each set of rows. */
export async function judgeKinds(all: readonly DataKind[]): Promise<Judged> {
  const kinds = all.filter(
    ({ on }, at) => (on === undefined || on === testServer().flavour) && at % SHARE === 0,
  );
  const checks = await derive(kinds);
  const tenant = await createDatabase('checks');
  const connection = await tenant.multiConnection();
  const [[{ mode }]] = (await connection.query('SELECT @@sql_mode AS mode')) as unknown as [
    [{ mode: string }],
  ];
  const ask = createAskData({ connectTimeoutMs: 3_000, tls: createTlsChooser({ mode: 'auto' }) });
  const wrong: string[] = [];
  const counts = { refused: 0, changed: 0, kept: 0 };
  for (const [index, kind] of kinds.entries()) {
    for (const [at, rows] of kind.rows.entries()) {
      const setup = ["SET sql_mode = ''", DROP, ...kind.before, ...rows].join(';\n');
      await connection.query(setup).catch((error: Error) => {
        throw new Error(`${setup}: ${error.message}`);
      });
      const answers: (readonly [DataCheck, DataAnswer])[] = [];
      const onAnswer = (check: DataCheck, answer: DataAnswer) => answers.push([check, answer]);
      await ask(tenant, checks[index] ?? [], { seconds: 20, onAnswer });
      const before = await contents(connection);
      await connection.query('SET sql_mode = ?', [mode]);
      const error = await run(connection, kind.sql);
      const isKept =
        kind.otherForm?.includes(at) === true || same(before, await contents(connection));
      const done = error !== undefined ? 'refused' : isKept ? 'kept' : 'changed';
      counts[done] += 1;
      const said = saidBy(answers);
      if (said !== done) {
        const found = answers.map(
          ([{ finds, refused }, answer]) => `${finds} (${refused}): ${JSON.stringify(answer)}`,
        );
        wrong.push(
          `${kind.sql.join('; ')} of ${rows.join('; ')}: said ${said}, but ${done} ${error ?? ''}\n    ${found.join('\n    ')}`,
        );
      }
    }
  }
  return { wrong, counts, share: SHARE };
}

function saidBy(answers: readonly (readonly [DataCheck, DataAnswer])[]): string {
  const bad = answers.find(
    ([check, { status }]) =>
      status === 'refused' || status === 'unfinished' || check.question === undefined,
  );
  if (bad !== undefined) return `nothing: ${JSON.stringify(bad[1])} ${bad[0].blocked ?? ''}`;
  const effects = answers.flatMap(([, answer]) =>
    answer.status === 'found' ? [answer.effect] : [],
  );
  if (effects.includes('refuses')) return 'refused';
  return effects.includes('changes') || effects.includes('deletes') ? 'changed' : 'kept';
}

async function derive(kinds: readonly DataKind[]): Promise<(readonly DataCheck[])[]> {
  const id = (index: number, step: number) =>
    `2026${String(index * 2 + step).padStart(10, '0')}_kind`;
  const send =
    (statements: readonly string[]) => async (knex: { raw(sql: string): PromiseLike<unknown> }) => {
      for (const sql of statements) await knex.raw(sql);
    };
  const migrations = kinds.flatMap(({ before, sql }, index) => [
    migration(id(index, 0), send(['SET sql_mode = DEFAULT', DROP, ...before]), {
      transaction: false,
    }),
    migration(id(index, 1), send(sql), { transaction: false }),
  ]);
  const recording = await recordBundle(bundle(...migrations), await scratchServer());
  if (recording.failure !== undefined)
    throw new Error(`${recording.failure.migration}: ${recording.failure.message}`);
  return kinds.map((_, index) => deriveChecks(recording, new Set([id(index, 1)])).checks);
}

async function run(
  connection: Connection,
  statements: readonly string[],
): Promise<string | undefined> {
  for (const sql of statements) {
    try {
      await connection.query(sql);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}

/** The values of every table by column position, as text; names may change. */
async function contents(connection: Connection): Promise<string[][]> {
  const found: string[][] = [];
  await connection.query("SET sql_mode = ''");
  const [tables] = (await connection.query('SHOW TABLES')) as unknown as [Record<string, string>[]];
  for (const table of tables.map((row) => String(Object.values(row)[0]))) {
    const [columns] = (await connection.query(`SHOW COLUMNS FROM \`${table}\``)) as unknown as [
      { Field: string }[],
    ];
    const texts = columns
      .slice(0, 3)
      .map(
        ({ Field }) => `COALESCE(HEX(CONVERT(CAST(\`${Field}\` AS CHAR) USING utf8mb4)), 'NULL')`,
      );
    const [rows] = await connection.query({
      sql: `SELECT ${texts.join(', ')} FROM \`${table}\` ORDER BY 1`,
      rowsAsArray: true,
    });
    for (const row of rows as string[][]) found.push(row);
  }
  return found.sort((one, other) => String(one).localeCompare(String(other)));
}

function same(before: readonly string[][], after: readonly string[][]): boolean {
  return JSON.stringify(before.map(inOneForm)) === JSON.stringify(after.map(inOneForm));
}

/** Values that mean the same: numbers by their value, dates without zeros at the end, texts without blanks around. */
function inOneForm(row: readonly string[]): string[] {
  return row.map((hex) => {
    if (hex === 'NULL') return hex;
    const own = Buffer.from(hex, 'hex').toString();
    const text = own.trimStart();
    const isNumber = /^\s*[-+]?[\d.]+(?:e[-+]?\d+)?\s*$/i.test(text) && text.length < 16;
    if (isNumber) return String(Number(text));
    return text
      .toLowerCase()
      .replace(/[.]0+$/, '')
      .replace(/ 00:00:00$/, '');
  });
}
