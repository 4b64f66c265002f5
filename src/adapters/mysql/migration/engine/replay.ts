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

/** Why a label stands where it stands. */
interface Stop {
  readonly standing: StatementStanding['standing'];
  readonly why: string;
  readonly now?: string | undefined;
}

/** A read whose rows were not kept. */
const OTHER_ROWS =
  'It reads other rows now than an earlier attempt read, and what that attempt did followed from those.';

/**
 * Answers the statements that an earlier attempt of the migration has run, and finds out what became of
 * the one under which it ended. Everything else is run. Whatever does not fit is a label before
 * anything more is sent: the journal says what ran, the file may say something else by now.
 */
export class Replay {
  readonly #sender: PacketSender;
  readonly #live: LiveStatements;
  #skipped = new SkippedEffects();
  #id = '';
  #number = 0;
  #last = 0;
  /** Whether the file was changed since: then everything has to be the same to the letter. */
  #isStrict = false;
  /** Whether an earlier attempt may have run more than the journal says: statements without a row. */
  #isResumed = false;
  #isLive = true;

  constructor(sender: PacketSender, live: LiveStatements) {
    this.#sender = sender;
    this.#live = live;
  }

  /** Begins with a migration, and reads what earlier attempts have left of it. */
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

  /** The number of the next statement. */
  nextNumber(): number {
    this.#number++;
    return this.#number;
  }

  /** Number of the last statement. */
  get number(): number {
    return this.#number;
  }

  /** Whether an earlier attempt has sent the statement of this number. */
  isKnown(number: number): boolean {
    return this.#journal.earlier(number) !== undefined;
  }

  /** Whether an earlier attempt has sent what comes next. */
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
      const why = 'It called a function that may write, and its rows were too long to be kept.';
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
   * Before a stream of rows begins: the digest of the rows that an earlier attempt read there, if it came
   * so far.
   */
  expectStream(statement: SqlStatement): string | undefined {
    const earlier = this.#journal.earlier(statement.number);
    if (earlier === undefined) return undefined;
    this.#expectSame(earlier, statement);
    return earlier.answer ?? undefined;
  }

  /** Throws if a stream has given other rows than an earlier attempt read. */
  expectRows(statement: SqlStatement, earlier: string | undefined, now: string): void {
    if (earlier === undefined || earlier === now) return;
    throw this.#halfApplied(statement, { standing: 'applied', why: OTHER_ROWS });
  }

  /** Throws if an earlier attempt of the migration has come further than this one, which has ended. */
  finish(): void {
    const behind = this.#journal.earlierBehind(this.#number);
    if (behind === undefined) return;
    const reached: StatementStanding = {
      number: behind.number,
      text: behind.text,
      standing: behind.done ? 'applied' : 'not known',
    };
    throw this.#refuse(
      `The migration is half-applied: an earlier attempt came to its statement ${behind.number}, and it has no more than ${this.#number} now.`,
      reached,
    );
  }

  /**
   * Explains a failure: one that comes before the place that an earlier attempt has reached is not a
   * failure of the migration, which ran there before, but shows that it cannot resume.
   */
  explain(error: Error): Error {
    if (this.#number >= this.#last || isKnownOtherwise(error)) return error;
    const server = findServerError(error);
    const what =
      server === undefined ? `it threw ${error.name}` : `it fails with error ${server.errno}`;
    const earlier = this.#journal.earlier(Math.max(1, this.#number));
    return this.#refuse(
      `The migration is half-applied, and cannot be resumed: an earlier attempt came to its statement ${this.#last}, and now ${what} at statement ${this.#number}.`,
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
      const why = `It needs ${lacked} of a statement that an earlier attempt ran, and which is not run again.`;
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

  /** Before the first statement that no earlier attempt has written down. */
  async #goLive(statement: SqlStatement): Promise<void> {
    this.#isLive = true;
    await this.#sender.restoreIds();
    if (!this.#isStrict) return;
    const leftover = await this.#live.schema.unaccounted();
    if (leftover === undefined) return;
    const { table, name } = leftover;
    throw this.#halfApplied(statement, {
      standing: 'not applied',
      why: `The file was changed since an earlier attempt, and the table ${table} has an index or a constraint ${name}, which nothing in the journal accounts for: the file as it was may have added it.`,
    });
  }

  #foundByName(statement: SqlStatement): Answer {
    if (!this.#isStrict) return this.#live.schema.foundDone(statement);
    throw this.#halfApplied(statement, {
      standing: 'not known',
      why: 'Something with that name is there already, and the file was changed since an earlier attempt: what that attempt added may be another thing.',
    });
  }

  /** A long answer was not kept: the rows are read again, and have to be the same. */
  async #readAgain(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    const answer = await this.#repeat(statement);
    if (earlier.answer === null || earlier.answer === storeAnswer(answer)) return answer;
    throw this.#halfApplied(statement, { standing: 'applied', why: OTHER_ROWS });
  }

  /** Settings of the session are lost with it, and made again. */
  async #rerun(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    this.#skipped.rerun(statement);
    try {
      return await this.#run(statement);
    } catch (error) {
      if (!isServerError(error) || isPassing(error) || isStoredError(earlier.answer)) throw error;
      const why = `It belongs to the session and has to be run again, which fails with error ${error.errno}.`;
      throw this.#halfApplied(statement, { standing: 'not applied', why });
    }
  }

  /** Runs a read once more. That it fails now says that what it read is gone. */
  async #repeat(statement: SqlStatement): Promise<Answer> {
    try {
      return await this.#run(statement);
    } catch (error) {
      if (!isServerError(error) || isPassing(error)) throw error;
      const why = `It has to be read again, as its rows were too long to be kept, which fails with error ${error.errno}.`;
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
            ? 'The file was changed since an earlier attempt, which ran the statement with other values.'
            : 'An earlier attempt ran it with other values: the migration does not do the same twice.',
        });
      case 'other text':
        throw this.#halfApplied(statement, {
          standing: 'applied, by another text',
          now: statementShape(statement.sql),
          why: 'An earlier attempt ran another statement there: the migration was changed since, or does not do the same twice.',
        });
    }
  }

  #halfApplied(statement: SqlStatement, { standing, why, now }: Stop): HalfAppliedError {
    const ref = statementRef(statement);
    // The statement is shown as it ran, even if the file has another one by now.
    const text = this.#journal.earlier(statement.number)?.text ?? ref.text;
    const error = this.#refuse(
      `The migration is half-applied, and cannot be resumed at its statement ${statement.number}. ${why}`,
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

/** Whether the same attempt may succeed later: nothing is said about the migration then. */
function isPassing(error: unknown): boolean {
  if (isConnectionLost(error)) return true;
  const server = findServerError(error);
  return server !== undefined && meaningOf(server)?.retryable === true;
}

function isKnownOtherwise(error: Error): boolean {
  return error instanceof FanfoldError || error instanceof MigrationPaused || isPassing(error);
}

function askedTooLate(): FanfoldError {
  return new FanfoldError(
    'StatementAsksTooLate',
    'The statement asks about the one before it (ROW_COUNT(), FOUND_ROWS(), warnings), and Fanfold had to commit in between.',
    {
      fault: 'migration',
      nextStep:
        'Send both without waiting in between, or in one transaction, or use what Knex returns (affectedRows).',
    },
  );
}
