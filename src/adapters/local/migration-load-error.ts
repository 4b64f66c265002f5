import { migrationInvalid } from '../../core/bundle/migration-module.ts';
import type { FanfoldError } from '../../core/errors.ts';
import { displayPath } from './display-path.ts';
import { explainLoadError, type LoadTrouble } from './explain-load-error.ts';

const NEXT_STEPS: Readonly<Record<LoadTrouble['kind'], string>> = {
  syntax: 'Correct the syntax, then run the command again.',
  import: 'Correct the import, or install the package in your project.',
  throws: 'Correct the file; the work of a migration belongs in `up` and `down`.',
};

/**
 * The `MigrationInvalid` error for a migration file that threw while it was loaded: place and reason,
 * without a stack. `path` is the file's full path; `thrown` may be any value.
 */
export function migrationLoadError(path: string, thrown: unknown): FanfoldError {
  const { kind, reason } = explainLoadError(path, thrown);
  return migrationInvalid(displayPath(path), reason, NEXT_STEPS[kind], thrown);
}
