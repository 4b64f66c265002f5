import type { TenantRef } from '../../tenant.ts';
import type { Blocks } from '../verdict.ts';
import { addExpected, type Expected, NO_TIME, timesRate } from './expected.ts';
import { forecastMigration, type MigrationForecast, weakest } from './forecast-migration.ts';
import type { RangeScale } from './range-scale.ts';
import { scaledRange } from './range-score.ts';
import type { RateBasis, RateBook } from './rate.ts';
import type { MigrationWork } from './recorded-work.ts';
import { type TableSize, totalBytes } from './table-size.ts';
import type { TenantFacts } from './tenant-facts.ts';
import { createTenantTables, type MissingTable } from './tenant-tables.ts';

/** A migration that would fail in this tenant. */
export interface MissingTableForecast extends MissingTable {
  readonly migration: string;
}

/** The forecast of one tenant. */
export interface TenantForecast {
  readonly tenant: TenantRef;
  readonly migrations: readonly MigrationForecast[];
  /** All of it, with connecting and the records. */
  readonly ms: Expected;
  /** The weakest basis of its migrations; absent if a doubt has widened the range. */
  readonly basis?: RateBasis['of'] | undefined;
  /** The part of the range of its migrations that `ms` shows; absent for all of it. */
  readonly scale?: RangeScale | undefined;
  /** Tables that are gone through, the largest first. */
  readonly tables: readonly TableSize[];
  /** The longest statement during which others wait; absent if there is none. */
  readonly longestLock?:
    | { readonly blocks: Blocks; readonly table: string; readonly ms: number }
    | undefined;
  /** The most that one statement needs beside the tables. */
  readonly temporaryBytes: number;
  /** The longest statement: replicas begin it when the server has ended it. */
  readonly longestMs: number;
  /** A table that a migration expects and the tenant lacks: the migration fails there. */
  readonly missing?: MissingTableForecast | undefined;
  /** Pending migrations that did not run on the scratch database, so that nothing is known of them. */
  readonly unknown: readonly string[];
  readonly facts: Omit<TenantFacts, 'tables'>;
}

/** A tenant, its pending migrations in order, and what is known. */
export interface TenantToForecast {
  readonly tenant: TenantRef;
  readonly host: string;
  /** Ids. */
  readonly pending: readonly string[];
  readonly works: ReadonlyMap<string, MigrationWork>;
  readonly facts: TenantFacts;
  readonly rates: RateBook;
}

/** Forecasts one tenant. A migration that would fail ends the forecast, as it would end the attempt. */
export function forecastTenant({
  tenant,
  host,
  pending,
  works,
  facts,
  rates,
}: TenantToForecast): TenantForecast {
  const { tables: sizes, ...rest } = facts;
  const tables = createTenantTables(facts);
  const migrations: MigrationForecast[] = [];
  const unknown: string[] = [];
  let missing: MissingTableForecast | undefined;
  for (const id of pending) {
    const work = works.get(id);
    if (work === undefined) {
      unknown.push(id);
      continue;
    }
    const forecast = forecastMigration(work, tables, { rates, host });
    migrations.push(forecast);
    if (forecast.missing === undefined) continue;
    missing = { migration: id, ...forecast.missing };
    break;
  }
  const statements = migrations.flatMap(({ statements: own }) => own);
  const touched = new Map(
    statements.flatMap((one) =>
      one.kind === 'constant' ? [] : one.tables.map((table) => [table.name, table] as const),
    ),
  );
  const locking = statements.filter(
    ({ blocks, kind }) => blocks !== 'nothing' && kind !== 'constant',
  );
  const longest = locking.sort((a, b) => b.ms.likely - a.ms.likely)[0];
  const whole = migrations.reduce(
    (sum, { ms }) => addExpected(sum, ms),
    pending.length === 0 ? NO_TIME : timesRate(rates.tenantMs),
  );
  const basis = weakest(migrations.map((one) => one.basis));
  // A range that a doubt has widened says nothing about the others, and theirs nothing about it.
  const isSure = basis !== undefined && !isOtherPace(basis) && !hasDoubts(statements);
  const scale = isSure ? rates.scaleOf(basis.of) : undefined;
  return {
    tenant,
    migrations,
    ms: scale === undefined ? whole : scaledRange(whole, scale),
    ...(isSure && { basis: basis.of }),
    scale,
    tables: [...touched.values()].sort((a, b) => totalBytes(b) - totalBytes(a)),
    ...(longest !== undefined && {
      longestLock: {
        blocks: longest.blocks,
        table: longest.tables[0]?.name ?? '',
        ms: longest.ms.likely,
      },
    }),
    temporaryBytes: Math.max(0, ...statements.map(({ temporaryBytes }) => temporaryBytes)),
    longestMs: Math.max(0, ...statements.map(({ ms }) => ms.likely)),
    missing,
    unknown,
    facts: rest,
  };
}

function isOtherPace(basis: RateBasis): boolean {
  return basis.of !== 'default' && basis.otherPace === true;
}

function hasDoubts(statements: readonly { readonly doubts: readonly string[] }[]): boolean {
  return statements.some(({ doubts }) => doubts.length > 0);
}
