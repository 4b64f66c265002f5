import { expect, test } from 'vitest';
import type { OwnFailure } from '../../../../src/core/failure.ts';
import { SEVERITIES } from '../../../../src/core/safety/lint/rule.ts';
import { RULES } from '../../../../src/core/safety/lint/rules/all-rules.ts';
import {
  alter,
  column,
  create,
  drop,
  index,
  lintStatements,
  messagesOf,
  statement,
  table,
} from './lint-statements.ts';

const T = table([column('id'), column('a')]);
const SHORTER = table([column('id')]);

const found = (report: ReturnType<typeof lintStatements>) =>
  report.findings.map(({ migration, rule }) => `${migration} ${rule}`);

test('a finding about a statement shows its number, text, severity and the safe way', () => {
  const statements = [statement('SELECT 1'), statement('LOCK TABLES t WRITE')];
  expect(lintStatements([statements]).findings).toEqual([
    {
      rule: 'locks-by-hand',
      severity: 'error',
      migration: '1',
      file: 'x.js',
      line: undefined,
      statement: { number: 2, text: 'LOCK TABLES t WRITE' },
      message: 'LOCK TABLES interferes with the locks of Fanfold.',
      safeWay: expect.stringContaining('Leave it out'),
    },
  ]);
});

test('every rule has a severity and a name of its own, and says why and what to do', () => {
  const names = RULES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, severity, finds, why, safeWay } of RULES) {
    expect(SEVERITIES, name).toContain(severity);
    expect(name).toMatch(/^[a-z]+(?:-[a-z0-9]+)*$/);
    expect(finds, name).not.toMatch(/\.$/);
    expect([why, safeWay], name).toEqual([
      expect.stringMatching(/\.$/),
      expect.stringMatching(/\.$/),
    ]);
  }
});

test('a severity by name counts before the one for all others, and that before the default', () => {
  const migrations = [[alter(T, SHORTER), statement('FLUSH TABLES')]];
  expect(found(lintStatements(migrations))).toEqual(['1 leaves-the-tenant']);
  const all = lintStatements(migrations, { rules: { '*': 'warning', 'leaves-the-tenant': 'off' } });
  expect(all.findings).toMatchObject([{ rule: 'drops-column', severity: 'warning' }]);
});

test('an allowed finding is kept apart with its reason, in its migration only', () => {
  const { findings, allowed } = lintStatements([[drop(T)], [drop(T)]], {
    rules: { 'drops-table': 'error' },
    allow: { 2: { 'drops-table': 'nobody uses it' } },
  });
  expect(findings).toMatchObject([{ migration: '1', rule: 'drops-table' }]);
  expect(allowed).toMatchObject([
    { migration: '2', rule: 'drops-table', reason: 'nobody uses it' },
  ]);
});

test('a table belongs to tenants from the migration after the one that created it', () => {
  const rules = { '*': 'off', 'drops-column': 'error' } as const;
  const migrations = [[create(T), alter(T, SHORTER)], [alter(T, SHORTER)]];
  expect(found(lintStatements(migrations, { rules }))).toEqual(['2 drops-column']);
});

test('a table that a migration created and renamed is still its own', () => {
  const renamed = statement('RENAME TABLE t TO u', {
    changes: [{ before: T, after: { ...T, name: 'u' } }],
  });
  const change = alter({ ...T, name: 'u' }, { ...SHORTER, name: 'u' });
  expect(messagesOf('drops-column', [create(T), renamed, change])).toEqual([]);
  expect(messagesOf('drops-column', [renamed, change])).toEqual(['It drops the column u.a.']);
});

test('tables that swap their names in one statement are renamed, and no column of them changes', () => {
  const other = { ...SHORTER, name: 'u' };
  const swapped = statement('RENAME TABLE t TO x, u TO t, x TO u', {
    changes: [
      { before: other, after: { ...SHORTER, name: 't' } },
      { before: T, after: { ...T, name: 'u' } },
    ],
  });
  expect(messagesOf('renames-table', [swapped])).toEqual([
    'It renames the table u to t.',
    'It renames the table t to u.',
  ]);
  expect(messagesOf('drops-table', [swapped])).toEqual([]);
  expect(messagesOf('drops-column', [swapped])).toEqual([]);
  // A table that the migration created stays its own under the other name.
  expect(messagesOf('renames-table', [create(T), swapped])).toEqual([
    'It renames the table u to t.',
  ]);
  const dropsFirst = alter({ ...T, name: 'u' }, { ...SHORTER, name: 'u' });
  expect(messagesOf('drops-column', [create(T), swapped, dropsFirst])).toEqual([]);
});

test('a migration that failed on the scratch server, and those after it, are not judged', () => {
  const migrations = [[drop(T)], [drop(T)], [drop(T)]];
  const settings = { rules: { 'drops-table': 'error' } } as const;
  const whole = lintStatements(migrations, settings);
  expect([found(whole).length, whole.withoutStatements]).toEqual([3, 0]);

  const failure: OwnFailure = {
    code: 'StatementFailed',
    ...{ message: 'refused', nextStep: 'Fix it.', retryable: false },
    ...{ fingerprint: '', migration: '2' },
  };
  const recorded = ['1', '2'].map((id) => ({ id, statements: [drop(T)] }));
  const broken = lintStatements(migrations, settings, { failure, migrations: recorded });
  expect(found(broken)).toEqual(['1 drops-table']);
  expect(broken).toMatchObject({ migrations: 3, withoutStatements: 2 });
});

test('a recorded migration that is not asked for is not judged, but its tables are known', () => {
  const parent = { ...T, name: 'p', indexes: [index('once', ['id'], { isUnique: true })] };
  const key = { name: 'k', columns: ['a'], parent: 'p', parentColumns: ['id'] };
  const migrations = [
    { id: '0', statements: [create(parent)] },
    { id: '1', statements: [create({ ...T, foreignKeys: [key] })] },
  ];
  const judged = ['no-primary-key', 'foreign-key-without-unique-parent'];
  const rules = Object.fromEntries(judged.map((rule) => [rule, 'error' as const]));
  const alone = lintStatements([[]], { rules }, { migrations: migrations.slice(1) });
  expect(found(alone)).toEqual(['1 no-primary-key', '1 foreign-key-without-unique-parent']);
  const report = lintStatements([[]], { rules }, { migrations });
  expect(found(report)).toEqual(['1 no-primary-key']);
  expect(report.migrations).toBe(1);
});
