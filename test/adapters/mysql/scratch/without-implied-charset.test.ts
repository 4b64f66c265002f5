import { expect, test } from 'vitest';
import { withoutImpliedCharset } from '../../../../src/adapters/mysql/scratch/without-implied-charset.ts';

const tableOf = (column: string) => `CREATE TABLE \`t\` (\n  ${column},\n  KEY \`k\` (\`a\`)\n)`;

test.each([
  [
    '`a` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    '`a` varchar(9) COLLATE utf8mb4_bin',
  ],
  [
    '`a` text CHARACTER SET latin1 COLLATE latin1_bin NOT NULL',
    '`a` text COLLATE latin1_bin NOT NULL',
  ],
  [
    "`a``)` enum('x\\'),','y'')') CHARACTER SET latin1 COLLATE latin1_bin",
    "`a``)` enum('x\\'),','y'')') COLLATE latin1_bin",
  ],
])('a collation implies its character set: %s', (column, wanted) => {
  expect(withoutImpliedCharset(tableOf(column))).toBe(tableOf(wanted));
});

test.each([
  '`a` varchar(9) CHARACTER SET latin1 DEFAULT NULL',
  '`a` varchar(9) CHARACTER SET utf8mb4 COLLATE uca1400_ai_ci',
  "`a` int COMMENT 'b int CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'",
  "`a` enum(' CHARACTER SET utf8mb4 COLLATE utf8mb4_bin')",
])('nothing else is left out: %s', (column) => {
  expect(withoutImpliedCharset(tableOf(column))).toBe(tableOf(column));
});
