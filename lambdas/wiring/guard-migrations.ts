import { strayErrors } from '../../src/adapters/mysql/migration/knex/stray-errors.ts';
import { guardMigrationCode } from '../guard-migration-code.ts';
import { createLog } from '../log.ts';

/** Keeps migrations from ending the process of a function that runs them. */
export function guardMigrations(name: string): void {
  guardMigrationCode(strayErrors, createLog(name));
}
