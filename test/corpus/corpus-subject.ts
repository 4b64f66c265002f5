import { join } from 'node:path';
import { loadMigrationsFolder } from '../../src/adapters/local/migrations-folder.ts';
import { type Bundle, createBundle } from '../../src/core/bundle/bundle.ts';
import type { Subject } from '../chaos/differential/chaos-case.ts';
import type { CorpusSet } from './corpus-sets.ts';
import { fetchPackage } from './fetch-package.ts';

/** A set that was fetched and read, as something to be stopped and compared. */
export interface CorpusSubject extends Subject {
  readonly bundle: Bundle;
  readonly failsUnderPlainKnex: boolean;
  /** The first half of its migrations, at least one. */
  readonly firstHalf: Bundle;
}

/** Fetches a set, if it is not kept yet, and reads its migrations as the command line would. */
export async function readSet(set: CorpusSet): Promise<CorpusSubject> {
  const folder = join(await fetchPackage(set.package), set.folder);
  const bundle = await loadMigrationsFolder(folder, { allowDuplicateTimestamps: true });
  const half = bundle.migrations.slice(0, Math.ceil(bundle.migrations.length / 2));
  return {
    name: nameOf(set),
    base: [],
    bundle,
    failsUnderPlainKnex: set.failsUnderPlainKnex ?? false,
    firstHalf: { ...createBundle(half), knownIds: bundle.knownIds },
    bundleOf: () => bundle,
    ...(set.servers !== undefined && { servers: set.servers }),
    ...(set.random !== undefined && { random: set.random }),
    ...(set.refersTo !== undefined && { refersTo: set.refersTo }),
  };
}

/** For example `@backstage/plugin-catalog-backend 4.0.5`. */
export function nameOf({ package: { name, version }, folder }: CorpusSet): string {
  return `${name} ${version}${folder === 'migrations' ? '' : ` ${folder}`}`;
}
