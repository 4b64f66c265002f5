import { type Fault, isFanfoldError } from '../core/errors.ts';

/** How commands end. */
export const EXIT = {
  ok: 0,
  /** A tenant or a migration failed. */
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  /** The configuration, the central database or the run store. */
  configuration: 3,
  /** A defect of ours (EX_SOFTWARE). */
  defect: 70,
  /** Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;

const OF_FAULT = {
  usage: EXIT.usage,
  configuration: EXIT.configuration,
  tenant: EXIT.failed,
  // A migration that fails on a tenant is that tenant's outcome. One that ends the command was
  // found to be invalid before any tenant was touched.
  migration: EXIT.configuration,
  fanfold: EXIT.defect,
} as const satisfies Record<Fault, number>;

/** The exit code of an error that ended a command; what we did not expect is a defect of ours. */
export function exitCodeOfError(error: unknown): number {
  return isFanfoldError(error) ? OF_FAULT[error.fault] : EXIT.defect;
}
