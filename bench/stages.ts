import { FIVE_TABLES, ONE_MORE, type TenantMigration } from './tenant-migrations.ts';

/** The three states in which a run finds a fleet. They follow one another on the same databases. */
export interface Stage {
  readonly name: 'fresh' | 'one pending' | 'nothing to do';
  /** All migrations that the build ships at this stage. */
  readonly migrations: readonly TenantMigration[];
  /** How often a run lists every database: once over with nothing to do is too short to time. */
  readonly passes: number;
}

export const STAGES: readonly Stage[] = [
  { name: 'fresh', migrations: FIVE_TABLES, passes: 1 },
  { name: 'one pending', migrations: [...FIVE_TABLES, ONE_MORE], passes: 1 },
  { name: 'nothing to do', migrations: [...FIVE_TABLES, ONE_MORE], passes: 10 },
];

/** Migrations that a database has after the last stage. */
export const MIGRATIONS_IN_THE_END = FIVE_TABLES.length + 1;
