import { expect, test } from 'vitest';
import type { Migration } from '../../../../src/core/bundle/bundle.ts';
import { rehearseBundle } from '../../../../src/core/safety/rehearsal/rehearse-bundle.ts';
import type { RehearseOptions } from '../../../../src/core/safety/rehearsal/rehearse-one.ts';
import {
  type MemoryKnex,
  memoryBundle,
  memoryMigration,
  memoryRehearsalServer,
} from '../../support/memory-rehearsal.ts';

const USERS = memoryMigration(
  '1_users',
  (knex) => knex.create('users', 'email'),
  (knex) => knex.drop('users'),
);
/** The variable of a module, which an earlier migration of the same run sets. */
let isSet = false;
const SETS = memoryMigration(
  '2_sets',
  (knex) => {
    isSet = true;
    return knex.create('logs', 'line');
  },
  (knex) => knex.drop('logs'),
);
const LAST = memoryMigration(
  '4_last',
  (knex) => knex.create('last', 'a'),
  (knex) => knex.drop('last'),
);

/** Rehearses migrations, each in a process of its own as far as the variable shows. */
async function rehearse(migrations: readonly Migration[], options: Partial<RehearseOptions> = {}) {
  isSet = false;
  const bundle = memoryBundle(...migrations);
  const [rehearsal] = await rehearseBundle(memoryRehearsalServer(), {
    ...{ bundle, loadBundle: async () => bundle, mostStops: 20, seed: 1, severities: {} },
    allowed: new Map(),
    progress: {
      more: () => undefined,
      started: () => undefined,
      finished: () => {
        isSet = false;
      },
    },
    ...options,
  });
  const findings = (rehearsal?.migrations ?? []).flatMap((each) =>
    each.findings.map((finding) => ({ id: each.id, ...finding })),
  );
  return { rehearsal, findings, rules: findings.map(({ id, rule }) => `${id} ${rule}`) };
}

test('a migration that ends differently in one run with others is caught, and those after it are not', async () => {
  const reads = memoryMigration(
    '3_reads',
    (knex) => knex.create(isSet ? 'extra' : 'plain'),
    async (knex) => knex.drop((await knex.has('extra')) ? 'extra' : 'plain'),
  );
  const { rules } = await rehearse([USERS, SETS, reads, LAST]);
  expect(rules).toContain('3_reads depends-on-run');
  expect(rules.filter((rule) => rule.endsWith('depends-on-run'))).toHaveLength(1);
});

test('a migration that fails only in one run with others is caught, with its error', async () => {
  const fails = memoryMigration(
    '3_fails',
    (knex) => (isSet ? knex.clear('missing') : knex.create('plain')),
    (knex) => knex.drop('plain'),
  );
  const { findings } = await rehearse([USERS, SETS, fails, LAST]);
  const found = findings.find(({ rule }) => rule === 'depends-on-run');
  expect(found?.id).toBe('3_fails');
  expect(found?.details.join()).toMatch(/^In one run: .*missing/);
});

test('a migration that fails alone and not in one run with others is caught as that alone', async () => {
  const needs = memoryMigration(
    '3_needs',
    (knex) => (isSet ? knex.create('plain') : knex.clear('missing')),
    (knex) => knex.drop('plain'),
  );
  const { rehearsal, findings } = await rehearse([USERS, SETS, needs]);
  const own = findings.filter(({ id }) => id === '3_needs');
  expect(own.map(({ rule }) => rule)).toEqual(['depends-on-run']);
  expect(own[0]?.details.join()).toMatch(/^Alone: .*missing/);
  expect(rehearsal?.migrations.map(({ id }) => id)).toEqual(['1_users', '2_sets', '3_needs']);
});

test('migrations that are not rehearsed are only applied', async () => {
  const isRehearsed = (id: string) => id === '4_last';
  const { rehearsal, rules } = await rehearse([USERS, SETS, LAST], { isRehearsed });
  expect(rules).toEqual([]);
  expect(rehearsal?.migrations.map(({ id }) => id)).toEqual(['4_last']);
  expect(rehearsal?.failure).toBeUndefined();
});

test('a migration that is only applied and fails ends the rehearsal, and is not passed over', async () => {
  const broken = memoryMigration('2_broken', (knex) => knex.clear('missing'));
  const isRehearsed = (id: string) => id !== '2_broken';
  const { rehearsal } = await rehearse([USERS, broken, LAST], { isRehearsed });
  expect(rehearsal?.migrations.map(({ id }) => id)).toEqual(['1_users']);
  expect(rehearsal?.failure?.message).toContain('missing');
});

/** A migration that notices, as one with a file of its own would, that an earlier attempt was killed. */
const noticing = (then: (knex: MemoryKnex) => unknown) => {
  let isUnderWay = false;
  const up = async (knex: MemoryKnex) => {
    const wasKilled = isUnderWay;
    isUnderWay = !wasKilled;
    if (wasKilled) await then(knex);
    await knex.create('plain');
    isUnderWay = false;
  };
  return memoryMigration('2_notices', up, (knex) => knex.drop('plain'));
};

test.for([
  ['cannot be resumed', (knex: MemoryKnex) => knex.clear('missing'), 'stuck-when-stopped'],
  ['ends differently', (knex: MemoryKnex) => knex.create('extra'), 'wrong-when-stopped'],
] as const)('a migration that %s after a kill is caught', async ([, then, rule]) => {
  const { rules } = await rehearse([USERS, noticing(then)]);
  expect(rules).toContain(`2_notices ${rule}`);
});

test('each kind of statement that leaves a migration half-applied has advice of its own', async () => {
  const mixed = memoryMigration(
    '2_mixed',
    async (knex) => {
      await knex.call();
      await knex.create('plain', 'a');
      await knex.insert('plain', 'x');
    },
    (knex) => knex.drop('plain'),
  );
  const { findings } = await rehearse([USERS, mixed]);
  const labelled = findings.filter(({ rule }) => rule === 'labelled-when-stopped');
  const advice = labelled.map(({ statement, change }) => `${statement?.number} ${change}`);
  expect(advice.sort()).toEqual([
    expect.stringMatching(/^1 Give it a migration of its own.*plain statements/),
    expect.stringMatching(/^2 .*one change for each statement/),
    expect.stringMatching(/^3 .*InnoDB tables/),
  ]);
});
