import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChaosCase, subjectOf } from '../../../chaos/differential/chaos-case.ts';
import { type ChaosServer, openChaosServer } from '../../../chaos/differential/chaos-server.ts';
import { canBeStopped, prepareGround } from '../../../chaos/differential/ground.ts';
import type { PointVerdict } from '../../../chaos/differential/run-point.ts';
import { type Point, runPoints } from '../../../chaos/differential/run-points.ts';
import type { Moment } from '../../../chaos/differential/strike-proxy.ts';
import { byTurns, pointsOf } from '../../../chaos/support/form.ts';
import { testServer } from '../../../support/server.ts';

/**
 * The allowed ends of a case's points, besides `right` and `gaps`: docs/explanation/reliability.md does not promise the
 * ids that the server generates in tables which the migration did not create.
 */
export interface Fair {
  /** The allowed ends of interrupted attempts. */
  readonly points?: readonly PointVerdict[];
  /** The allowed end of the uninterrupted run; absent if it must equal plain Knex. */
  readonly clean?: RegExp;
}

/** The number of points to run at a time, because other tests share the machine. */
const CONCURRENCY = 6;
/** The connection is cut before the server runs the packet, or before its answer arrives. */
const MOMENTS: readonly Moment[] = ['before', 'answered'];
/** The step between points in the short form: an odd number, so that both moments occur. */
const SHORT = 5;
/** The number of packets before the first statement of a migration. */
const PREPARING = 2;

/**
 * Creates a test for every case. Plain Knex runs it, Fanfold runs it uninterrupted, and Fanfold runs it with
 * the connection cut at every packet, before it and after it, and then again until it ends; among
 * all tests only half of the cases at some of them. What came of it is compared with plain Knex to the last row. With changed files, only with the new ones.
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

  for (const { points = [], clean = /^right$/, ...of } of byTurns(cases)) {
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
      // It may have failed before the file was changed.
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
