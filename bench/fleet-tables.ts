import { COUNTERS, type Counter } from './counters.ts';
import type { Sample } from './measure-fleets.ts';
import { type TripCounts, tripKey } from './network/count-trips.ts';
import { STAGES, type Stage } from './stages.ts';
import { median } from './statistics.ts';
import { textTable } from './text-table.ts';
import type { Way } from './ways/way.ts';

/** Rates of every way in every stage, with their ratios to other ways, and the round trips of a tenant. */
export function rateTable(
  samples: readonly Sample[],
  ways: readonly Way[],
  trips: TripCounts,
): string {
  const rows = STAGES.flatMap(({ name: stage }) =>
    ways.map((way) => {
      const rates = ratesOf(samples, stage, way);
      const other = (name: Way['name']) =>
        ways.find((w) => w.name === name && w.concurrency === way.concurrency);
      const guide = ways.find((w) => w.name === 'knex' && w.concurrency === 1);
      return [
        `${stage}: ${way.title}`,
        String(way.concurrency),
        median(rates).toFixed(1),
        `${Math.min(...rates).toFixed(1)} to ${Math.max(...rates).toFixed(1)}`,
        ratio(samples, stage, way, other('raw')),
        ratio(samples, stage, way, other('packed')),
        ratio(samples, stage, way, guide),
        shownTrips(trips, stage, way),
      ];
    }),
  );
  return textTable(
    [
      'fleet and way',
      'at a time',
      'tenants/s',
      'spread',
      'of raw',
      'of packed',
      "× guide's way",
      'round trips',
    ],
    rows,
  );
}

function shownTrips(trips: TripCounts, stage: Stage['name'], way: Way): string {
  const counted = trips.get(tripKey(stage, way));
  if (counted === undefined) return '-';
  const { first, later } = counted;
  return first === later ? String(later) : `${later} (first ${first})`;
}

/**
 * The cost of one tenant for the server, which is the least of all rounds, because other users of the server
 * and its own housekeeping only add to it; and the cost for the client, which is the median.
 */
export function countTable(samples: readonly Sample[], ways: readonly Way[]): string {
  const counters = Object.keys(COUNTERS) as Counter[];
  const rows = STAGES.flatMap(({ name: stage }) =>
    ways.map((way) => {
      const own = samples.filter((sample) => sample.stage === stage && sample.way === way);
      const least = counters.map((counter) => {
        const value = Math.min(...own.map(({ counts }) => counts[counter] ?? Number.NaN));
        return Number.isNaN(value) ? '-' : value.toFixed(value < 100 ? 1 : 0);
      });
      const cpuMs = median(own.map((sample) => sample.cpuMs)).toFixed(2);
      return [`${stage}: ${way.title}`, String(way.concurrency), ...least, cpuMs];
    }),
  );
  const titles = counters.map((counter) => COUNTERS[counter]);
  return textTable(['per tenant', 'at a time', ...titles, 'client CPU ms'], rows);
}

/** The ratio of rates in the same round, then the median: a disturbance affects both rates of a round. */
function ratio(
  samples: readonly Sample[],
  stage: Stage['name'],
  way: Way,
  to: Way | undefined,
): string {
  if (to === undefined) return '-';
  const others = ratesOf(samples, stage, to);
  const ratios = ratesOf(samples, stage, way).map((rate, round) => rate / (others[round] ?? 0));
  return median(ratios).toFixed(2);
}

function ratesOf(samples: readonly Sample[], stage: Stage['name'], way: Way): number[] {
  return samples
    .filter((sample) => sample.stage === stage && sample.way === way)
    .map(({ rate }) => rate);
}
