import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testServer } from '../support/server.ts';
import { ALL_CASES } from './differential/all-cases.ts';
import { type ChaosServer, openChaosServer } from './differential/chaos-server.ts';
import { canBeStopped, type Ground, isFairEnd, prepareGrounds } from './differential/ground.ts';
import { everyPoint, randomPoints } from './differential/points.ts';
import { emptyTally, runPoints, sayTally } from './differential/run-points.ts';
import { IN_FULL, say } from './support/form.ts';

const SEED = 20261129;
/** Points at a time: the server does the most of it. */
const CONCURRENCY = 8;
/** As many as a small machine tries in a minute beside the other tests, on each of three servers. */
const SHORT = 100;

describe('migrations of every kind, compared with plain Knex', () => {
  let server: ChaosServer;
  let grounds: readonly Ground[] = [];
  beforeAll(async () => {
    server = await openChaosServer(testServer());
    const cases = ALL_CASES.filter(({ servers }) => servers?.includes(server.kind) ?? true);
    grounds = await prepareGrounds(server, cases, CONCURRENCY);
  }, 300_000);
  afterAll(() => server?.close());

  it('migrations of every kind end as they do under plain Knex if nothing interrupts them', () => {
    const wrong = grounds
      .filter(({ clean }) => !isFairEnd(clean))
      .map(({ of, clean }) => `${of.name}: ${clean}`);
    say(
      `Chaos (${server.title}): ${grounds.length} cases uninterrupted, ${grounds.length - wrong.length} as under plain Knex.`,
    );
    expect(wrong).toEqual([]);
  });

  it('migrations of every kind end as under plain Knex, or with a label, if they are interrupted at any packet', async () => {
    const tried = grounds.filter(canBeStopped);
    const points = IN_FULL ? everyPoint(tried) : randomPoints(tried, SHORT, SEED);
    const tally = emptyTally();
    const wrong: string[] = [];
    await runPoints(points, CONCURRENCY, ({ ground }, result) => {
      tally[result.verdict]++;
      if (result.verdict === 'wrong' || result.verdict === 'stuck') {
        wrong.push(`${ground.of.name}: ${JSON.stringify(result)}`);
      }
    });
    say(`Chaos (${server.title}): stopped at points of ${tried.length} cases: ${sayTally(tally)}.`);
    expect(wrong).toEqual([]);
  }, 7_200_000);
});
