import { FanfoldError, type FanfoldErrorOptions } from '../errors.ts';
import type { StatementRef } from '../failure.ts';
import type { StatementStanding } from '../half-applied.ts';

export interface MigrationStepErrorOptions extends FanfoldErrorOptions {
  readonly migration: string;
  readonly statement?: StatementRef | undefined;
  readonly errno?: number | undefined;
  readonly sqlState?: string | undefined;
  /** How its statements stand, if it cannot resume. */
  readonly statements?: readonly StatementStanding[] | undefined;
}

/** One migration could not be applied: which, at which statement, and what the server said. */
export class MigrationStepError extends FanfoldError {
  readonly migration: string;
  readonly statement: StatementRef | undefined;
  readonly errno: number | undefined;
  readonly sqlState: string | undefined;
  readonly statements: readonly StatementStanding[] | undefined;

  constructor(code: string, message: string, options: MigrationStepErrorOptions) {
    super(code, message, options);
    this.migration = options.migration;
    this.statement = options.statement;
    this.errno = options.errno;
    this.sqlState = options.sqlState;
    this.statements = options.statements;
  }
}
