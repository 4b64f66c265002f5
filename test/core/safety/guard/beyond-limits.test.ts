import { expect, test } from 'vitest';
import { beyondLimits } from '../../../../src/core/safety/guard/beyond-limits.ts';
import { effectiveGuard } from '../../../../src/core/safety/guard/effective-guard.ts';
import type { GuardSettings } from '../../../../src/core/safety/guard/guard-settings.ts';
import type { SentStatement } from '../../../../src/core/safety/recording.ts';
import type { TableDefinition } from '../../../../src/core/safety/table-definition.ts';
import type { Verdict } from '../../../../src/core/safety/verdict.ts';

const MYSQL = {
  product: 'MySQL',
  isMariaDb: false,
  version: '8.4.0',
  number: 8_004_000,
  lowerCaseTableNames: 0 as const,
};
const MARIADB = {
  product: 'MariaDB',
  isMariaDb: true,
  version: '11.8.0',
  number: 11_008_000,
  lowerCaseTableNames: 0 as const,
};
const TASKS = { name: 'tasks' } as TableDefinition;

function statement(verdict: Verdict | undefined, more: Partial<SentStatement> = {}): SentStatement {
  return {
    number: 1,
    text: '',
    tokens: ['ALTER'],
    kind: 'ddl',
    together: 1,
    verdict,
    changes: [{ before: TASKS, after: TASKS }],
    renames: [],
    otherDatabases: [],
    checksForeignKeys: true,
    isRefused: false,
    ...more,
  };
}

function beyond(statements: SentStatement[], safety: GuardSettings, server = MYSQL) {
  const numbered = statements.map((each, index) => ({ ...each, number: index + 1 }));
  const migration = { id: 'x', statements: numbered };
  return Object.fromEntries(
    beyondLimits(migration, effectiveGuard(safety, undefined), server, new Set()),
  );
}

const COPY = statement({ how: 'copy', blocks: 'writes' });
const FULLTEXT = statement({ how: 'in place', blocks: 'writes' });

test('beyondLimits compares verdicts with limits', () => {
  const all = [
    statement({ how: 'instant' }),
    statement({ how: 'in place', blocks: 'nothing' }),
    FULLTEXT,
    COPY,
    statement({ how: 'in place', blocks: 'everything' }),
    statement({ how: 'unknown', why: '' }),
    statement({ how: 'definition' }),
    statement(undefined, { kind: 'opaque', tokens: ['CALL'] }),
    statement(undefined, { kind: 'write', tokens: ['INSERT'] }),
  ];
  expect(beyond(all, {})).toEqual({});
  expect(beyond(all, { lock: 'none' })).toEqual({
    3: 'lock',
    4: 'lock',
    5: 'lock',
    6: 'unseen',
    8: 'unseen',
  });
  expect(beyond(all, { lock: 'shared' })).toEqual({ 5: 'lock', 6: 'unseen', 8: 'unseen' });
  expect(beyond(all, { copyBytes: 0 })).toEqual({ 4: 'copyBytes', 6: 'unseen', 8: 'unseen' });
  expect(beyond([COPY], { copyBytes: '1GiB' })).toEqual({});
});

test('statements with a way on are marked as such', () => {
  const way = { onlineChange: 'external', lock: 'none', copyBytes: 0 } as const;
  const index = statement({ how: 'in place', blocks: 'writes' }, { tokens: ['CREATE'] });
  const call = statement(undefined, { kind: 'opaque', tokens: ['CALL'] });
  expect(beyond([COPY, index, call], way)).toEqual({ 1: 'online', 2: 'lock', 3: 'unseen' });
  expect(beyond([COPY], { ...way, onlineChange: 'native' })).toEqual({ 1: 'copyBytes' });
  expect(beyond([COPY], { ...way, onlineChange: 'native' }, MARIADB)).toEqual({ 1: 'online' });
  expect(beyond([COPY], { onlineChange: 'external' })).toEqual({ 1: 'online' });
});

test('MariaDB from 11.2 on copies without a lock instead of taking one', () => {
  expect(beyond([FULLTEXT], { lock: 'none' }, MARIADB)).toEqual({});
  expect(beyond([FULLTEXT], { lock: 'none', copyBytes: 0 }, MARIADB)).toEqual({ 1: 'lock' });
});

test('tables that the pending migrations create have no limits', () => {
  const created = statement({ how: 'definition' }, { changes: [{ after: TASKS }] });
  expect(beyond([created, COPY], { copyBytes: 0 })).toEqual({});
  const selected = statement({ how: 'unknown', why: '' }, { changes: [{ after: TASKS }] });
  expect(beyond([selected], { copyBytes: 0 })).toEqual({});
});
