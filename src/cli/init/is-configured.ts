import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Project } from '../../compose/project/load-project.ts';
import { USUAL_FOLDER } from '../../core/adoption/choose-folder.ts';
import type { InitialConfig } from '../../core/adoption/config-source.ts';
import { GUIDE_TENANTS } from '../../core/central/tenants-mapping.ts';
import { isKnexfileReference } from '../../core/config/fanfold-config.ts';

/**
 * Whether the existing configuration agrees with what was found. Its other settings do not matter, because
 * somebody may have added them by hand.
 *
 * @param folder the folder of the project; the paths of `config` are relative to it
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

/** Without undefined keys, and with the whitespace of a query normalized. */
function plain(mapping: object): unknown {
  return JSON.parse(
    JSON.stringify(mapping, (_key, value) =>
      typeof value === 'string' ? value.replaceAll(/\s+/g, ' ').trim() : value,
    ),
  );
}
