import { expect, test } from 'vitest';
import type { Migration } from '../../../../src/core/bundle/bundle.ts';
import { evidenceOf } from '../../../../src/core/safety/rehearsal/evidence.ts';
import { rehearseBundle } from '../../../../src/core/safety/rehearsal/rehearse-bundle.ts';
import type { RehearseOptions } from '../../../../src/core/safety/rehearsal/rehearse-one.ts';
import { makeShape } from '../../../../src/core/shapes/shape.ts';
import { evidenceSchema } from '../../../../src/core/wire/evidence-schema.ts';
import {
  type MemoryKnex,
  memoryBundle,
  memoryMigration,
  memoryRehearsalServer,
  REFUSED,
} from '../../support/memory-rehearsal.ts';

const USERS = memoryMigration(
  '1_users',
  (knex) => knex.create('users', 'email'),
  (knex) => knex.drop('users'),
);

async function rehearse(
  migrations: readonly Migration[],
  options: Partial<RehearseOptions> = {},
  server = memoryRehearsalServer(),
) {
  const bundle = memoryBundle(...migrations);
  const rehearsals = await rehearseBundle(server, {
    bundle,
    loadBundle: async () => bundle,
    mostStops: 100,
    seed: 1,
    severities: {},
    allowed: new Map(),
    ...options,
  });
  const rules = rehearsals.flatMap((each) =>
    each.migrations.flatMap(({ id, findings }) => findings.map(({ rule }) => `${id} ${rule}`)),
  );
  return { rehearsals, rules, bundle };
}

const onUsers = (up: (knex: MemoryKnex) => unknown, down?: (knex: MemoryKnex) => unknown) =>
  memoryMigration('2_more', up, down);

test('a sound migration is right at every stop and can be rolled back', async () => {
  const { rehearsals, rules } = await rehearse([USERS]);
  expect(rules).toEqual([]);
  expect(rehearsals[0]?.migrations[0]).toMatchObject({
    reversible: 'yes',
    stops: { tried: 6, all: 6, right: 6, labelled: 0, wrong: 0 },
    notChecked: [],
  });
});

let runs = 0;
const FAULTY: readonly [string, Migration, string][] = [
  ['exports no down', onUsers((knex) => knex.create('logs')), 'no-down'],
  [
    'leaves its table',
    onUsers(
      (knex) => knex.create('logs'),
      () => {},
    ),
    'down-not-inverse',
  ],
  [
    'leaves its row',
    onUsers(
      (knex) => knex.insert('users', 'a'),
      () => {},
    ),
    'down-not-inverse',
  ],
  [
    'has a down that fails',
    onUsers(
      (knex) => knex.create('logs'),
      (knex) => knex.clear('nothing'),
    ),
    'down-fails',
  ],
  ['fails', onUsers((knex) => knex.clear('nothing')), 'up-fails'],
  [
    'calls something',
    onUsers(
      (knex) => knex.call(),
      () => {},
    ),
    'labelled-when-stopped',
  ],
  [
    'writes another value each time',
    onUsers(
      (knex) => knex.insert('users', ++runs),
      (knex) => knex.clear('users'),
    ),
    'depends-on-chance',
  ],
  [
    'makes another table each time',
    onUsers(
      (knex) => knex.create(`logs_${++runs}`),
      (knex) => knex.drop(`logs_${runs}`),
    ),
    'depends-on-chance',
  ],
  [
    'writes the time',
    onUsers(
      (knex) => knex.insert('users', knex.now),
      (knex) => knex.clear('users'),
    ),
    'depends-on-time',
  ],
  [
    'names a table by the time',
    onUsers(
      (knex) => knex.create(`logs_${knex.now}`),
      (knex) => knex.drop(`logs_${knex.now}`),
    ),
    'depends-on-time',
  ],
  [
    'writes the name',
    onUsers(
      (knex) => knex.insert('users', knex.name),
      (knex) => knex.clear('users'),
    ),
    'depends-on-name',
  ],
  [
    'branches by rows',
    onUsers(
      async (knex) => ((await knex.count('users')) > 0 ? knex.create('logs') : undefined),
      async (knex) => ((await knex.has('logs')) ? knex.drop('logs') : undefined),
    ),
    'depends-on-rows',
  ],
  [
    'fails with rows',
    onUsers(
      async (knex) => ((await knex.count('users')) > 0 ? knex.clear('nothing') : undefined),
      () => {},
    ),
    'fails-with-values',
  ],
  [
    'writes for each row',
    onUsers(
      async (knex) => ((await knex.count('users')) > 0 ? knex.insert('users', 'x') : undefined),
      () => {},
    ),
    'rows-decide',
  ],
  [
    'drops a table with its rows',
    onUsers(
      (knex) => knex.drop('users'),
      (knex) => knex.create('users', 'email'),
    ),
    'down-loses-rows',
  ],
];

test.each(FAULTY)('a migration is caught that %s', async (_, migration, rule) => {
  const { rules } = await rehearse([USERS, migration]);
  expect(rules).toContain(`2_more ${rule}`);
});

