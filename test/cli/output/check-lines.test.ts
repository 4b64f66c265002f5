import { expect, test } from 'vitest';
import { checkLines } from '../../../src/cli/output/check-lines.ts';
import { plainLook } from '../../../src/cli/output/look.ts';
import type { DataCheck } from '../../../src/core/safety/checks/data-check.ts';
import type {
  FleetFinding,
  FleetFindings,
} from '../../../src/core/safety/checks/fleet-findings.ts';

const look = { ...plainLook, width: 80 };

const check: DataCheck = {
  id: 'x',
  kind: 'duplicates',
  migration: '20260102000000_unique_email',
  statement: 1,
  table: 'users',
  columns: ['email'],
  finds: 'users has rows with the same email',
  refused: 'always',
};

const none = { refuses: 0, changes: 0, deletes: 0, keeps: 0, unknown: 0 };
const tenant = (slug: string) => ({ id: slug, slug, name: slug, database: slug });

const finding: FleetFinding = { check, found: none, examples: [], unfinished: 0, refused: 0 };
const fleet: FleetFindings = {
  ...{ asked: 24, withRows: 0, unread: 0, findings: [], blocked: [], clean: 5, unchecked: [] },
};

test('rows are shown with their tenants, the reaction of the server and a key, within 80 columns', () => {
  const found: FleetFinding = {
    ...finding,
    found: { ...none, refuses: 4, changes: 1 },
    examples: [
      { tenant: tenant('acme'), count: 1, key: [{ column: 'id', value: '7' }] },
      {
        tenant: tenant('beta'),
        count: 1_000,
        key: [
          { column: 'a', value: '1' },
          { column: 'b', value: '2' },
        ],
      },
      { tenant: tenant('gamma'), count: 2, key: [] },
      { tenant: tenant('omega'), count: 2, key: [] },
    ],
    unfinished: 2,
    refused: 1,
    why: "Table 'users' doesn't exist",
  };
  expect(checkLines({ ...fleet, withRows: 5, findings: [found] }, 30, look)).toEqual([
    '',
    'Rows that pending migrations would fail at, or change:',
    '',
    '❌ 20260102000000_unique_email, statement 1: users has rows with the same email',
    '   The server refuses the statement. In 4 tenants.',
    '   The server changes them without an error. In 1 tenant.',
    '   5 tenants: acme (1 group, such as id 7), beta (at least 1,000 groups, such as',
    '     a 1, b 2), gamma (2 groups, the table has no key) and 2 more',
    '   Not finished within 30 s in 2 tenants: longer with --check-timeout <seconds>',
    "   Not answered in 1 tenant: Table 'users' doesn't exist",
    '',
    '❌ 5 of 24 tenants have such rows; 5 checks without such rows.',
  ]);
});

test('checks that cannot be asked, and migrations that are not known, are named', () => {
  const blocked = [
    { check: { ...check, blocked: 'not checkable before 20260101000000_fill' }, tenants: 24 },
  ];
  const lines = checkLines(
    { ...fleet, asked: 0, blocked, unchecked: ['20260103000000_x'] },
    30,
    look,
  );
  expect(lines.slice(3)).toEqual([
    'Not asked:',
    '- 20260102000000_unique_email, statement 1: whether users has rows with the same',
    '   email: not checkable before 20260101000000_fill (24 tenants)',
    '',
    '⚠️ Not checked, because they did not run on the scratch server: 20260103000000_x',
    '',
    '⚠️  No pending statement can be checked now.',
  ]);
});

test('a fleet without such rows, and statements that depend on none, end with a check mark', () => {
  expect(checkLines(fleet, 30, look).at(-1)).toBe(
    '✅ Asked 24 tenants; 5 checks without such rows.',
  );
  expect(checkLines({ ...fleet, asked: 0 }, 30, look).at(-1)).toBe(
    '✅ No pending statement depends on rows.',
  );
  expect(checkLines({ ...fleet, unread: 1 }, 30, look).at(-1)).toBe(
    '⚠️  Asked 24 tenants; 5 checks without such rows; 1 tenant not asked to the end.',
  );
});

test('a fleet of which a statement was not checked never ends with a check mark', () => {
  const unchecked = ['20260103000000_x'];
  const ends = [0, 24].map((asked) => checkLines({ ...fleet, asked, unchecked }, 30, look).at(-1));
  expect(ends).toEqual([
    '⚠️  No pending statement can be checked now.',
    '⚠️  Asked 24 tenants; 5 checks without such rows.',
  ]);
});

test('rows that the server deletes are an error, and those that it changes a warning', () => {
  const heads = (['changes', 'keeps', 'deletes', 'unknown'] as const).map((effect) => {
    const found = { ...finding, found: { ...none, [effect]: 1 }, examples: [] };
    const lines = checkLines({ ...fleet, withRows: 1, findings: [found] }, 30, look);
    return `${lines[3]?.slice(0, 2).trim()} ${lines[4]?.trim()}`;
  });
  expect(heads).toEqual([
    '⚠️ The server changes them without an error.',
    '⚠️ The server does not look, and they stay as they are.',
    '❌ The server deletes rows without an error.',
    '❌ The server refuses the statement or changes them: the migration computes the',
  ]);
});

test('rows that the code of the migration may change first are a warning', () => {
  const found: FleetFinding = {
    ...finding,
    check: { ...check, readBefore: check.migration },
    found: { ...none, refuses: 1 },
    examples: [{ tenant: tenant('acme'), count: 1, key: [{ column: 'id', value: '7' }] }],
  };
  const lines = checkLines({ ...fleet, withRows: 1, findings: [found] }, 30, look);
  expect(lines[3]).toMatch(/^⚠️ {2}20260102000000_unique_email/);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(
    'Not sure: 20260102000000_unique_email reads rows before, and its code may change these first.',
  );
});
