import fc from 'fast-check';
import { type Connection, createConnection } from 'mysql2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitStatements } from '../../../../src/adapters/mysql/sql/split-statements.ts';
import { parseSqlMode, type SqlMode } from '../../../../src/adapters/mysql/sql/sql-mode.ts';
import { type AnswersOf, answersOf } from '../../../support/answers-of.ts';
import { createDatabase } from '../../../support/database.ts';
import { testServer } from '../../../support/server.ts';

const MODES = ['', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'];

/** Pieces with a meaning for the lexer, mostly between valid statements. */
const PIECES = [
  'SELECT 1',
  'SELECT ',
  "'",
  '"',
  '`',
  '\\',
  ';',
  '; ',
  ';\n',
  '--',
  '-- ',
  '--\t',
  '#',
  '\n',
  '\t',
  ' ',
  '/*',
  '*/',
  '/* a */',
  '/*!',
  '/*! ',
  '/*!99999 ',
  '/*!40000 ',
  '/*M! ',
  '/*!999999 ',
  '/*M!100000 ',
  '1',
  ',',
  'a',
  'x',
  'X',
  'N',
  'b',
  '_utf8mb4',
  '@',
  '@@',
  '.',
  '0x1',
  '0b1',
  '1e5',
  '.5',
  '$',
  '$$',
  '-',
  '+',
  '(',
  ')',
  "'a;b'",
  "'it''s'",
  "'\\'",
  '"a"',
  '`a`',
  '@`a b`',
  "@'x'",
  'AS',
  "''",
  '""',
  '\u0001',
  '\u007f',
  '\u00a0',
  'é',
  '*',
  '/',
  ':',
  '=',
  'SELECT 2;',
];

const garbage = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(';', ' ', "'", 'SELECT 1') },
      { weight: 10, arbitrary: fc.constantFrom(...PIECES) },
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((pieces) => `SELECT 1 ${pieces.join('')}`);

