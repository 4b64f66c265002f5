import type { TenantRef } from '../../tenant.ts';
import type { Expected } from './expected.ts';
import { createFleetSessions, type FleetSessions } from './fleet-sessions.ts';
import { weakest } from './forecast-migration.ts';
import type { TenantForecast } from './forecast-tenant.ts';
import type { RateBasis } from './rate.ts';
import { createSchedule } from './schedule.ts';
import { createSpread } from './spread.ts';
import { hasRows, type TableSize, totalBytes } from './table-size.ts';
import { createTopList } from './top-list.ts';

/** A migration over all tenants that lack it. */
export interface FleetMigration {
  readonly id: string;
  readonly tenants: number;
  /** Of the slowest tenant. */
  readonly longest: Expected;
  readonly basis: RateBasis | undefined;
  /** Why its time is less sure than the range says, as clauses: some of them. */
  readonly doubts: readonly string[];
}

/** The forecast of a fleet. */
export interface FleetForecast {
  /** Tenants with a forecast. */
  readonly tenants: number;
  /** Tenants that are up to date already. */
  readonly upToDate: number;
  /** Tenants whose facts could not be read, so that they are in none of the sums. */
  readonly unread: number;
  /** Tenants at a time. */
  readonly atATime: number;
  /** Of the whole run, without pauses between waves and without retries. */
  readonly length: Expected;
  /** Of a tenant, in milliseconds: the median and the 90th and 99th of a hundred. */
  readonly spread: { readonly half: number; readonly most: number; readonly almostAll: number };
  readonly migrations: readonly FleetMigration[];
  readonly slowest: readonly { readonly tenant: TenantRef; readonly ms: Expected }[];
  readonly largest: readonly { readonly tenant: TenantRef; readonly table: TableSize }[];
  /** The longest times for which others wait at a table. */
  readonly locks: readonly ({ readonly tenant: TenantRef } & NonNullable<
    TenantForecast['longestLock']
  >)[];
  /** Tenants in which others wait at a table. */
  readonly locked: number;
  /** Disk beside the tables: of the tenant that needs most, and of those that need most at the same time. */
  readonly temporaryBytes: { readonly largest: number; readonly atOnce: number };
  /** The longest statement: replicas begin it when the server has ended it. */
  readonly longestStatementMs: number;
  /** Tenants in which a migration would fail, as a table is missing. */
  readonly failing: { readonly tenants: number; readonly first: readonly TenantForecast[] };
  /** Tenants with migrations that did not run on the scratch database. */
  readonly incomplete: number;
  /** The weakest basis of any migration. */
  readonly basis: RateBasis | undefined;
  readonly sessions: FleetSessions;
}

/** The number of tenants that each list names. */
const LISTED = 5;

/** Folds the forecasts of tenants, in the order in which they would run. Memory does not grow with the fleet. */
export function createFleetForecast(atATime: number) {
  const counts = { tenants: 0, upToDate: 0, unread: 0, locked: 0, failing: 0, incomplete: 0 };
  const schedules = {
    low: createSchedule(atATime),
    likely: createSchedule(atATime),
    high: createSchedule(atATime),
  };
  const spread = createSpread();
  const migrations = new Map<string, FleetMigration>();
  const slowest = createTopList<FleetForecast['slowest'][number]>(LISTED);
  const largest = createTopList<FleetForecast['largest'][number]>(LISTED);
  const locks = createTopList<FleetForecast['locks'][number]>(LISTED);
  const hungriest = createTopList<number>(atATime);
  const sessions = createFleetSessions();
  const failing: TenantForecast[] = [];
  let longestStatementMs = 0;

  const addMigrations = (forecast: TenantForecast) => {
    for (const { id, ms, basis, missing, statements } of forecast.migrations) {
      // The time until a migration fails is not that of the migration.
      if (missing !== undefined) continue;
      const known = migrations.get(id);
      migrations.set(id, {
        id,
        tenants: (known?.tenants ?? 0) + 1,
        longest: known === undefined || ms.likely > known.longest.likely ? ms : known.longest,
        basis: weakest([known?.basis, basis]),
        doubts: withMore(known?.doubts ?? [], statements),
      });
    }
  };

  return {
    upToDate(): void {
      counts.upToDate += 1;
    },
    unread(): void {
      counts.unread += 1;
    },
    add(forecast: TenantForecast, host: string, wave: number): void {
      const { tenant, ms, tables, longestLock, temporaryBytes, missing, unknown, facts } = forecast;
      counts.tenants += 1;
      for (const [part, schedule] of Object.entries(schedules)) {
        schedule.add(ms[part as keyof Expected], wave);
      }
      spread.add(ms.likely);
      addMigrations(forecast);
      slowest.add(ms.likely, { tenant, ms });
      for (const table of tables.filter(hasRows)) largest.add(totalBytes(table), { tenant, table });
      if (longestLock !== undefined) {
        counts.locked += 1;
        locks.add(longestLock.ms, { tenant, ...longestLock });
      }
      hungriest.add(temporaryBytes, temporaryBytes);
      longestStatementMs = Math.max(longestStatementMs, forecast.longestMs);
      if (missing !== undefined) {
        counts.failing += 1;
        if (failing.length < LISTED) failing.push(forecast);
      }
      if (unknown.length > 0) counts.incomplete += 1;
      sessions.add(tenant, host, facts);
    },
    read(): FleetForecast {
      const { failing: failingTenants, ...rest } = counts;
      const { low, likely, high } = schedules;
      const bases = [...migrations.values()].map(({ basis }) => basis);
      return {
        ...rest,
        atATime,
        length: { low: low.length, likely: likely.length, high: high.length },
        spread: { half: spread.at(0.5), most: spread.at(0.9), almostAll: spread.at(0.99) },
        migrations: [...migrations.values()],
        slowest: slowest.items,
        largest: largest.items,
        locks: locks.items,
        temporaryBytes: {
          largest: hungriest.items[0] ?? 0,
          atOnce: hungriest.items.reduce((sum, bytes) => sum + bytes, 0),
        },
        longestStatementMs,
        failing: { tenants: failingTenants, first: failing },
        basis: weakest(bases),
        sessions: sessions.read(),
      };
    },
  };
}

function withMore(
  known: readonly string[],
  statements: readonly { readonly number: number; readonly doubts: readonly string[] }[],
): readonly string[] {
  if (known.length === LISTED) return known;
  const own = statements.flatMap(({ number, doubts }) =>
    doubts.map((doubt) => `statement ${number}: ${doubt}`),
  );
  return [...new Set([...known, ...own])].slice(0, LISTED);
}
