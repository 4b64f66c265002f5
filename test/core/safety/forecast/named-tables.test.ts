import { expect, test } from 'vitest';
import { namedTables } from '../../../../src/core/safety/forecast/named-tables.ts';
import { statement } from '../lint/lint-statements.ts';

const existing = new Map(['users', 'Orders', 'notes'].map((name) => [name.toLowerCase(), name]));

test.for([
  ['DELETE FROM users', ['users']],
  ['UPDATE users SET notes = 1', ['users']],
  ['UPDATE users, notes SET a = 1', ['users', 'notes']],
  ['UPDATE LOW_PRIORITY IGNORE users SET a = 1', ['users']],
  ['INSERT INTO users SELECT 1 FROM orders JOIN notes', ['users', 'Orders', 'notes']],
  ['CREATE INDEX users ON orders (notes)', ['Orders']],
  ['DROP TABLE IF EXISTS `orders`, users', ['Orders', 'users']],
  ['DELETE FROM other.users', ['users']],
  ['DELETE FROM users.notes', ['notes']],
  ['SELECT users FROM missing', []],
  ['SELECT 1', []],
] as const)('the tables that "%s" names are %j', ([sql, names]) => {
  expect(namedTables(statement(sql), existing)).toEqual(names);
});
