import { FanfoldError } from '../errors.ts';
import type { StatementStanding } from '../half-applied.ts';

/** A migration is half-applied and cannot resume by itself: somebody has to decide about it. */
export class HalfAppliedError extends FanfoldError {
  readonly migration: string;
  /** In order, as far as they are known. */
  readonly statements: readonly StatementStanding[];

  constructor(
    why: string,
    {
      migration,
      statements = [],
    }: { migration: string; statements?: readonly StatementStanding[] },
  ) {
    super('HalfApplied', why, {
      fault: 'tenant',
      nextStep:
        'See the standing of each statement and the possible ways out, with the commands to type: `fanfold migrate:resolve <tenant>`',
    });
    this.migration = migration;
    this.statements = statements;
  }
}
