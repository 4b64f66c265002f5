import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { USUAL_FOLDER } from '../../core/adoption/choose-folder.ts';
import type { InitialConfig } from '../../core/adoption/config-source.ts';
import { GUIDE_TENANTS } from '../../core/central/tenants-mapping.ts';
import { isKnexfileReference } from '../../core/config/fanfold-config.ts';
import type { Project } from '../../project/load-project.ts';

/**
 * Whether a configuration that is there says what was found, whatever else it says: somebody who has written
 * it further by hand keeps it.
 *
 * @param folder the project, from which the paths of `config` start
 */
export function isConfigured(project: Project, config: InitialConfig, folder: string): boolean {
  if (project.file === undefined) return false;
  const { central, knex } = project.section;
  const { tenants = GUIDE_TENANTS, migrationsFolder = USUAL_FOLDER, knexfile } = config;
  if (!isDeepStrictEqual(plain(central?.tenants ?? GUIDE_TENANTS), plain(tenants))) return false;
  if (resolve(project.migrationsFolder.path) !== resolve(folder, migrationsFolder)) return false;
  if (knexfile === undefined) return true;
  if (knex === undefined || !isKnexfileReference(knex)) return knex !== undefined;
  return resolve(dirname(project.file), knex.file) === resolve(folder, knexfile);
}

/** Without keys that say nothing, and without the blanks by which a query is set. */
function plain(mapping: object): unknown {
  return JSON.parse(
    JSON.stringify(mapping, (_key, value) =>
      typeof value === 'string' ? value.replaceAll(/\s+/g, ' ').trim() : value,
    ),
  );
}
