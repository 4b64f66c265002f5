import { migrationInvalid } from '../../core/bundle/migration-module.ts';
import type { FanfoldError } from '../../core/errors.ts';
import { displayPath } from './display-path.ts';
import { explainLoadError, type LoadTrouble } from './explain-load-error.ts';

const NEXT_STEPS: Readonly<Record<LoadTrouble['kind'], string>> = {
  syntax: 'Correct the syntax, then run the command again.',
  import: 'Correct the import, or install the package in your project.',
  throws: 'Correct the file; what a migration does belongs into `up` and `down`.',
};

/**
 * The `MigrationInvalid` for what a migration file threw while it was loaded, which may be anything:
 * place and reason, without a stack. `path` is the file's full path.
 */
export function migrationLoadError(path: string, thrown: unknown): FanfoldError {
  const { kind, reason } = explainLoadError(path, thrown);
  return migrationInvalid(displayPath(path), reason, NEXT_STEPS[kind], thrown);
}
