import type { CentralDatabase } from '../../adapters/prisma/central-database.ts';
import type { KnexfileInUse } from '../../compose/project/load-knex-settings.ts';
import { usingCentral } from '../../compose/using-central.ts';
import type { CentralTables } from '../../core/adoption/central-tables.ts';
import type { ProjectFiles } from '../../core/adoption/project-files.ts';
import type { TenantsMapping } from '../../core/central/tenants-mapping.ts';
import { type CentralOptions, centralAccessOf } from './central-access-of.ts';
import type { WiringContext } from './wiring-context.ts';

/** The files and the central database of a project that has no configuration yet. */
export interface AdoptionWiring {
  /** Finds the files of the project in the current folder. */
  readProjectFiles(): Promise<ProjectFiles>;
  /** Reads a knexfile of the project, by its path from the current folder; throws if it is unusable. */
  loadKnexfile(file: string, environment: string | undefined): Promise<KnexfileInUse>;
  /** Writes one of its files as a whole or not at all. */
  writeConfigFile(project: ProjectFiles, name: string, text: string): Promise<void>;
  /** Connects, for the time of `work`, to a central database whose tables are not known yet. */
  usingCentralTables<Result>(
    options: CentralOptions,
    work: (central: CentralTables) => Promise<Result>,
  ): Promise<Result>;
  /** Connects to the central database by a mapping that is not configured yet. */
  usingTenants<Result>(
    options: CentralOptions,
    mapping: TenantsMapping,
    work: (central: Pick<CentralDatabase, 'directory'>) => Promise<Result>,
  ): Promise<Result>;
}

/** Wires what `init` reads and writes. */
export function wireAdoption(context: WiringContext): AdoptionWiring {
  return {
    async readProjectFiles() {
      const { readProjectFiles } = await import(
        '../../adapters/local/project/read-project-files.ts'
      );
      return readProjectFiles(process.cwd());
    },

    async loadKnexfile(file, environment) {
      const { loadKnexSettings } = await import('../../compose/project/load-knex-settings.ts');
      const nodeEnv = context.env.NODE_ENV;
      return loadKnexSettings({ file }, process.cwd(), { environment, nodeEnv });
    },

    async writeConfigFile({ folder }, name, text) {
      const { writeConfigFile } = await import('../../adapters/local/project/write-config-file.ts');
      return writeConfigFile(folder, name, text);
    },

    async usingCentralTables(options, work) {
      const access = await centralAccessOf(options, context);
      const { usingCentralTables } = await import('../../adapters/prisma/central-tables.ts');
      return usingCentralTables(access, work);
    },

    async usingTenants(options, tenants, work) {
      const access = await centralAccessOf(options, context);
      return usingCentral({ ...access, tenants }, work);
    },
  };
}
