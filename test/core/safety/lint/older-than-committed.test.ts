import { expect, test } from 'vitest';
import { lintMigrations } from '../../../../src/core/safety/lint/lint-migrations.ts';
import { olderThanCommitted } from '../../../../src/core/safety/lint/older-than-committed.ts';

test('new migrations that sort before the newest committed one are found', () => {
  const ids = ['1_a', '2_new', '3_b', '4_c', '5_new'];
  const older = olderThanCommitted(ids, new Set(['1_a', '3_b', '4_c', '0_gone']));
  expect([...older]).toEqual([['2_new', '4_c']]);
});

test('without a history no migration is older than it', () => {
  expect(olderThanCommitted(['1_a', '2_b'], undefined).size).toBe(0);
  expect(olderThanCommitted(['1_a', '2_b'], new Set()).size).toBe(0);
});

test('a new migration that is older than a committed one is a finding that names that one', () => {
  const source = { file: 'm/2_new.js', tokens: [], allowed: [] };
  const toLint = [
    { id: '2_new', source, down: 'present' as const, olderThan: '4_c' },
    { id: '5_new', source, down: 'present' as const },
  ];
  const { findings } = lintMigrations(toLint, undefined, { rules: {}, allow: {} });
  expect(findings).toMatchObject([
    { rule: 'older-than-committed', severity: 'warning', migration: '2_new' },
  ]);
  expect(findings[0]?.message).toContain('sorts before 4_c');
});
