import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { MigrationsFolder } from '../../../core/adoption/project-files.ts';

/** The number of levels below the project to search: `apps/backend/src/database/migrations/tenant` is six. */
const DEEPEST = 6;
/** The number of folders to search. A project has fewer; a home folder, entered by mistake, has more. */
const MOST_FOLDERS = 3_000;

/** Folders of dependencies and build output: migrations in them are copies. */
const NOT_SOURCES =
  /^(?:\.|node_modules$|bower_components$|vendor$|dist$|build$|out$|lib-cov$|coverage$|cdk\.out$|tmp$|generated)/;

/** Names with a timestamp as Knex makes them, or with a consecutive number. */
const MIGRATION_FILE = /^\d+[_-].+(?<!\.d)\.[cm]?[jt]s$/;

const OF_TENANTS = /(?:^|[/_-])tenants?(?=$|[/_-])|tenantMigrations|migrationsTenant/i;
const OF_OTHERS =
  /(?:^|[/_-])(?:central|landlord|system|main|master|core|admin|global|shared|common|platform|public|control)(?=$|[/_-])/i;

/** Searches a project for folders of migrations; the tenants' folders come first. */
export async function findMigrationsFolders(project: string): Promise<MigrationsFolder[]> {
  const found: MigrationsFolder[] = [];
  const waiting: { readonly folder: string; readonly depth: number }[] = [
    { folder: project, depth: 0 },
  ];
  for (let looked = 0; waiting.length > 0 && looked < MOST_FOLDERS; looked += 1) {
    const { folder, depth } = waiting.shift() as { folder: string; depth: number };
    const entries = await list(folder);
    const path = pathFrom(project, folder);
    const files = entries.filter(
      (entry) => !entry.isDirectory() && MIGRATION_FILE.test(entry.name),
    );
    const isMeant = /migrations\/tenants?$/i.test(path) && entries.every((each) => each.isFile());
    if (files.length > 0 || isMeant) {
      found.push({ path, files: files.length, belongsTo: belongsTo(path) });
    }
    if (depth === DEEPEST) continue;
    for (const entry of entries) {
      if (!entry.isDirectory() || NOT_SOURCES.test(entry.name)) continue;
      waiting.push({ folder: join(folder, entry.name), depth: depth + 1 });
    }
  }
  return found.toSorted((a, b) => ORDER.indexOf(a.belongsTo) - ORDER.indexOf(b.belongsTo));
}

const ORDER = ['tenants', 'unknown', 'others'] as const;

function belongsTo(path: string): MigrationsFolder['belongsTo'] {
  if (OF_TENANTS.test(path)) return 'tenants';
  return OF_OTHERS.test(path) ? 'others' : 'unknown';
}

/** The entries of a folder; an unreadable folder counts as empty. */
async function list(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => a.name.localeCompare(b.name));
  } catch {
    return [];
  }
}

function pathFrom(project: string, folder: string): string {
  const path = relative(project, folder);
  return path === '' ? '.' : `./${path.split(sep).join('/')}`;
}
