import { FanfoldError } from '../../../../core/errors.ts';
import type { StatementStanding } from '../../../../core/half-applied.ts';
import { HalfAppliedError } from '../../../../core/migrate/half-applied-error.ts';
import { isConnectionLost } from '../../../server/connection-lost.ts';
import { findServerError, isServerError } from '../../../server/server-error.ts';
import { meaningOf } from '../../../server/statement-errors.ts';
import { JournalEntry, type JournaledStatement } from '../../journal/journal-entry.ts';
import type { JournaledMigration } from '../../journal/journaled-migration.ts';
import { SkippedEffects } from '../../journal/skipped-effects.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import { compareDigests } from '../../journal/statement-digest.ts';
import type { StatementJournal } from '../../journal/statement-journal.ts';
import {
  type Answer,
  DDL_ANSWER,
  isStoredError,
  isTooLong,
  storeAnswer,
  storedAnswer,
} from '../../journal/stored-answer.ts';
import { statementShape } from '../../sql/statement-shape.ts';
import type { LiveStatements } from './live-statements.ts';
import { MigrationPaused } from './migration-paused.ts';
import type { MigrationSession } from './migration-session.ts';
import type { PacketSender } from './packet-sender.ts';
import { settleStatement } from './settle-statement.ts';

/** The reason for a label, and the standing of its statement. */
interface Stop {
  readonly standing: StatementStanding['standing'];
  readonly why: string;
  readonly now?: string | undefined;
}

/** The reason for a label if a read whose rows were not stored returns other rows. */
const OTHER_ROWS =
  'It now reads other rows than an earlier attempt, whose later statements depended on those rows.';

/**
 * Answers the statements that an earlier attempt of the migration has run, and settles the statement during
 * which it ended. All other statements run live. If a statement does not match the journal, the migration
 * is labelled as half-applied before anything more is sent: only the journal shows what ran, because the
 * file may have changed.
 */
export class Replay {
  readonly #sender: PacketSender;
  readonly #live: LiveStatements;
  #skipped = new SkippedEffects();
  #id = '';
  #number = 0;
  #last = 0;
  /** Whether the file has changed since the earlier attempt: then everything must match exactly. */
  #isStrict = false;
  /** Whether an earlier attempt may have run statements without a row in the journal. */
  #isResumed = false;
  #isLive = true;

  constructor(sender: PacketSender, live: LiveStatements) {
    this.#sender = sender;
    this.#live = live;
  }

  /** Starts a migration and reads the journal of earlier attempts. */
  async start(migration: JournaledMigration): Promise<void> {
    this.#id = migration.id;
    this.#number = 0;
    this.#skipped = new SkippedEffects(this.#session.lost);
    await this.#journal.start(migration);
    this.#last = this.#journal.lastEarlier;
    this.#isStrict = this.#journal.isFileChanged;
    this.#isLive = !migration.isOpen;
    this.#isResumed = migration.isOpen;
  }

  /** Returns the number of the next statement and advances to it. */
  nextNumber(): number {
    this.#number++;
    return this.#number;
  }

  /** The number of the last statement. */
  get number(): number {
    return this.#number;
  }

  /** Whether an earlier attempt has sent the statement with this number. */
  isKnown(number: number): boolean {
    return this.#journal.earlier(number) !== undefined;
  }