describe.each(MODES)('in the sql_mode "%s", a text', (modeName) => {
  let connection: Connection;
  let mode: SqlMode;

  beforeAll(async () => {
    const { host, port, user, password } = testServer();
    const { database } = await createDatabase('split');
    connection = createConnection({
      host,
      port,
      user,
      password,
      database,
      multipleStatements: true,
    });
    await answersOf(connection, `SET SESSION sql_mode = '${modeName}'`);
    const [told = ''] = (await answersOf(connection, 'SELECT @@sql_mode')).answers;
    mode = parseSqlMode(JSON.parse(told)[0][0]);
    await answersOf(connection, 'CREATE TABLE t (end INT, a VARCHAR(100))');
  });
  afterAll(() => connection.destroy());

  /** The answers that plain Knex would get, and those of the parts sent one by one. */
  async function bothWays(sql: string): Promise<[whole: AnswersOf, parts: AnswersOf]> {
    const whole = await answersOf(connection, sql);
    const answers: string[] = [];
    for (const part of splitStatements(sql, [], mode)) {
      const each = await answersOf(connection, part.sql);
      answers.push(...each.answers);
      if (each.errno !== undefined) return [whole, { answers, errno: each.errno }];
    }
    return [whole, { answers, errno: undefined }];
  }

  it('a text of random pieces gives the same answers whole and split', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(garbage, async (sql) => {
        const [whole, parts] = await bothWays(sql);
        expect(parts).toEqual(whole);
      }),
      { numRuns: Number(process.env.RUNS ?? 1_500) },
    );
  });

  it('a text whose last statement has semicolons, blanks and comments after it gives the same answers', {
    timeout: 120_000,
  }, async () => {
    for (const ending of endings(3)) {
      const [whole, parts] = await bothWays(`SELECT 1; SELECT 2;${ending}`);
      expect({ ending, ...parts }).toEqual({ ending, ...whole });
    }
  });

  it('a text of literals, names and comments is split into one part per statement', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(statements(mode), async (written) => {
        const sql = written.map(({ text }) => text).join(';');
        expect(splitStatements(sql, [], mode)).toHaveLength(written.length);
        const { answers, errno } = await answersOf(connection, sql);
        expect({ answers, errno }).toEqual({
          answers: written.map(({ value }) => JSON.stringify([[value]])),
          errno: undefined,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('a text with bodies of routines is split into one part per statement', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(routine(mode), { minLength: 1, maxLength: 3 }),
        async (routines) => {
          const written = routines.flatMap((text) => ['DROP PROCEDURE IF EXISTS p', text]);
          const sql = [...written, 'SELECT 1'].join(';\n');
          const parts = splitStatements(sql, [], mode);
          expect(parts.map((part) => part.sql)).toEqual(
            [...written, 'SELECT 1'].map((text) => text.trim()),
          );
          const { answers, errno } = await answersOf(connection, sql);
          expect({ count: answers.length, errno, sql }).toEqual({
            count: parts.length,
            errno: undefined,
            sql,
          });
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** All texts of at most so many pieces that may follow a last statement. */
function endings(length: number): string[] {
  if (length === 0) return [''];
  const shorter = endings(length - 1);
  const pieces = [';', ' ', '\n', '#', '--', '-- ', '/* a */', '/*', '/*!99999 a */'];
  return [
    ...new Set([...shorter, ...shorter.flatMap((text) => pieces.map((each) => text + each))]),
  ];
}

/** SELECTs of one literal each, surrounded by comments, with the value of the literal. */
function statements(mode: SqlMode) {
  const content = fc.string({
    unit: fc.constantFrom(...'abé ;#-\'"`\\/*!?@$.\n\t'),
    maxLength: 12,
  });
  const literal = content.map((value) => {
    const escaped = mode.noBackslashEscapes ? value : value.replaceAll('\\', '\\\\');
    return { value, text: `'${escaped.replaceAll("'", "''")}'` };
  });
  const comment = fc.oneof(
    fc.constantFrom(
      ' ',
      '\n',
      '\t',
      ' -- ;\'"\n',
      '--\t`;\n',
      '# " ; \'\n',
      '/* ; \' " */',
      '/*!99999 x */',
    ),
    content.filter((text) => !text.includes('*')).map((text) => `/* ${text}*/`),
    content.filter((text) => !text.includes('\n')).map((text) => ` -- ${text}\n`),
  );
  const one = fc.tuple(comment, literal, comment).map(([before, { value, text }, after]) => ({
    value,
    text: `${before}SELECT ${text} AS \`x;"'\`${after}`,
  }));
  return fc.array(one, { minLength: 1, maxLength: 4 }).map((all) => {
    // The servers skip blanks before a statement, but report a text without a statement as an error.
    return all;
  });
}

/** A procedure with nested blocks, and names that look like keywords of blocks. */
function routine(mode: SqlMode) {
  const { statement } = fc.letrec<{ statement: string; body: string; value: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('1', "';'", '@i', "'END'", 'IF(1, 2, 3)', "REPEAT('a', 2)", 'NULL'),
      fc
        .tuple(tie('value'), tie('value'))
        .map(([a, b]) => `CASE ${a} WHEN ${b} THEN IF(1, ${a}, 2) ELSE ${b} END`),
      tie('value').map((a) => `(SELECT \`end\` FROM t WHERE a = ${a} LIMIT 1)`),
    ),
    body: fc
      .array(tie('statement'), { minLength: 1, maxLength: 3 })
      .map((all) => `${all.join('; ')};`),
    statement: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('value').map((value) => `SET @i = ${value}`),
      tie('value').map((value) => `INSERT INTO t (end) VALUES (${value})`),
      fc.constant('SELECT t.end INTO @i FROM t LIMIT 1 /* END; */'),
      tie('body').map((body) => `BEGIN ${body} END`),
      tie('body').map(
        (body) => `BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ${body} END; SET @i = 1; END`,
      ),
      fc
        .tuple(tie('value'), tie('body'), tie('body'))
        .map(([value, a, b]) => `IF ${value} THEN ${a} ELSEIF 0 THEN ${b} ELSE ${a} END IF`),
      fc
        .tuple(tie('value'), tie('body'))
        .map(([value, body]) => `CASE ${value} WHEN 1 THEN ${body} ELSE ${body} END CASE`),
      tie('body').map((body) => `CASE WHEN 1 THEN ${body} END CASE`),
      fc
        .tuple(tie('value'), tie('body'))
        .map(([value, body]) => `WHILE ${value} DO ${body} END WHILE`),
      fc
        .tuple(tie('value'), tie('body'))
        .map(([value, body]) => `REPEAT ${body} UNTIL ${value} END REPEAT`),
      tie('body').map((body) => `LOOP ${body} END LOOP`),
    ),
  }));
  const quote = mode.ansiQuotes ? '"' : '`';
  return fc
    .tuple(
      fc.constantFrom(
        '',
        'DETERMINISTIC',
        "COMMENT 'BEGIN; IF'",
        'NOT DETERMINISTIC SQL SECURITY INVOKER MODIFIES SQL DATA',
      ),
      statement,
    )
    .map(
      ([characteristic, body]) =>
        `CREATE PROCEDURE ${quote}p${quote}(IN n INT) ${characteristic} ${body}`,
    );
}
