import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { findConfigFile, projectFolder } from '../../adapters/local/config/find-config-file.ts';
import { displayPath } from '../../adapters/local/display-path.ts';
import { effectiveConfig } from '../../core/config/effective-config.ts';
import { type ConfigSection, isKnexfileReference } from '../../core/config/fanfold-config.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { KnexfileInUse } from './load-knex-settings.ts';

/** The configuration of a project, read and checked. */
export interface Project {
  /** The section of the configuration file for the environment. */
  readonly section: ConfigSection;
  /** File and key of a value: `fanfold.config.ts: environments.production.request.strict`. */
  origin(path: string): string;
  /** The folder that paths in the configuration start from; without one, that of the nearest package.json. */
  readonly folder: string;
  /** Full path of the configuration file. */
  readonly file: string | undefined;
  /** The same, for people. */
  readonly fileName: string | undefined;
  readonly environment: string | undefined;
  /** Whether the configuration file has environments of its own. */
  readonly hasEnvironments: boolean;
  readonly knexfile: KnexfileInUse | undefined;
  /** A knexfile that exists and is not used, for people. */
  readonly idleKnexfile: string | undefined;
  /** The folder of migrations, and the file and key that name it; without those it is the default. */
  readonly migrationsFolder: { readonly path: string; readonly from: string | undefined };
}

export interface LoadProjectOptions {
  /** Folder in and above which the configuration file is looked for; undefined reads none. */
  readonly directory: string | undefined;
  /** Name of the environment of the configuration; that of the knexfile too, unless it names one. */
  readonly environment: string | undefined;
  readonly nodeEnv: string | undefined;
}

/**
 * Reads the configuration file of a project, and the knexfile that it names. Without a file the project is
 * an empty one. Throws if either is invalid, before anything is done.
 */
export async function loadProject(options: LoadProjectOptions): Promise<Project> {
  const { environment } = options;
  const { directory } = options;
  const file = directory === undefined ? undefined : findConfigFile(directory);
  if (file === undefined) {
    if (environment !== undefined) throw noEnvironments(environment);
    const folder = projectFolder(directory ?? '.');
    const idleKnexfile = knexfileIn(folder);
    return {
      ...EMPTY,
      idleKnexfile,
      folder,
      migrationsFolder: { path: './migrations/tenant', from: undefined },
    };
  }
  // Imported late: it takes longer to load than everything else, and many projects have no file.
  const { loadConfigFile } = await import('../../adapters/local/config/load-config-file.ts');
  const { parseConfig } = await import('../../core/wire/parse-config.ts');
  const shown = displayPath(file);
  const config = parseConfig(await loadConfigFile(file), shown);
  // An environment may be the knexfile's alone.
  const own = config.environments === undefined ? undefined : environment;
  const effective = effectiveConfig(config, own, shown);
  const origin = (path: string) => `${shown}: ${effective.origin(path)}`;
  const { section } = effective;
  const knexfile = await knexOf({ section, origin }, file, config, options);
  const isKnown = own !== undefined || knexfile?.environment === environment;
  if (environment !== undefined && !isKnown) throw noEnvironments(environment, shown);
  const folder = dirname(file);
  return {
    section,
    origin,
    folder,
    file,
    fileName: shown,
    environment,
    hasEnvironments: config.environments !== undefined,
    knexfile,
    idleKnexfile: knexfile === undefined ? knexfileIn(folder) : undefined,
    migrationsFolder: migrationsFolderOf({ section, origin, knexfile, folder }),
  };
}

/** The configuration file wins over the knexfile, since a knexfile may be that of another database. */
function migrationsFolderOf({
  section,
  origin,
  knexfile,
  folder,
}: Pick<Project, 'section' | 'origin' | 'knexfile' | 'folder'>): Project['migrationsFolder'] {
  const chosen = section.migrations?.folder;
  if (chosen !== undefined) {
    return { path: inShort(resolve(folder, chosen)), from: origin('migrations.folder') };
  }
  const directory = knexfile?.migrations.directory;
  if (knexfile !== undefined && directory !== undefined) {
    return {
      path: inShort(resolve(dirname(knexfile.file), directory)),
      from: `${knexfile.name}: migrations.directory`,
    };
  }
  return { path: inShort(join(folder, 'migrations/tenant')), from: undefined };
}

const EMPTY: Omit<Project, 'folder' | 'idleKnexfile' | 'migrationsFolder'> = {
  section: {},
  origin: (path) => path,
  file: undefined,
  fileName: undefined,
  environment: undefined,
  hasEnvironments: false,
  knexfile: undefined,
};

/** As people would type it; it resolves to the same folder. */
function inShort(folder: string): string {
  const path = displayPath(folder);
  return isAbsolute(path) ? path : `./${path}`;
}

function knexfileIn(folder: string): string | undefined {
  const names = ['js', 'ts', 'cjs', 'mjs'].map((extension) =>
    join(folder, `knexfile.${extension}`),
  );
  const found = names.find((path) => existsSync(path));
  return found === undefined ? undefined : displayPath(found);
}

function noEnvironments(environment: string, file?: string): FanfoldError {
  const why =
    file === undefined
      ? 'there is no configuration file that could have it'
      : `neither ${file} nor a knexfile that it names has it`;
  return new FanfoldError(
    'EnvironmentUnknown',
    `The environment "${environment}" is requested, and ${why}.`,
    {
      fault: 'configuration',
      nextStep:
        'Leave --env and FANFOLD_ENV out, or write a fanfold.config.ts with "environments".',
    },
  );
}

async function knexOf(
  { section, origin }: Pick<Project, 'section' | 'origin'>,
  configFile: string,
  exported: unknown,
  options: LoadProjectOptions,
): Promise<KnexfileInUse | undefined> {
  const { knex } = section;
  if (knex === undefined) return undefined;
  const { knexInConfig, loadKnexSettings } = await import('./load-knex-settings.ts');
  return isKnexfileReference(knex)
    ? loadKnexSettings(knex, dirname(configFile), options)
    : knexInConfig(knex, { file: configFile, name: origin('knex'), exported });
}
