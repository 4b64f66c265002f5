import type { ErrorCode } from '../error-codes.ts';
import { FanfoldError, type FanfoldErrorOptions } from '../errors.ts';
import type { StatementRef } from '../failure.ts';
import type { StatementStanding } from '../half-applied.ts';

export interface MigrationStepErrorOptions extends FanfoldErrorOptions {
  readonly migration: string;
  readonly statement?: StatementRef | undefined;
  readonly errno?: number | undefined;
  readonly sqlState?: string | undefined;
  /** The standings of its statements, if it cannot resume. */
  readonly statements?: readonly StatementStanding[] | undefined;
}

/** One migration could not be applied: its id, the statement, and the message of the server. */
export class MigrationStepError extends FanfoldError {
  readonly migration: string;
  readonly statement: StatementRef | undefined;
  readonly errno: number | undefined;
  readonly sqlState: string | undefined;
  readonly statements: readonly StatementStanding[] | undefined;

  constructor(code: ErrorCode, message: string, options: MigrationStepErrorOptions) {
    super(code, message, options);
    this.migration = options.migration;
    this.statement = options.statement;
    this.errno = options.errno;
    this.sqlState = options.sqlState;
    this.statements = options.statements;
  }
}
