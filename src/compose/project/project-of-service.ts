import { checkKnexSettings } from '../../adapters/mysql/migration/knex/check-knex-settings.ts';
import type { KnexSettings } from '../../adapters/mysql/migration/knex/knex-settings.ts';
import type { TenantDatabasesOptions } from '../../adapters/mysql/tenant-databases.ts';
import type { TenantsMapping } from '../../core/central/tenants-mapping.ts';
import {
  isKnexfileReference,
  type KnexfileReference,
  type ProvisioningConfig,
  type RequestDefaults,
} from '../../core/config/fanfold-config.ts';
import type { RunRequest } from '../../core/request.ts';
import { mergeGuards } from '../../core/safety/guard/guard-settings.ts';
import { loadKnexSettings } from './load-knex-settings.ts';
import { loadProject, type Project } from './load-project.ts';
import { projectDatabases } from './project-databases.ts';

/** Options of a service that the configuration file has as well; options win. */
export interface ProjectOptions {
  /** Folder of the tenant migrations. Default: that of the configuration, or `./migrations/tenant`. */
  readonly migrations?: string | undefined;
  /** Knex's `tableName`. Default: that of the configuration, or `knex_migrations`. */
  readonly tableName?: string | undefined;
  /** Knex's `disableTransactions`. */
  readonly disableTransactions?: boolean | undefined;
  /**
   * Settings of your knexfile beside the address: `wrapIdentifier`, `postProcessResponse`, mysql2's options
   * under `connection`, `pool.afterCreate` and the like; or the knexfile itself. Default: those of the
   * configuration, or what plain Knex does. A setting that cannot be honoured is refused by its name
   * (`KnexSettingRefused`).
   */
  readonly knex?: KnexSettings | KnexfileReference | undefined;
  /**
   * Folder in and above which `fanfold.config.ts` is looked for, or `false` to read none. It is read once
   * in a process. Default: the working directory; its environment is named by `FANFOLD_ENV`.
   */
  readonly project?: string | false | undefined;
}

/** Everything that decides how a service migrates a tenant. */
export interface ServiceProject {
  readonly migrations: string;
  readonly folderOptions: {
    readonly allowDuplicateTimestamps: boolean | undefined;
    readonly loadExtensions: readonly string[] | undefined;
  };
  readonly databases: Pick<
    TenantDatabasesOptions,
    'tableName' | 'disableTransactions' | 'knex' | 'knexPackage' | 'loadSeed'
  >;
  readonly request: RequestDefaults & Pick<RunRequest, 'safety'>;
  readonly tenants: TenantsMapping | undefined;
  readonly provisioning: ProvisioningConfig | undefined;
  /** The folder that paths in the configuration start from. */
  readonly folder: string;
}

const projects = new Map<string, Promise<Project>>();

/** Joins the options of a service to the configuration of its project. */
export async function projectOfService(options: ProjectOptions): Promise<ServiceProject> {
  const project = await readProjectFiles(options.project ?? '.');
  const { section, knexfile } = project;
  const migrations = options.migrations ?? project.migrationsFolder.path;
  const { tableName, disableTransactions, allowDuplicateTimestamps } = section.migrations ?? {};
  const ofKnexfile = knexfile?.migrations;
  const limits = mergeGuards(undefined, section.safety);
  return {
    migrations,
    folderOptions: { allowDuplicateTimestamps, loadExtensions: ofKnexfile?.loadExtensions },
    databases: {
      tableName: options.tableName ?? tableName ?? ofKnexfile?.tableName,
      disableTransactions:
        options.disableTransactions ?? disableTransactions ?? ofKnexfile?.disableTransactions,
      ...projectDatabases(project, migrations),
      knex: await knexSettings(options.knex, project),
    },
    tenants: section.central?.tenants,
    provisioning: section.provisioning,
    folder: project.folder,
    request: {
      ...(ofKnexfile?.allowMissing === true && { allowMissing: true }),
      ...section.request,
      ...(limits !== undefined && { safety: limits }),
    },
  };
}

async function knexSettings(
  given: ProjectOptions['knex'],
  { knexfile }: Project,
): Promise<KnexSettings | undefined> {
  if (given === undefined) return knexfile?.settings;
  if (!isKnexfileReference(given)) return checkKnexSettings({ ...given });
  return (await loadKnexSettings(given, process.cwd(), settingsOfProcess())).settings;
}

/** Reads a project once; a failed reading is repeated by the next call. */
function readProjectFiles(directory: string | false): Promise<Project> {
  const key = JSON.stringify([process.cwd(), directory]);
  const known = projects.get(key);
  if (known !== undefined) return known;
  const reading = loadProject({
    directory: directory === false ? undefined : directory,
    ...settingsOfProcess(),
  });
  projects.set(key, reading);
  reading.catch(() => projects.delete(key));
  return reading;
}

function settingsOfProcess() {
  const { FANFOLD_ENV: environment, NODE_ENV: nodeEnv } = process.env;
  return { environment: environment || undefined, nodeEnv };
}
