import type { MakeMigrationOptions } from '../../adapters/local/make-migration.ts';
import { loadBundle } from '../../compose/load-bundle.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { MigrationBody } from '../../core/bundle/migration-body.ts';
import type { FolderOptions } from '../options/setup-options.ts';
import type { WiringContext } from './wiring-context.ts';

/** The files of the tenant migrations. */
export interface MigrationFilesWiring {
  /** Writes a new migration file and returns its path, for people. */
  makeMigration(
    directory: string,
    name: string,
    language?: 'ts' | 'js',
    body?: MigrationBody,
  ): Promise<string>;
  /** The same for a backfill. */
  makeBackfill(directory: string, name: string, language?: 'ts' | 'js'): Promise<string>;
  /** Reads the tenant migrations and loads each of them once, so that a broken one is found now. */
  loadBundle(options: FolderOptions): Promise<Bundle>;
}

/** Wires the files of the tenant migrations. */
export function wireMigrationFiles({
  project,
}: Pick<WiringContext, 'project'>): MigrationFilesWiring {
  const make = async (options: Omit<MakeMigrationOptions, 'now'>): Promise<string> => {
    const { makeMigration } = await import('../../adapters/local/make-migration.ts');
    const { displayPath } = await import('../../adapters/local/display-path.ts');
    return displayPath(await makeMigration({ ...options, now: new Date() }));
  };
  return {
    makeMigration: (directory, name, language, body) => make({ directory, name, language, body }),
    makeBackfill: (directory, name, language) =>
      make({ directory, name, language, isBackfill: true }),

    loadBundle: ({ migrations, allowDuplicateTimestamps }) =>
      loadBundle(migrations, {
        allowDuplicateTimestamps: allowDuplicateTimestamps === true,
        loadExtensions: project()?.knexfile?.migrations.loadExtensions,
      }),
  };
}
