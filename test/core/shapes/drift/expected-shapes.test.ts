import { expect, test } from 'vitest';
import { createBundle, type Migration } from '../../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../../src/core/errors.ts';
import type { TenantDatabases } from '../../../../src/core/ports.ts';
import type { ScratchDatabase, ScratchServer } from '../../../../src/core/safety/recording.ts';
import type { DriftGroup } from '../../../../src/core/shapes/drift/drift-groups.ts';
import { createExpectShape } from '../../../../src/core/shapes/drift/expected-shapes.ts';
import type { Shape } from '../../../../src/core/shapes/shape.ts';
import { memoryMigration, memoryRehearsalServer } from '../../support/memory-rehearsal.ts';
import { shapeWith } from '../shape-with.ts';

const USERS = memoryMigration('1_users', (knex) => knex.create('users', 'email'));
const LOGS = memoryMigration('2_logs', (knex) => knex.create('logs', 'text'));
const BROKEN = memoryMigration('3_broken', (knex) => knex.clear('missing'));

const groupOf = (shape: Shape, ...recorded: string[]): DriftGroup => ({
  ...{ id: recorded.join(), shape, recorded, unknown: [], open: undefined },
  ...{ tenants: 1, named: ['acme'] },
});
const shape = shapeWith({ id: 'int' });

/** The function under test on a scratch server in memory, whose databases behave as given. */
function expecting(changed: Partial<ScratchDatabase> = {}, migrations = [USERS, LOGS, BROKEN]) {
  const server = memoryRehearsalServer();
  const restored: Shape[] = [];
  let current: TenantDatabases | undefined;
  const scratch: ScratchServer = {
    facts: { ...server.facts, number: 11_008_002 },
    usingDatabase: (work) =>
      server.usingRehearsal(({ first }) =>
        first.attempting({ clock: 0 }, async ({ databases, recorded }) => {
          current = databases;
          return work({
            ...{ login: first.login, databases, recorded },
            restore: async (wanted) => {
              restored.push(wanted);
              return first.restoreShape(wanted);
            },
            readShape: async () => ({ status: 'read', shape: await first.readShape() }),
            ...changed,
          });
        }),
      ),
  };
  const databases: TenantDatabases = {
    using: (login, work) => (current ?? expect.fail('not in use')).using(login, work),
  };
  const bundle = createBundle(migrations as Migration[]);
  return { expectShape: createExpectShape(bundle, scratch, databases), restored };
}

const tablesOf = (found: object) =>
  'shape' in found ? (found.shape as Shape).definitions.map(({ name }) => name) : found;

test('the expected shape is that of the recorded migrations alone, in a database with the defaults of the tenants', async () => {
  const { expectShape, restored } = expecting();
  expect(tablesOf(await expectShape(groupOf(shape, '2_logs', '1_users')))).toEqual([
    'logs',
    'users',
  ]);
  expect(tablesOf(await expectShape(groupOf(shape, '2_logs')))).toEqual(['logs']);
  expect(tablesOf(await expectShape(groupOf(shape)))).toEqual([]);
  // Without the tables of the tenants, which the migrations are to make.
  expect(restored[0]).toMatchObject({
    collation: 'utf8mb4_bin',
    definitions: [],
    statements: [],
  });
});

test('the shape of the same migrations is made once, and again for another collation', async () => {
  const { expectShape, restored } = expecting();
  const [one, other] = [groupOf(shape, '1_users'), groupOf(shapeWith({ a: 'int' }), '1_users')];
  expect(await expectShape(one)).toBe(await expectShape(other));
  expect(restored).toHaveLength(1);
  await expectShape(groupOf({ ...shape, collation: 'utf8mb4_general_ci' }, '1_users'));
  expect(restored.map(({ collation }) => collation)).toEqual(['utf8mb4_bin', 'utf8mb4_general_ci']);
});

test('the shape of migrations that fail on the scratch server is not known', async () => {
  const { expectShape } = expecting();
  expect(await expectShape(groupOf(shape, '1_users', '3_broken'))).toEqual({
    why: expect.stringMatching(/^The migrations fail on the scratch server.*missing/),
  });
});

const error = new FanfoldError('ShapeNotRestored', 'The collation is not known.', {
  fault: 'configuration',
  nextStep: '',
});

test('a shape that the scratch server cannot restore or read is not known, with the reason', async () => {
  const unrestored = expecting({ restore: () => Promise.reject(error) });
  expect(await unrestored.expectShape(groupOf(shape, '1_users'))).toEqual({
    why: 'The collation is not known.',
  });
  const failure = { ...FAILURE, message: 'It is hidden.' };
  const unread = expecting({ readShape: async () => ({ status: 'unreadable', failure }) });
  expect(await unread.expectShape(groupOf(shape, '1_users'))).toEqual({ why: 'It is hidden.' });
});

const FAILURE = {
  code: 'ShapeHidden',
  nextStep: '',
  retryable: false,
  fingerprint: '',
} as const;

test('a defect while a shape is restored is not taken for a reason', async () => {
  const { expectShape } = expecting({ restore: () => Promise.reject(new TypeError('a defect')) });
  await expect(expectShape(groupOf(shape, '1_users'))).rejects.toThrow('a defect');
});
