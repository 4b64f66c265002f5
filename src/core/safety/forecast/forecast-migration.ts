import { addExpected, type Expected, NO_TIME, wholeMs } from './expected.ts';
import { forecastStatement, type StatementForecast } from './forecast-statement.ts';
import type { Correction, RateBasis, RateBook } from './rate.ts';
import type { MigrationWork } from './recorded-work.ts';
import type { MissingTable, TenantTables } from './tenant-tables.ts';
import type { WorkByKind } from './work-by-kind.ts';
import type { RatedKind } from './work-kind.ts';

/** The forecast of a statement of a migration. */
export interface NumberedForecast extends StatementForecast {
  /** Position in its migration, from 1. */
  readonly number: number;
}

/** The forecast of one migration on one tenant. */
export interface MigrationForecast {
  readonly id: string;
  readonly ms: Expected;
  readonly statements: readonly NumberedForecast[];
  readonly work: WorkByKind;
  /** The weakest of its statements, or that of the migration itself; absent if it has no statement. */
  readonly basis: RateBasis | undefined;
  /** A table that the tenant lacks, so that the migration fails; what follows is not forecast. */
  readonly missing?: MissingTable | undefined;
}

/** Forecasts a migration, and applies to `tables` what it changes. */
export function forecastMigration(
  { id, statements }: MigrationWork,
  tables: TenantTables,
  { rates, host }: { readonly rates: RateBook; readonly host: string },
): MigrationForecast {
  const forecasts: NumberedForecast[] = [];
  let missing: MissingTable | undefined;
  for (const work of statements) {
    const found = tables.run(work);
    if ('missing' in found) {
      missing = found.missing;
      break;
    }
    const forecast = forecastStatement(work, found, { rates, host });
    forecasts.push({ number: work.number, ...forecast });
  }
  const plain = forecasts.reduce((sum, { ms }) => addExpected(sum, ms), NO_TIME);
  const work = workByKind(forecasts);
  const correction = missing === undefined ? rates.correctionOf(id, host, work) : undefined;
  const ms = correction === undefined ? plain : range(correction);
  const factor = plain.likely === 0 ? 1 : ms.likely / plain.likely;
  return {
    id,
    ms,
    statements: forecasts.map((one) => ({ ...one, ms: scaled(one.ms, factor) })),
    work,
    basis: correction?.basis ?? weakest(forecasts.map(({ basis }) => basis)),
    missing,
  };
}

function range({ ms, low, high }: Correction): Expected {
  return wholeMs(ms * low, ms, ms * high);
}

function workByKind(statements: readonly StatementForecast[]): WorkByKind {
  const work: Partial<Record<RatedKind, { statements: number; bytes: number }>> = {};
  const add = (kind: RatedKind, bytes: number) => {
    const sum = work[kind] ?? { statements: 0, bytes: 0 };
    work[kind] = { statements: sum.statements + 1, bytes: sum.bytes + bytes };
  };
  for (const { kind, bytes, readBytes } of statements) {
    add(kind, bytes);
    if (readBytes > 0) add('read', readBytes);
  }
  return work;
}

function scaled({ low, likely, high }: Expected, factor: number): Expected {
  return wholeMs(low * factor, likely * factor, high * factor);
}

const STRENGTH = ['default', 'fleet', 'host', 'migration'] as const;

/** The basis that says least. */
export function weakest(bases: readonly (RateBasis | undefined)[]): RateBasis | undefined {
  return bases.reduce((least, basis) => {
    if (least === undefined || basis === undefined) return least ?? basis;
    return STRENGTH.indexOf(basis.of) < STRENGTH.indexOf(least.of) ? basis : least;
  }, undefined);
}
