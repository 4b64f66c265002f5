import type { Knex } from 'knex';
import type { KnexSettings } from '../adapters/mysql/migration/knex/knex-settings.ts';
import type { FanfoldConfig } from '../core/config/fanfold-config.ts';

/** A configuration whose settings of Knex may be those of a whole knexfile. */
export type ProjectConfig = FanfoldConfig<KnexSettings | Knex.Config>;

/**
 * Types the configuration of a project, and returns it as it is.
 *
 * @example
 * ```ts
 * // fanfold.config.ts
 * import { defineConfig } from 'fanfold';
 *
 * export default defineConfig({
 *   migrations: { folder: './migrations/tenant' },
 *   knex: { file: './knexfile.ts' },
 *   environments: { production: { request: { maxPerHost: 8 } } },
 * });
 * ```
 */
export function defineConfig(config: ProjectConfig): ProjectConfig {
  return config;
}
