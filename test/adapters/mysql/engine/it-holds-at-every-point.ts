import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChaosCase, subjectOf } from '../../../chaos/differential/chaos-case.ts';
import { type ChaosServer, openChaosServer } from '../../../chaos/differential/chaos-server.ts';
import { canBeStopped, prepareGround } from '../../../chaos/differential/ground.ts';
import type { Verdict } from '../../../chaos/differential/run-point.ts';
import { type Point, runPoints } from '../../../chaos/differential/run-points.ts';
import type { Moment } from '../../../chaos/differential/strike-proxy.ts';
import { pointsOf } from '../../../chaos/support/form.ts';
import { testServer } from '../../../support/server.ts';

/**
 * How the points of a case may end, beside `right` and `gaps`: docs/reliability.md does not promise the
 * ids that the server generates in tables which the migration has not made.
 */
export interface Fair {
  /** Of attempts that were stopped. */
  readonly points?: readonly Verdict[];
  /** What is said of the run that nobody stopped; as plain Knex if it is left out. */
  readonly clean?: RegExp;
}

/** Points at a time, on a machine that has other tests to run. */
const CONCURRENCY = 6;
/** The server has not carried the packet out, or it has and nobody was told. */
const MOMENTS: readonly Moment[] = ['before', 'answered'];
/** Points of a case in the short form: an odd number, so that both moments are among them. */
const SHORT = 5;
/** Packets that come before any statement of a migration. */
const PREPARING = 2;

/**
 * Makes a test of every case: plain Knex does it, Fanfold does it uninterrupted, and Fanfold does it with
 * the connection cut at every packet, before it and after it, and then again until it ends; as a part of
 * all tests only at some of them. What came of it is compared with plain Knex to the last row. With changed files, only with the new ones.
 */
export function itHoldsAtEveryPoint(
  title: (name: string) => string,
  cases: readonly (ChaosCase & Fair)[],
): void {
  let server: ChaosServer;
  beforeAll(async () => {
    server = await openChaosServer(testServer());
  });
  afterAll(() => server?.close());
  const { flavour } = testServer();

  for (const { points = [], clean = /^right$/, ...of } of cases) {
    if (of.servers !== undefined && !of.servers.includes(flavour)) continue;
    it(title(of.name), async () => {
      const ground = await prepareGround(server, subjectOf(of));
      if (of.changed === undefined) {
        expect(ground.clean).toMatch(clean);
        if (!canBeStopped(ground)) return;
      }
      const strikes = ground.packets.flatMap((_, index) =>
        index < PREPARING
          ? []
          : MOMENTS.map((moment) => ({ packet: index + 1, moment, deed: 'cut' as const })),
      );
      const all: Point[] = pointsOf(strikes, SHORT).map((strike) => ({
        ground,
        strikes: [strike],
      }));
      // It may have failed by itself before the file was changed.
      if (of.changed !== undefined) all.push({ ground, strikes: [] });
      const unfair: string[] = [];
      await runPoints(all, CONCURRENCY, (point, { verdict, why, packet }) => {
        if (verdict === 'right' || verdict === 'gaps' || points.includes(verdict)) return;
        const [{ moment, packet: at } = { moment: 'never', packet: 0 }] = point.strikes;
        unfair.push(`${moment} packet ${at} (${packet?.slice(0, 100)}): ${verdict}: ${why}`);
      });
      expect(unfair).toEqual([]);
    }, 300_000);
  }
}
