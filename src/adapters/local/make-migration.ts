import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import type { MigrationBody } from '../../core/bundle/migration-body.ts';
import { checkMigrationName } from '../../core/bundle/migration-name.ts';
import {
  migrationTimestamp,
  nextMigrationTimestamp,
} from '../../core/bundle/migration-timestamp.ts';
import { FanfoldError } from '../../core/errors.ts';
import { displayPath } from './display-path.ts';
import { makeFolder } from './make-folder.ts';
import { listMigrationFiles } from './migration-files.ts';
import { type MigrationLanguage, migrationForm } from './migration-form.ts';
import { backfillTemplate } from './templates/backfill-template.ts';
import { commonJsTemplate } from './templates/commonjs-template.ts';
import { esmTemplate } from './templates/esm-template.ts';
import { migrationBody } from './templates/migration-body.ts';
import { typescriptTemplate } from './templates/typescript-template.ts';

export interface MakeMigrationOptions {
  /** Created if it is missing. */
  readonly directory: string;
  /** Without timestamp and extension: `add_priority_to_tasks`. */
  readonly name: string;
  /** Default: the language of the folder, or of the project. */
  readonly language?: MigrationLanguage | undefined;
  readonly now: Date;
  /** Default: a starting body for the name. */
  readonly body?: MigrationBody | undefined;
  /** Whether it changes rows in batches instead. */
  readonly isBackfill?: boolean | undefined;
}

/**
 * Writes a new migration file from a template and returns its full path. Its timestamp is later than any in
 * the folder, and its {@link MigrationForm} is that of the existing files. Throws `MigrationNameInvalid`
 * (usage), `MigrationExists` (usage) and `MigrationsFolderUnwritable` (configuration).
 */
export async function makeMigration(options: MakeMigrationOptions): Promise<string> {
  const { name, language, now, body = migrationBody(name) } = options;
  checkMigrationName(name);
  const directory = resolve(options.directory);
  await writing(directory, () => makeFolder(directory));
  const existing = await listMigrationFiles(directory);
  refuseTakenName(name, existing, directory);
  const timestamps = existing.map(migrationTimestamp).filter((found) => found !== undefined);
  const { extension, syntax } = await migrationForm(directory, existing, language);
  const file = `${nextMigrationTimestamp(timestamps, now)}_${name}${extension}`;
  const path = join(directory, file);
  const source = options.isBackfill ? backfillTemplate(name, syntax) : TEMPLATES[syntax](body);
  await writing(directory, () => writeFile(path, source, { flag: 'wx' }));
  return path;
}

const TEMPLATES = {
  typescript: typescriptTemplate,
  esm: esmTemplate,
  commonjs: commonJsTemplate,
} as const;

/** Two migrations with one name are most likely the same migration, created twice by mistake. */
function refuseTakenName(name: string, existing: readonly string[], directory: string): void {
  const taken = existing.find((file) => {
    const { id } = splitMigrationName(file);
    return id.replace(/^\d+_/, '').toLowerCase() === name;
  });
  if (taken === undefined) return;
  throw new FanfoldError(
    'MigrationExists',
    `A migration named ${name} already exists: ${displayPath(join(directory, taken))}.`,
    {
      fault: 'usage',
      nextStep: 'Edit that file if no tenant has it yet; otherwise choose a different name.',
    },
  );
}

async function writing<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FanfoldError(
      'MigrationsFolderUnwritable',
      `No migration can be written to ${displayPath(directory)} (${code ?? String(cause)}).`,
      {
        fault: 'configuration',
        nextStep: 'Allow this user to write to the folder, or name another one.',
        cause,
      },
    );
  }
}
