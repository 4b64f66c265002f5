import type { LambdaName } from '../core/wire/lambda-names.ts';
import type { MigrationsNeed } from './migrations-module.ts';

/**
 * What each function needs of the migrations. One that needs some exports `createHandler(migrations)`
 * in the place of its handler.
 */
export const MIGRATIONS_NEED: Readonly<Record<LambdaName, MigrationsNeed | 'nothing'>> = {
  'list-tenants': 'checksums',
  'migrate-tenant': 'code',
  'reduce-outcomes': 'nothing',
  'settle-run': 'nothing',
  'on-deploy': 'nothing',
  'provision-tenant': 'code',
};
