import { FanfoldError } from '../errors.ts';
import type { StatementStanding } from '../half-applied.ts';

/** A migration stands half-way and cannot be gone on with by itself: people have to say how it stands. */
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
      nextStep: `Compare the database with the migration. Then say how it stands, with npm run migrate:resolve <tenant> -- and one of: --applied ${migration} (all of it is there), --retry ${migration} (nothing of it is there: it is run from its beginning), --revert ${migration} (run its down).`,
    });
    this.migration = migration;
    this.statements = statements;
  }
}
