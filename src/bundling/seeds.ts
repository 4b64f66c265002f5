import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { FanfoldError } from '../core/errors.ts';

/** Seeds that migrations run, as a function gets them. */
export interface BundledSeeds {
  /** Full path of the code of each, by its path below the function's folder. */
  readonly files: ReadonlyMap<string, string>;
  /** The folders that the settings name, below the function's folder. */
  readonly directories: readonly string[];
}

export interface SeedPlaces {
  readonly migrationsFolder: string;
  /** Full paths of the migrations. */
  readonly migrations: readonly string[];
  /** Folder that relative paths start from when migrations run. */
  readonly projectFolder: string;
  /** `seeds.directory` of the settings of Knex. */
  readonly configured: string | readonly string[] | undefined;
}

const RUNS_SEEDS = /\bseed\s*(?:\?\.|\.)\s*run\s*\(/;
/** A folder that a migration names, relative to the working directory or to the migration. */
const NAMED = /\bdirectory\s*:\s*(['"`])([^'"`$]+)\1/g;
const FROM_PLACE =
  /(?:join|resolve)\s*\(\s*(?:__dirname|import\.meta\.dirname)\s*,\s*(['"`])([^'"`$]+)\1\s*\)/g;

const IS_CODE = /\.[cm]?[jt]s$/;

/**
 * Finds the seeds that migrations run by `knex.seed.run()`: in the folder of the settings, and in those
 * that a migration names as text. Undefined if no migration runs any. Throws `SeedsNotFound` if there is no
 * such folder: the function would fail with the first tenant.
 */
export async function findSeeds(places: SeedPlaces): Promise<BundledSeeds | undefined> {
  const sources = places.migrations.map((path) => readFileSync(path, 'utf8'));
  const running = sources.filter((source) => RUNS_SEEDS.test(source));
  if (running.length === 0) return undefined;
  const { migrationsFolder, projectFolder, configured } = places;
  const inSettings = configured === undefined ? ['./seeds'] : [configured].flat();
  const ofSettings = inSettings.map((each) => resolve(projectFolder, each)).filter(existsSync);
  const named = running.flatMap((source) => [
    ...[...source.matchAll(NAMED)].map(([, , path = '']) => resolve(projectFolder, path)),
    ...[...source.matchAll(FROM_PLACE)].map(([, , path = '']) => resolve(migrationsFolder, path)),
  ]);
  const folders = new Set([...ofSettings, ...named.filter(existsSync)]);
  if (folders.size === 0) throw seedsNotFound(inSettings);
  const files = new Map<string, string>();
  for (const folder of folders) {
    for (const path of await codeIn(folder)) {
      files.set(inFunction(relative(projectFolder, path)), path);
    }
  }
  const directories = ofSettings.map((folder) => inFunction(relative(projectFolder, folder)));
  return { files, directories };
}

/** A function has nothing above its folder: seeds outside of the project get a separate folder. */
function inFunction(path: string): string {
  return slashed(path).replaceAll('../', 'above/');
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}

async function codeIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && IS_CODE.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function seedsNotFound(folders: readonly string[]): FanfoldError {
  return new FanfoldError(
    'SeedsNotFound',
    `A migration runs seeds, and there is no folder of them: ${folders.join(', ')} does not exist.`,
    {
      fault: 'configuration',
      nextStep:
        'Name the folder as "seeds.directory" in the knexfile, or as text in the migration: knex.seed.run({ directory: "./seeds" })',
    },
  );
}
