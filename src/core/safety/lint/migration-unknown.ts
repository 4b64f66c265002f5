import { FanfoldError } from '../../errors.ts';
import { nearestWord } from '../../text/nearest-word.ts';

/** The error of an option that names a migration which the folder does not have. */
export function migrationUnknown(name: string, ids: readonly string[]): FanfoldError {
  const nearest = nearestWord(name, ids);
  return new FanfoldError('RequestInvalid', `The folder has no migration "${name}".`, {
    fault: 'usage',
    nextStep:
      nearest === undefined ? 'Name the file of a migration.' : `Did you mean "${nearest}"?`,
  });
}