test('indexes that come in another order each time do not count as chance', async () => {
  const keys = ['KEY `a` (`id`)', 'KEY `b` (`id`)'];
  let times = 0;
  const migration = onUsers(
    (knex) => knex.create('logs', '`id` int', ...(++times % 2 === 0 ? keys : keys.toReversed())),
    (knex) => knex.drop('logs'),
  );
  const { rules } = await rehearse([USERS, migration]);
  expect(times).toBeGreaterThan(2);
  expect(rules).not.toContain('2_more depends-on-chance');
});

test('a migration that skips its work after a later one is caught', async () => {
  const guarded = (id: string, column: string) =>
    memoryMigration(
      id,
      async (knex) => ((await knex.has('tags')) ? undefined : knex.create('tags', column)),
      async (knex) => ((await knex.has('tags')) ? knex.drop('tags') : undefined),
    );
  const { rules } = await rehearse([guarded('1_tags', 'name'), guarded('2_tags', 'color')]);
  expect(rules).toContain('1_tags depends-on-order');
});

test('a migration that ends differently after a later one is named as a warning', async () => {
  const replace = (id: string, column: string) =>
    memoryMigration(
      id,
      async (knex) => {
        await knex.drop('users');
        await knex.create('users', column);
      },
      () => {},
    );
  const { rules } = await rehearse([USERS, replace('2_a', 'a'), replace('3_b', 'b')]);
  expect(rules).toContain('2_a order-matters');
});

test('a finding that is allowed is kept with its reason, and a rule that is off finds nothing', async () => {
  const migration = onUsers((knex) => knex.create('logs'));
  const allowed = new Map([['2_more', new Map([['no-down', 'never']])]]);
  const { rehearsals, rules } = await rehearse([USERS, migration], { allowed });
  expect(rules).toEqual([]);
  expect(rehearsals[0]?.migrations[1]?.allowed).toMatchObject([{ reason: 'never' }]);
  const off = await rehearse([USERS, migration], { severities: { 'no-down': 'off' } });
  expect(off.rules).toEqual([]);
});

test('without a second database a name that is written down is found', async () => {
  const migration = onUsers(
    (knex) => knex.insert('users', knex.name),
    (knex) => knex.clear('users'),
  );
  const server = memoryRehearsalServer({ names: ['scratch_of_one'] });
  const { rehearsals, rules } = await rehearse([USERS, migration], {}, server);
  expect(rules).toContain('2_more depends-on-name');
  expect(rehearsals[0]?.notes).toHaveLength(1);
});

test('fewer stops than there are are chosen by a seed, and counted', async () => {
  const { rehearsals } = await rehearse([USERS], { mostStops: 1 });
  expect(rehearsals[0]?.migrations[0]).toMatchObject({
    stops: { tried: 2, all: 6 },
    notChecked: ['4 of 6 stops'],
  });
});

test('a shape on the way is covered, another one is a start of its own, and both are in the evidence', async () => {
  const base = {
    server: {
      product: 'MySQL',
      isMariaDb: false,
      version: '8.4.0',
      lowerCaseTableNames: 0 as const,
    },
    charset: 'utf8mb4',
    collation: 'utf8mb4_bin',
  };
  const shapeOf = (...names: string[]) =>
    makeShape({
      ...base,
      definitions: names.map((name) => ({
        kind: 'table',
        name,
        text: `CREATE TABLE ${name} (\nemail\n)`,
      })),
      statements: names.map((name) => ({
        kind: 'table',
        name,
        sql: `CREATE TABLE ${name} (\nemail\n)`,
      })),
    });
  const shapes = [shapeOf('users'), shapeOf('users', 'extra')].map((shape) => ({
    shape,
    tenants: 1,
    named: ['acme'],
  }));
  const more = onUsers(
    (knex) => knex.create('logs', 'text'),
    (knex) => knex.drop('logs'),
  );
  const { rehearsals, rules, bundle } = await rehearse([USERS, more], { shapes });
  expect(rules).toEqual([]);
  expect(rehearsals.map(({ migrations }) => migrations.map(({ id }) => id))).toEqual([
    ['1_users', '2_more'],
    ['2_more'],
  ]);
  expect(rehearsals[1]?.notes.join(' ')).toMatch(
    /1 difference from the database after 1_users.*MySQL 8\.4\.0/,
  );
  const evidence = evidenceOf(rehearsals, { bundle, tool: '1.0.0', madeAt: new Date(0) });
  expect(evidenceSchema.parse(JSON.parse(JSON.stringify(evidence)))).toMatchObject({
    bundle: bundle.hash,
    result: 'right',
    shapes: [
      { pending: ['1_users', '2_more'] },
      { pending: ['2_more'] },
      { pending: [] },
      { pending: ['2_more'] },
    ],
  });
  expect(evidence.shapes[3]?.fingerprint).toBe(shapes[1]?.shape.fingerprint);
});

