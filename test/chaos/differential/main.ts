// node scripts/run.mjs test/chaos/differential/main.ts [options]
//
// Stops migrations at points and compares each with plain Knex; prints a table by server. Options:
//   --server URL[,URL]   servers to try (default: an embedded MariaDB, and those of FANFOLD_TEST_…_URL)
//   --case TEXT          only cases whose name contains the text
//   --points N           N random points over all cases; without it every point of every case
//   --seed N             the seed of random points
//   --from N             the first random point to try, to resume after a stop
//   --pairs              instead: every stop at the end of an attempt, and another one of the next attempt
//   --concurrency N      points at a time (default 12)
//   --processes          what is killed is a separate process
//   --clean              no points: only the runs that nobody stops
//   --out FILE           wrong and stuck points as lines of JSON
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { say } from '../support/form.ts';
import { ALL_CASES } from './all-cases.ts';
import type { ChaosServer } from './chaos-server.ts';
import { canBeStopped, type Ground, isFairEnd, prepareGrounds } from './ground.ts';
import { HARNESS_OPTIONS } from './harness-options.ts';
import { everyPoint, pairsAtTheEnd, randomPoints } from './points.ts';
import type { PointResult } from './run-point.ts';
import { emptyTally, type Point, runPoints, sayTally } from './run-points.ts';
import { usingChaosServers } from './using-chaos-servers.ts';

const { values: options } = parseArgs({ options: HARNESS_OPTIONS });
const concurrency = Number(options.concurrency);

async function tryServer(server: ChaosServer): Promise<void> {
  const started = performance.now();
  const cases = ALL_CASES.filter(
    ({ name, servers }) => name.includes(options.case) && (servers?.includes(server.kind) ?? true),
  );
  const grounds = await prepareGrounds(server, cases, concurrency);
  for (const { of, clean, packets } of grounds) {
    if (clean !== 'right')
      say(`${server.title} | ${of.name} | uninterrupted, ${packets.length} packets: ${clean}`);
  }
  const faults = grounds.filter(({ clean }) => !isFairEnd(clean)).length;
  say(
    `${server.title} | ${grounds.length} cases uninterrupted, ${grounds.length - faults} as under plain Knex`,
  );
  if (faults > 0) process.exitCode = 1;
  if (options.clean) return;
  const tried = grounds.filter(canBeStopped);
  const tallies = new Map(tried.map((ground) => [ground, emptyTally()] as const));
  const total = emptyTally();
  let done = 0;
  const points = options.pairs ? pairsAtTheEnd(tried) : singlePoints(tried);
  await runPoints(
    points,
    concurrency,
    (point, result) => {
      done++;
      const tally = tallies.get(point.ground);
      if (tally !== undefined) tally[result.verdict]++;
      total[result.verdict]++;
      if (result.verdict === 'wrong' || result.verdict === 'stuck') report(server, point, result);
      if (done % 500 === 0) {
        const rate = (done / (performance.now() - started)) * 1_000;
        say(
          `${server.title}: ${done} points, ${rate.toFixed(1)} a second, ${JSON.stringify(total)}`,
        );
      }
    },
    { processes: options.processes },
  );
  for (const [{ of, packets }, tally] of tallies) {
    say(`${server.title} | ${of.name} | ${packets.length} packets | ${sayTally(tally)}`);
  }
  const seconds = (performance.now() - started) / 1_000;
  say(`${server.title} | total of ${done} points in ${seconds.toFixed(0)} s | ${sayTally(total)}`);
  if (total.wrong + total.stuck > 0) process.exitCode = 1;
}

function singlePoints(grounds: readonly Ground[]): Generator<Point> {
  return options.points === undefined
    ? everyPoint(grounds)
    : randomPoints(grounds, Number(options.points), Number(options.seed), Number(options.from));
}

function report(server: ChaosServer, { ground }: Point, result: PointResult): void {
  const line = JSON.stringify({ server: server.title, case: ground.of.name, ...result });
  if (options.out === undefined) say(line.slice(0, 1_500));
  else appendFileSync(options.out, `${line}\n`);
}

await usingChaosServers(options.server, tryServer);
