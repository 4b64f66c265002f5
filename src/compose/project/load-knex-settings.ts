import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { loadKnexfile } from '../../adapters/local/config/load-knexfile.ts';
import { displayPath } from '../../adapters/local/display-path.ts';
import type { KnexSettings } from '../../adapters/mysql/migration/knex/knex-settings.ts';
import {
  type SortedKnexfile,
  sortKnexfile,
} from '../../adapters/mysql/migration/knex/sort-knexfile.ts';
import type { KnexfileReference } from '../../core/config/fanfold-config.ts';
import { FanfoldError, isFanfoldError } from '../../core/errors.ts';

/** The knexfile that a project uses. */
export interface KnexfileInUse extends SortedKnexfile {
  /** Full path of the knexfile, or of the configuration file if the settings are written there. */
  readonly file: string;
  /** The same, for people. */
  readonly fileName: string;
  /** For people: its path, and the key if it is a part of the configuration file. */
  readonly name: string;
  /** The whole export of the file, with every environment and with secrets. */
  readonly exported: unknown;
  /** The environment of the knexfile, if it has several. */
  readonly environment: string | undefined;
}

/**
 * Reads the knexfile that a configuration or a service names, and sorts its settings.
 *
 * @param folder that its path starts from
 */
export async function loadKnexSettings(
  knex: KnexfileReference,
  folder: string,
  {
    environment,
    nodeEnv,
  }: { readonly environment: string | undefined; readonly nodeEnv: string | undefined },
): Promise<KnexfileInUse> {
  const file = resolve(folder, knex.file);
  const otherwise = environment ?? (nodeEnv || 'development');
  const loaded = await loadKnexfile(file, { asked: knex.env, otherwise });
  const { environment: chosen, exported } = loaded;
  const fileName = displayPath(file);
  const name = chosen === undefined ? fileName : `${fileName} (${chosen})`;
  const sorted = sortedFrom(name, loaded.settings);
  const settings = withFoldersFrom(dirname(file), sorted.settings);
  return { ...sorted, settings, exported, file, fileName, name, environment: chosen };
}

/** Names the file in the error of a refused setting. */
function sortedFrom(name: string, settings: Readonly<Record<string, unknown>>): SortedKnexfile {
  try {
    return sortKnexfile(settings);
  } catch (error) {
    if (!isFanfoldError(error)) throw error;
    const { code, message, fault, nextStep } = error;
    throw new FanfoldError(code, `${name}: ${message}`, { fault, nextStep, cause: error });
  }
}

/**
 * Knex's own command line works in the folder of the knexfile. Elsewhere folders of seeds, which a
 * migration may run, are named in full.
 */
function withFoldersFrom(folder: string, settings: KnexSettings): KnexSettings {
  const { seeds } = settings;
  if (resolve(folder) === process.cwd()) return settings;
  const full = (directory: string) => resolve(folder, directory);
  const isThere = existsSync(full('./seeds'));
  const directory = seeds?.directory ?? (isThere ? './seeds' : undefined);
  if (directory === undefined) return settings;
  return {
    ...settings,
    seeds: {
      ...seeds,
      directory: typeof directory === 'string' ? full(directory) : directory.map(full),
    },
  };
}

/** Sorts settings that are written in the configuration file itself. */
export function knexInConfig(
  settings: Readonly<Record<string, unknown>>,
  { file, name, exported }: Pick<KnexfileInUse, 'file' | 'name' | 'exported'>,
): KnexfileInUse {
  const fileName = displayPath(file);
  return { ...sortedFrom(name, settings), exported, file, fileName, name, environment: undefined };
}
