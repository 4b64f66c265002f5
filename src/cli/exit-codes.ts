import type { Fault } from '../core/error-kind.ts';
import { isFanfoldError } from '../core/errors.ts';

/** The exit codes of commands. */
export const EXIT = {
  ok: 0,
  /** A tenant or a migration failed. */
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  /** The configuration, the central database or the run store failed. */
  configuration: 3,
  /** A bug in Fanfold (EX_SOFTWARE). */
  defect: 70,
  /** Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;

const OF_FAULT = {
  usage: EXIT.usage,
  configuration: EXIT.configuration,
  tenant: EXIT.failed,
  // A migration that fails on a tenant is that tenant's outcome. An error about a migration that ends the
  // command was found before any tenant was touched.
  migration: EXIT.configuration,
  fanfold: EXIT.defect,
} as const satisfies Record<Fault, number>;

/** The exit code of an error that ended a command; an unexpected error is a bug of ours. */
export function exitCodeOfError(error: unknown): number {
  return isFanfoldError(error) ? OF_FAULT[error.fault] : EXIT.defect;
}