  /** Whether an earlier attempt has sent the next statement. */
  get isNextKnown(): boolean {
    return this.isKnown(this.#number + 1);
  }

  /** Answers a statement from the journal, or runs it. */
  async answer(statement: SqlStatement): Promise<Answer> {
    const earlier = this.#journal.earlier(statement.number);
    if (earlier === undefined) {
      if (!this.#isLive && statement.number > this.#last) await this.#goLive(statement);
      return this.#run(statement);
    }
    this.#sender.ids.notedBefore(earlier.counters);
    if (!earlier.done) return this.#settle(earlier, statement);
    this.#expectSame(earlier, statement);
    if (statement.kind === 'session') return this.#rerun(earlier, statement);
    const isKept = earlier.answer !== null && !isTooLong(earlier.answer);
    if (statement.kind === 'read' && !isKept) {
      if (earlier.kind === 'read') return this.#readAgain(earlier, statement);
      const why = 'It called a function that may write, and its rows were too long to be stored.';
      throw this.#halfApplied(statement, { standing: 'applied', why });
    }
    this.#skipped.skip(statement);
    this.#live.skipped(statement, earlier);
    if (earlier.answer === null) return DDL_ANSWER;
    try {
      return storedAnswer(earlier.answer);
    } catch (error) {
      this.#session.failedAt(error, statementRef(statement));
      throw error;
    }
  }

  /**
   * The digest of the rows that an earlier attempt read from this stream; `undefined` if no attempt reached
   * it.
   */
  expectStream(statement: SqlStatement): string | undefined {
    const earlier = this.#journal.earlier(statement.number);
    if (earlier === undefined) return undefined;
    this.#expectSame(earlier, statement);
    return earlier.answer ?? undefined;
  }

  /** Throws if a stream has returned other rows than in an earlier attempt. */
  expectRows(statement: SqlStatement, earlier: string | undefined, now: string): void {
    if (earlier === undefined || earlier === now) return;
    throw this.#halfApplied(statement, { standing: 'applied', why: OTHER_ROWS });
  }

  /** Throws if an earlier attempt of the migration has run more statements than this one, which has ended. */
  finish(): void {
    const further = this.#journal.earlierAfter(this.#number);
    if (further === undefined) return;
    const reached: StatementStanding = {
      number: further.number,
      text: further.text,
      standing: further.done ? 'applied' : 'not known',
    };
    throw this.#refuse(
      `The migration is half-applied: an earlier attempt reached its statement ${further.number}, but it now has only ${this.#number}.`,
      reached,
    );
  }

  /**
   * Explains a failure. A failure before the statement that an earlier attempt has reached means that the
   * migration cannot resume, because its code has come further before.
   */
  explain(error: Error): Error {
    if (this.#number >= this.#last || isKnownOtherwise(error)) return error;
    const server = findServerError(error);
    const what =
      server === undefined ? `it throws ${error.name}` : `it fails with error ${server.errno}`;
    const earlier = this.#journal.earlier(Math.max(1, this.#number));
    return this.#refuse(
      `The migration is half-applied and cannot be resumed: an earlier attempt reached its statement ${this.#last}, but now ${what} at statement ${this.#number}.`,
      {
        number: this.#number,
        text: earlier?.text ?? '',
        standing: earlier?.done === true ? 'applied' : 'not known',
      },
    );
  }

  get #session(): MigrationSession {
    return this.#sender.session;
  }

