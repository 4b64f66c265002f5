import type { Calibration, Sample } from '../../../../src/core/safety/forecast/calibration.ts';
import type { MigrationWork } from '../../../../src/core/safety/forecast/recorded-work.ts';
import type { TableSize } from '../../../../src/core/safety/forecast/table-size.ts';
import type { TenantFacts } from '../../../../src/core/safety/forecast/tenant-facts.ts';
import type { StatementWork } from '../../../../src/core/safety/forecast/work-kind.ts';
import type { TenantRef } from '../../../../src/core/tenant.ts';

export const HOST = 'db1:3306';

export function tenantNumbered(number: number): TenantRef {
  return {
    id: `id-${number}`,
    slug: `t${number}`,
    name: `Tenant ${number}`,
    database: `db_${number}`,
  };
}

/** A table of so many megabytes. */
export function tableOf(name: string, megabytes: number, more: Partial<TableSize> = {}): TableSize {
  return { name, rows: 0, dataBytes: megabytes * 1_000_000, indexBytes: 0, ...more };
}

export function factsOf(
  tables: readonly TableSize[],
  more: Partial<TenantFacts> = {},
): TenantFacts {
  return {
    server: 'MySQL 8.4.3',
    tables,
    isCaseSensitive: true,
    transactions: { seen: [] },
    holders: { seen: [] },
    replication: { seen: { replicas: 0 } },
    ...more,
  };
}

export function workOf(id: string, ...statements: Partial<StatementWork>[]): MigrationWork {
  return {
    id,
    statements: statements.map((statement, index) => ({
      number: index + 1,
      text: 'alter table `t` …',
      kind: 'copy',
      tables: ['t'],
      passes: 1,
      blocks: 'writes',
      effects: [],
      ...statement,
    })),
  };
}

export function sample(
  migration: string,
  megabytes: number,
  ms: number,
  more: Partial<Sample> = {},
): Sample {
  const work = { copy: { statements: 1, bytes: megabytes * 1_000_000 } };
  return { migration, host: HOST, ms, work, ...more };
}

export function calibrationOf(
  samples: readonly Sample[],
  more: Partial<Calibration> = {},
): Calibration {
  return {
    format: 1,
    runId: 'run',
    forecastOf: 'plan',
    atATime: 8,
    tenants: { tenants: 0, within: 0, near: 0, expectedMs: 0, takenMs: 0 },
    migrations: {},
    samples,
    aroundMs: [],
    ...more,
  };
}
