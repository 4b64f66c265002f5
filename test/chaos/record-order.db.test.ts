import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../support/migrating.ts';
import { testServer } from '../support/server.ts';
import { type CaseMigration, subjectOf } from './differential/chaos-case.ts';
import { type ChaosServer, openChaosServer } from './differential/chaos-server.ts';
import { differencesFromPlain, prepareGround, readAll } from './differential/ground.ts';
import { plainMigrate } from './differential/plain-migrate.ts';
import { runPoint } from './differential/run-point.ts';
import { DEEDS, MOMENTS, type Strike } from './differential/strike-proxy.ts';
import { IN_FULL, say } from './support/form.ts';

/** Statements that a migration sends: none, only reads, or something of which the first is a change or a write. */
const CONTENTS = {
  nothing: async () => {},
  'no promise': () => undefined,
  reads: (knex) => knex.schema.hasTable('things'),
  'change first': async (knex) => {
    await knex.schema.alterTable('things', (t) => t.index(['note'], 'by_note'));
    await knex('things').increment('n', 1);
    await knex.schema.alterTable('things', (t) => t.dropIndex(['note'], 'by_note'));
  },
  'write first': async (knex) => {
    await knex('things').increment('n', 3);
    await knex.raw('ALTER TABLE things ALTER note SET DEFAULT 5');
  },
  write: (knex) => knex('things').increment('n', 5),
  change: (knex) => knex.raw("ALTER TABLE things COMMENT = 'changed'"),
} satisfies Record<string, CaseMigration['up']>;

interface Drawn {
  readonly content: keyof typeof CONTENTS;
  readonly transaction: boolean | undefined;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  // Those that send nothing are what the order is hard to keep with.
  content: fc.oneof(
    fc.constantFrom<Drawn['content']>('nothing', 'reads', 'no promise'),
    fc.constantFrom(...(Object.keys(CONTENTS) as Drawn['content'][])),
  ),
  transaction: fc.constantFrom(undefined, true, false),
});
const strikes: fc.Arbitrary<Strike[]> = fc.array(
  fc.record({
    packet: fc.integer({ min: 1, max: 40 }),
    moment: fc.constantFrom(...MOMENTS),
    deed: fc.constantFrom(...DEEDS),
  }),
  { maxLength: 2 },
);

const BASE = [
  'CREATE TABLE things (id INT PRIMARY KEY, n INT NOT NULL DEFAULT 0, note INT NULL)',
  'INSERT INTO things (id) VALUES (1), (2)',
];

function caseOf(list: readonly Drawn[]) {
  return subjectOf({
    name: 'drawn',
    base: BASE,
    ends: 'right',
    migrations: list.map(({ content, transaction }, index) => ({
      id: `202601010000${String(index).padStart(2, '0')}_${content.replaceAll(' ', '_')}`,
      up: CONTENTS[content],
      ...(transaction !== undefined && { transaction }),
    })),
  });
}

let server: ChaosServer;
beforeAll(async () => {
  server = await openChaosServer(testServer());
});
afterAll(() => server?.close());

const NUM_RUNS = IN_FULL ? 200 : 12;

it('migrations of which some send nothing are recorded in their order, also if the run is stopped', async () => {
  let stopped = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawn, { minLength: 1, maxLength: 7 }),
      strikes,
      async (list, planned) => {
        const ground = await prepareGround(server, caseOf(list));
        expect(ground.clean, JSON.stringify(list)).toBe('right');
        if (planned.length === 0) return;
        stopped++;
        const { verdict, why } = await runPoint(ground, planned);
        expect(verdict, `${JSON.stringify([list, planned])}: ${why}`).toMatch(/^(right|gaps)$/);
      },
    ),
    { numRuns: NUM_RUNS, seed: 20261129, endOnFailure: !IN_FULL },
  );
  say(
    `Chaos (${server.title}): ${NUM_RUNS} lists of migrations of which some send nothing, ${stopped} of them stopped: recorded as by plain Knex.`,
  );
}, 900_000);

it('rolling back takes the migrations that plain Knex would take, however little they send', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawn, { minLength: 2, maxLength: 6 }),
      fc.integer({ min: 1, max: 6 }),
      async (list, steps) => {
        const of = caseOf(list);
        const [byKnex, byFanfold] = [await server.create(BASE), await server.create(BASE)];
        const bundle = of.bundleOf(byKnex.names);
        const count = Math.min(steps, list.length);
        expect(await plainMigrate(byKnex, bundle)).toBeUndefined();
        await plainMigrate(byKnex, bundle, async (knex) => {
          for (let step = 0; step < count; step++) await knex.migrate.down();
        });
        await migrate(byFanfold, bundle);
        const back = await migrate(byFanfold, bundle, {
          command: 'rollback',
          runId: 'the-rollback',
          steps: count,
          allowEmpty: true,
        });
        expect(back.status, JSON.stringify([list, count, back])).toBe('reverted');
        const [wanted, found] = [
          await readAll(server, of, byKnex),
          await readAll(server, of, byFanfold),
        ];
        expect(differencesFromPlain(wanted, found), JSON.stringify([list, count])).toEqual([]);
        await server.drop(byKnex);
        await server.drop(byFanfold);
      },
    ),
    { numRuns: NUM_RUNS, seed: 20261129, endOnFailure: !IN_FULL },
  );
}, 900_000);