  get #journal(): StatementJournal {
    return this.#sender.journal;
  }

  async #run(statement: SqlStatement): Promise<Answer> {
    const early = await this.#live.schema.ranEarly(statement);
    if (early !== undefined) return early;
    const lacked = this.#skipped.lackedBy(statement);
    if (lacked !== undefined) {
      const why = `It needs ${lacked} of a statement that an earlier attempt ran and that is not run again.`;
      throw this.#halfApplied(statement, { standing: 'not applied', why });
    }
    if (!this.#live.canAnswer(statement)) {
      const error = askedTooLate();
      this.#session.failedAt(error, statementRef(statement));
      this.#session.refuse(error);
      throw error;
    }
    if (this.#isResumed && (await this.#live.schema.isThereByName(statement))) {
      return this.#foundByName(statement);
    }
    return this.#live.run(statement);
  }

  /** Switches to live mode before the first statement that no earlier attempt has recorded. */
  async #goLive(statement: SqlStatement): Promise<void> {
    this.#isLive = true;
    await this.#sender.restoreIds();
    if (!this.#isStrict) return;
    const leftover = await this.#live.schema.unaccounted();
    if (leftover === undefined) return;
    const { table, name } = leftover;
    throw this.#halfApplied(statement, {
      standing: 'not applied',
      why: `The file has changed since an earlier attempt, and the table ${table} has an index or constraint ${name} that the journal does not explain: the earlier version of the file may have added it.`,
    });
  }

  #foundByName(statement: SqlStatement): Answer {
    if (!this.#isStrict) return this.#live.schema.foundDone(statement);
    throw this.#halfApplied(statement, {
      standing: 'not known',
      why: 'Something with that name already exists, and the file has changed since an earlier attempt, which may have added something different.',
    });
  }

  /** Reads the rows of an answer again that was too long to be stored; they must be the same. */
  async #readAgain(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    const answer = await this.#repeat(statement);
    if (earlier.answer === null || earlier.answer === storeAnswer(answer)) return answer;
    throw this.#halfApplied(statement, { standing: 'applied', why: OTHER_ROWS });
  }

  /** Runs a statement about the session again, because its settings were lost with the old session. */
  async #rerun(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    this.#skipped.rerun(statement);
    try {
      return await this.#run(statement);
    } catch (error) {
      if (!isServerError(error) || isTransient(error) || isStoredError(earlier.answer)) throw error;
      const why = `It affects only the session and must run again, but fails with error ${error.errno}.`;
      throw this.#halfApplied(statement, { standing: 'not applied', why });
    }
  }

  /** Runs a read again. A failure means that its source no longer exists. */
  async #repeat(statement: SqlStatement): Promise<Answer> {
    try {
      return await this.#run(statement);
    } catch (error) {
      if (!isServerError(error) || isTransient(error)) throw error;
      const why = `It must be read again, because its rows were too long to be stored, but fails with error ${error.errno}.`;
      throw this.#halfApplied(statement, { standing: 'applied', why });
    }
  }

  async #settle(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    const likeness = compareDigests(earlier.digest, statement.digest, this.#isStrict);
    try {
      const settled = await settleStatement(earlier, statement, likeness === 'same', this.#sender);
      if (settled.became === 'unknown') {
        const now = likeness === 'other text' ? statementShape(statement.sql) : undefined;
        throw this.#halfApplied(statement, {
          standing: 'not known',
          why: settled.why,
          ...(now === undefined ? {} : { now }),
        });
      }
      this.#journal.forgetEarlier(statement.number);
      if (settled.became === 'not done') return await this.#run(statement);
    } catch (error) {
      this.#session.failedAt(error, statementRef(statement));
      throw error;
    }
    const entry = new JournalEntry(statement);
    entry.objects = earlier.objects;
    entry.foundDone(DDL_ANSWER);
    this.#journal.add(entry);
    this.#skipped.skip(statement);
    this.#live.skipped(statement, entry);
    return DDL_ANSWER;
  }

  #expectSame(earlier: JournaledStatement, statement: SqlStatement): void {
    switch (compareDigests(earlier.digest, statement.digest, this.#isStrict)) {
      case 'same':
        return;
      case 'other values':
        throw this.#halfApplied(statement, {
          standing: 'applied, with other values',
          why: this.#isStrict
            ? 'The file has changed since an earlier attempt, which ran the statement with other values.'
            : 'An earlier attempt ran it with other values: the migration does not do the same each time.',
        });
      case 'other text':
        throw this.#halfApplied(statement, {
          standing: 'applied, by another text',
          now: statementShape(statement.sql),
          why: 'An earlier attempt ran another statement there: the migration has changed since, or does not do the same each time.',
        });
    }
  }

  #halfApplied(statement: SqlStatement, { standing, why, now }: Stop): HalfAppliedError {
    const ref = statementRef(statement);
    // The label shows the statement that ran, even if the file now has another one.
    const text = this.#journal.earlier(statement.number)?.text ?? ref.text;
    const error = this.#refuse(
      `The migration is half-applied and cannot be resumed at its statement ${statement.number}. ${why}`,
      { ...ref, text, standing, ...(now === undefined ? {} : { now }) },
    );
    this.#session.failedAt(error, ref);
    return error;
  }

  #refuse(message: string, reached: StatementStanding): HalfAppliedError {
    const statements = this.#journal.standings(reached);
    const error = new HalfAppliedError(message, { migration: this.#id, statements });
    this.#session.refuse(error);
    return error;
  }
}

/** Whether the error is transient and therefore shows nothing about the migration. */
function isTransient(error: unknown): boolean {
  if (isConnectionLost(error)) return true;
  const server = findServerError(error);
  return server !== undefined && meaningOf(server)?.retryable === true;
}

function isKnownOtherwise(error: Error): boolean {
  return error instanceof FanfoldError || error instanceof MigrationPaused || isTransient(error);
}

function askedTooLate(): FanfoldError {
  return new FanfoldError(
    'StatementAsksTooLate',
    'The statement asks about the previous one (ROW_COUNT(), FOUND_ROWS(), warnings), but Fanfold had to commit in between.',
    {
      fault: 'migration',
      nextStep:
        "Send both without waiting in between, or in one transaction, or use Knex's result (affectedRows).",
    },
  );
}
