import type { LambdaName } from '../core/wire/lambda-names.ts';
import type { MigrationsNeed } from './migrations-module.ts';

/**
 * The part of the migrations that each function needs. A function that needs one exports
 * `createHandler(migrations)` instead of its handler.
 */
export const MIGRATIONS_NEED: Readonly<Record<LambdaName, MigrationsNeed | 'nothing'>> = {
  'list-tenants': 'checksums',
  'migrate-tenant': 'code',
  'reduce-outcomes': 'nothing',
  'settle-run': 'nothing',
  // For the project, which says what the table of tenants is like.
  'watch-digests': 'checksums',
  'on-deploy': 'nothing',
  'provision-tenant': 'code',
  operate: 'code',
};
