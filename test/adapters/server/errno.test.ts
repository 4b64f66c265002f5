import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../../src/adapters/server/errno.ts';

const require = createRequire(import.meta.url);
/** The drivers' lists of error numbers, which they do not export. */
const listOf = (file: string) =>
  require(fileURLToPath(new URL(`../../../node_modules/${file}`, import.meta.url)));
const mysql = listOf('mysql2/lib/constants/errors.js') as Readonly<Record<number, string>>;
const { codes: mariadb } = listOf('mariadb/lib/const/error-code.js') as {
  codes: Readonly<Record<number, string>>;
};

/** Names that MySQL and MariaDB spell differently, or that the drivers do not list yet. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  // MySQL's "ER_KEY_COLUMN_DOES_NOT_EXITS", and MariaDB's ER_DUP_CONSTRAINT_NAME.
  ER_ACCOUNT_HAS_BEEN_LOCKED_MARIADB: 'ER_ACCOUNT_HAS_BEEN_LOCKED',
};

/** Numbers of MySQL 8.4 and 9, which mysql2's list does not contain yet. */
const NEWER = 5_000;

describe('errors by name', () => {
  it.each(Object.entries(ERRNO))("%s is the drivers' name for %i too", (name, number) => {
    if (number > NEWER) return;
    expect([mysql[number], mariadb[number]]).toContain(ELSEWHERE[name] ?? name);
  });

  it('each number has only one name', () => {
    const numbers = Object.values(ERRNO);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
