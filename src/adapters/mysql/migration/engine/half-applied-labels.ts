import type { StatementStanding } from '../../../../core/half-applied.ts';
import { HalfAppliedError } from '../../../../core/migrate/half-applied-error.ts';
import { findServerError } from '../../../server/server-error.ts';
import type { JournaledStatement } from '../../journal/journal-entry.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import type { StatementJournal } from '../../journal/statement-journal.ts';
import type { MigrationSession } from './migration-session.ts';
import type { Stop } from './plan-replay.ts';

/**
 * Labels a migration as half-applied. After a label nothing more is sent for the migration. A label shows the
 * standing of each statement as the journal has it, because the file may have changed.
 */
export class HalfAppliedLabels {
  readonly #session: MigrationSession;
  readonly #journal: StatementJournal;
  #migration = '';

  constructor(session: MigrationSession, journal: StatementJournal) {
    this.#session = session;
    this.#journal = journal;
  }

  /** Starts a migration, by its id. */
  startMigration(id: string): void {
    this.#migration = id;
  }

  /** The label of a migration that cannot be resumed at this statement. */
  at(statement: SqlStatement, { standing, why, now }: Stop): HalfAppliedError {
    const ref = statementRef(statement);
    // The label shows the statement that ran, even if the file now has another one.
    const text = this.#journal.earlier(statement.number)?.text ?? ref.text;
    const error = this.#label(
      `The migration is half-applied and cannot be resumed at its statement ${statement.number}. ${why}`,
      { ...ref, text, standing, ...(now === undefined ? {} : { now }) },
    );
    this.#session.failedAt(error, ref);
    return error;
  }

  /** The label of a migration that has ended after fewer statements than an earlier attempt ran. */
  tooFew(count: number, further: JournaledStatement): HalfAppliedError {
    const { number, text } = further;
    return this.#label(
      `The migration is half-applied: an earlier attempt reached its statement ${number}, but it now has only ${count}.`,
      { number, text, standing: further.done ? 'applied' : 'not known' },
    );
  }

  /** The label of a migration that fails at a statement before the last one that an earlier attempt reached. */
  failsBefore(last: number, number: number, error: Error): HalfAppliedError {
    const server = findServerError(error);
    const failure =
      server === undefined ? `it throws ${error.name}` : `it fails with error ${server.errno}`;
    const earlier = this.#journal.earlier(Math.max(1, number));
    return this.#label(
      `The migration is half-applied and cannot be resumed: an earlier attempt reached its statement ${last}, but now ${failure} at statement ${number}.`,
      {
        number,
        text: earlier?.text ?? '',
        standing: earlier?.done === true ? 'applied' : 'not known',
      },
    );
  }

  #label(message: string, reached: StatementStanding): HalfAppliedError {
    const statements = this.#journal.standings(reached);
    const error = new HalfAppliedError(message, { migration: this.#migration, statements });
    this.#session.refuse(error);
    return error;
  }
}