test('a shape that looks migrated and has not recorded it starts from its recorded migrations', async () => {
  const more = onUsers(
    (knex) => knex.create('logs', 'text'),
    (knex) => knex.drop('logs'),
  );
  const definitions = ['logs', 'users'].map((name) => {
    const text = `CREATE TABLE ${name} (\n${name === 'logs' ? 'text' : 'email'}\n)`;
    return { kind: 'table' as const, name, text };
  });
  const shape = makeShape({
    server: { product: 'MySQL', isMariaDb: false, version: '9.7.0', lowerCaseTableNames: 0 },
    charset: 'utf8mb4',
    collation: 'utf8mb4_bin',
    definitions,
    statements: definitions.map(({ kind, name, text }) => ({ kind, name, sql: text })),
  });
  const of = { shape, tenants: 1, named: ['acme'] };
  const count = { more: 0, started: [] as string[], wrong: 0, finished: 0 };
  const progress = {
    more: (each: number) => {
      count.more += each;
    },
    started: (id: string) => count.started.push(id),
    finished: (isWrong: boolean) => {
      count.finished += 1;
      if (isWrong) count.wrong += 1;
    },
  };

  const looks = await rehearse([USERS, more], { shapes: [of] });
  expect(looks.rehearsals).toHaveLength(1);
  // Said for shapes without a run of their own too.
  expect(looks.rehearsals[0]?.notes.join(' ')).toContain('The fleet has MySQL 9.7.0');

  const shapes = [
    { ...of, applied: 1 },
    { ...of, applied: 2 },
  ];
  const { rehearsals } = await rehearse([USERS, more], { shapes, progress });
  expect(rehearsals).toHaveLength(2);
  expect(rehearsals[1]?.notes[0]).toContain(
    'after 1_users, which is what these tenants have recorded',
  );
  expect(rehearsals[1]?.failure ?? rehearsals[1]?.migrations[0]?.findings[0]).toBeDefined();
  expect(rehearsals[1]?.shapes).toEqual([{ fingerprint: shape.fingerprint, pending: ['2_more'] }]);
  expect(count).toEqual({
    more: 3,
    started: ['1_users', '2_more', '2_more'],
    wrong: 1,
    finished: 3,
  });
});

test('a shape that the server refuses ends neither the rehearsal nor the other shapes', async () => {
  const more = onUsers(
    (knex) => knex.create('logs', 'text'),
    (knex) => knex.drop('logs'),
  );
  const shapeOf = (name: string) => {
    const definition = { kind: 'table' as const, name, text: `CREATE TABLE ${name} (\nemail\n)` };
    return makeShape({
      server: { product: 'MariaDB', isMariaDb: true, version: '11.8.2', lowerCaseTableNames: 0 },
      charset: 'utf8mb4',
      collation: name === 'foreign' ? REFUSED : 'utf8mb4_bin',
      definitions: [definition],
      statements: [{ kind: 'table', name, sql: definition.text }],
    });
  };
  const shapes = ['foreign', 'extra'].map((name) => ({
    shape: shapeOf(name),
    tenants: 2,
    named: [name],
    applied: 0,
  }));
  const count = { more: 0, finished: 0 };
  const progress = {
    more: (each: number) => {
      count.more += each;
    },
    started: () => {},
    finished: () => {
      count.finished += 1;
    },
  };
  const { rehearsals, bundle } = await rehearse([USERS, more], { shapes, progress });
  expect(rehearsals.map(({ migrations, failure }) => [migrations.length, failure?.code])).toEqual([
    [2, undefined],
    [0, 'ShapeNotRestored'],
    [2, undefined],
  ]);
  expect(rehearsals[0]?.notes[0]).toContain('The empty database has the collation of the server.');
  expect(count.finished).toBe(count.more);
  const evidence = evidenceOf(rehearsals, { bundle, tool: '1.0.0', madeAt: new Date(0) });
  expect(evidence.result).toBe('wrong');
  expect(evidence.shapes.map(({ fingerprint }) => fingerprint)).not.toContain(
    shapes[0]?.shape.fingerprint,
  );
});

test('the shapes that kills leave are in the evidence, with the migrations that remain from there', async () => {
  const two = onUsers(
    async (knex) => {
      await knex.create('logs', 'text');
      await knex.create('marks', 'text');
    },
    async (knex) => {
      await knex.drop('marks');
      await knex.drop('logs');
    },
  );
  const { rehearsals, bundle } = await rehearse([USERS, two], { readsStoppedShapes: true });
  const { resumable } = evidenceOf(rehearsals, { bundle, tool: '1', madeAt: new Date(0) });
  expect(resumable?.map(({ migration, pending, result }) => [migration, pending, result])).toEqual([
    ['1_users', ['1_users', '2_more'], 'right'],
    ['2_more', ['2_more'], 'right'],
  ]);
  const without = await rehearse([USERS, two]);
  expect(
    evidenceOf(without.rehearsals, { bundle, tool: '1', madeAt: new Date(0) }).resumable,
  ).toEqual([]);
});
