import { describe, expect, it } from 'vitest';
import {
  ALL_SQL_MODES,
  DEFAULT_SQL_MODE,
  parseSqlMode,
} from '../../../../src/adapters/mysql/sql/sql-mode.ts';
import { sqlTokens } from '../../../../src/adapters/mysql/sql/sql-tokens.ts';

const kinds = (sql: string, mode = DEFAULT_SQL_MODE) =>
  sqlTokens(sql, mode).map(({ kind, text }) => `${kind} ${text}`);

describe('the lexer', () => {
  it.each([
    ['a.b', ['word a', 'symbol .', 'word b']],
    ['a.1b', ['word a', 'symbol .', 'word 1b']],
    [
      '1e5 .5 1. 1.e5 0x1F 0b01 1e+3',
      [
        'number 1e5',
        'number .5',
        'number 1.',
        'number 1.e5',
        'number 0x1F',
        'number 0b01',
        'number 1e+3',
      ],
    ],
    [
      '1a 0x1g 0X1F 1e 2fa_tokens',
      ['word 1a', 'word 0x1g', 'word 0X1F', 'word 1e', 'word 2fa_tokens'],
    ],
    ['$a $1 größe é$', ['word $a', 'word $1', 'word größe', 'word é$']],
    [
      "x'41' X'41' b'1' N'a' n'a' _utf8mb4'a' _utf8mb4 'a'",
      [
        "string x'41'",
        "string X'41'",
        "string b'1'",
        "string N'a'",
        "string n'a'",
        "string _utf8mb4'a'",
        'word _utf8mb4',
        "string 'a'",
      ],
    ],
    [
      '@a @a.b @`a b` @\'x\' @"y" @@s @@`s` @@session.s',
      [
        'variable @a',
        'variable @a.b',
        'variable @a b',
        'variable @x',
        'variable @y',
        'variable @@s',
        'variable @@s',
        'variable @@session',
        'symbol .',
        'word s',
      ],
    ],
    [
      "'app'@'%' root@localhost",
      ["string 'app'", 'variable @%', 'word root', 'variable @localhost'],
    ],
    ['1--1', ['number 1', 'symbol -', 'symbol -', 'number 1']],
    ['1 --\t2\n3 -- 4\n5 --', ['number 1', 'number 3', 'number 5']],
    ['a#b\nc', ['word a', 'word c']],
    ['a/* /* */b', ['word a', 'word b']],
    ['/*! a /* b */ c */ d', ['symbol /*! a /* b */ c */', 'word d']],
    ['/*M!100600 a */ /*+ hint */', ['symbol /*M!100600 a */']],
    ["$$ a'b $$ $x$ ; $x$ $y", ["string $$ a'b $$", 'string $x$ ; $x$', 'word $y']],
    ['`a``b` ``', ['name a`b', 'name ']],
    ['a\u00a0b', ['word a\u00a0b']],
  ])('the lexer splits %s into tokens', (sql, expected) => {
    for (const mode of ALL_SQL_MODES) {
      const isOther = sql.includes('"') && mode.ansiQuotes;
      if (!isOther) expect(kinds(sql, mode)).toEqual(expected);
    }
  });

  it('the lexer reads quotes and backslashes according to the sql_mode', () => {
    const sql = `'a\\' "b\\" c`;
    const [plain, noEscapes, ansi, both] = ALL_SQL_MODES.map((mode) => kinds(sql, mode));
    expect(plain).toEqual([`string 'a\\' "b\\" c`]);
    expect(noEscapes).toEqual(["string 'a\\'", 'string "b\\"', 'word c']);
    expect(ansi).toEqual([`string 'a\\' "b\\" c`]);
    expect(both).toEqual(["string 'a\\'", 'name b\\', 'word c']);
  });

  it.each(["'a", '"a', '`a', '/*! a', "/*! '*/' */", "'a\\'", '@`a'])(
    'the lexer reads %s as unclosed until the end',
    (sql) => {
      expect(sqlTokens(`${sql} b`).at(-1)).toMatchObject({ isOpen: true, end: sql.length + 2 });
    },
  );

  it('the lexer reads a string of many megabytes', () => {
    const long = `'${"a''\\\\".repeat(2_000_000)}'`;
    expect(sqlTokens(`SELECT ${long}`)).toHaveLength(2);
  });
});

describe('the sql_mode', () => {
  it.each([
    ['', false, false, false],
    ['STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES', true, false, false],
    [
      'REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ONLY_FULL_GROUP_BY,ANSI',
      false,
      true,
      true,
    ],
    ['ORACLE', false, true, true],
    ['mssql, no_backslash_escapes', true, true, true],
  ])('"%s" is parsed', (text, noBackslashEscapes, ansiQuotes, ignoreSpace) => {
    expect(parseSqlMode(text)).toEqual({ noBackslashEscapes, ansiQuotes, ignoreSpace });
  });
});
