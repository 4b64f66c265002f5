import { FanfoldError } from '../errors.ts';
import { isRollback } from '../is-rollback.ts';
import type { RunRequest } from '../request.ts';
import { nearestWord } from '../text/nearest-word.ts';
import { type Bundle, bundleUpTo, splitMigrationName } from './bundle.ts';

/**
 * The migrations of a request: all, or those up to `to`. A rollback needs all, since what
 * it rolls back comes after `to`. Throws `MigrationUnknown`.
 */
export function requestedBundle(
  bundle: Bundle,
  request: Partial<Pick<RunRequest, 'command' | 'rollback' | 'to'>>,
): Bundle {
  const { to } = request;
  if (to === undefined) return bundle;
  const cut = bundleUpTo(bundle, splitMigrationName(to).id);
  if (cut === undefined) throw migrationUnknown(bundle, to);
  return isRollback(request) ? bundle : cut;
}

function migrationUnknown(bundle: Bundle, to: string): FanfoldError {
  const ids = bundle.migrations.map(({ id }) => id);
  const nearest = nearestWord(to, ids);
  const newest = ids.at(-1);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return new FanfoldError('MigrationUnknown', `There is no migration "${to}".${hint}`, {
    fault: 'usage',
    nextStep:
      newest === undefined
        ? 'The migrations folder is empty: add a migration first.'
        : `Name a migration by its file name without the extension, such as "${newest}".`,
  });
}
