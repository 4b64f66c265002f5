import { FanfoldError } from '../../../../core/errors.ts';
import { isConnectionLost } from '../../../server/connection-lost.ts';
import { findServerError, isServerError } from '../../../server/server-error.ts';
import { meaningOf } from '../../../server/statement-errors.ts';
import { JournalEntry, type JournaledStatement } from '../../journal/journal-entry.ts';
import type { JournaledMigration } from '../../journal/journaled-migration.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import { compareStatements } from '../../journal/statement-hashes.ts';
import type { StatementJournal } from '../../journal/statement-journal.ts';
import {
  type Answer,
  DDL_ANSWER,
  isStoredError,
  storeAnswer,
  storedAnswer,
} from '../../journal/stored-answer.ts';
import { statementShape } from '../../sql/statement-shape.ts';
import { HalfAppliedLabels } from './half-applied-labels.ts';
import type { LiveStatements } from './live-statements.ts';
import { MigrationPaused } from './migration-paused.ts';
import type { MigrationSession } from './migration-session.ts';
import type { PacketSender } from './packet-sender.ts';
import { mismatch, planReplay } from './plan-replay.ts';
import { settleStatement } from './settle-statement.ts';
import type { StatementSender } from './statement-sender.ts';
import { UnrecordedStatements } from './unrecorded-statements.ts';

/** The reason for a label if a read whose rows were not stored returns other rows. */
const OTHER_ROWS =
  'It now reads other rows than an earlier attempt, whose later statements depended on those rows.';

/**
 * Answers the statements that an earlier attempt of the migration has run, and settles the statement during
 * which it ended. All other statements run live. If a statement does not match the journal, the migration
 * is labelled as half-applied before anything more is sent.
 */
export class Replay {
  readonly #sender: PacketSender;
  readonly #statements: StatementSender;
  readonly #labels: HalfAppliedLabels;
  readonly #unrecorded: UnrecordedStatements;
  #number = 0;
  #last = 0;
  /** Whether the file has changed since the earlier attempt: then everything must match exactly. */
  #isStrict = false;
  /** Whether the statements that an earlier attempt has recorded have passed. */
  #isLive = true;

  constructor(sender: PacketSender, statements: StatementSender, live: LiveStatements) {
    this.#sender = sender;
    this.#statements = statements;
    this.#labels = new HalfAppliedLabels(sender.session, sender.journal);
    this.#unrecorded = new UnrecordedStatements(sender, live, this.#labels);
  }

  /** Starts a migration and reads the journal of earlier attempts. */
  async start(migration: JournaledMigration): Promise<void> {
    this.#labels.startMigration(migration.id);
    this.#number = 0;
    await this.#journal.start(migration);
    this.#last = this.#journal.lastEarlier;
    this.#isStrict = this.#journal.isFileChanged;
    this.#isLive = !migration.isOpen;
    this.#unrecorded.start({
      isResumed: migration.isOpen,
      isStrict: this.#isStrict,
      lost: this.#session.lost,
    });
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
      if (!this.#isLive && statement.number > this.#last) {
        this.#isLive = true;
        await this.#unrecorded.prepareFor(statement);
      }
      return this.#unrecorded.run(statement);
    }
    this.#sender.ids.notedBefore(earlier.counters);
    const plan = planReplay(earlier, statement, this.#isStrict);
    switch (plan.action) {
      case 'settle':
        return this.#settle(earlier, statement);
      case 'rerun':
        return this.#rerun(earlier, statement);
      case 'read again':
        return this.#readAgain(earlier, statement);
      case 'answer':
        return this.#answer(earlier, statement);
      case 'stop':
        throw this.#labels.at(statement, plan.stop);
    }
  }

  /**
   * The digest of the rows that an earlier attempt read from this stream; `undefined` if no attempt reached
   * it.
   */
  expectStream(statement: SqlStatement): string | undefined {
    const earlier = this.#journal.earlier(statement.number);
    if (earlier === undefined) return undefined;
    const stop = mismatch(earlier, statement, this.#isStrict);
    if (stop !== undefined) throw this.#labels.at(statement, stop);
    return earlier.answer ?? undefined;
  }

  /** Throws if a stream has returned other rows than in an earlier attempt. */
  expectRows(statement: SqlStatement, earlier: string | undefined, now: string): void {
    if (earlier === undefined || earlier === now) return;
    throw this.#labels.at(statement, { standing: 'applied', why: OTHER_ROWS });
  }

  /** Throws if an earlier attempt of the migration has run more statements than this one, which has ended. */
  finish(): void {
    const further = this.#journal.earlierAfter(this.#number);
    if (further !== undefined) throw this.#labels.tooFew(this.#number, further);
  }

  /**
   * Explains a failure. A failure before the statement that an earlier attempt has reached means that the
   * migration cannot resume, because its code has come further before.
   */
  explain(error: Error): Error {
    if (this.#number >= this.#last || isKnownOtherwise(error)) return error;
    return this.#labels.failsBefore(this.#last, this.#number, error);
  }

  get #session(): MigrationSession {
    return this.#sender.session;
  }

  get #journal(): StatementJournal {
    return this.#sender.journal;
  }

  /** Answers a statement from the journal, and records that it is skipped. */
  #answer(earlier: JournaledStatement, statement: SqlStatement): Answer {
    this.#unrecorded.skip(statement, earlier);
    if (earlier.answer === null) return DDL_ANSWER;
    try {
      return storedAnswer(earlier.answer);
    } catch (error) {
      this.#session.failedAt(error, statementRef(statement));
      throw error;
    }
  }

  /** Reads the rows of an answer again that was too long to be stored; they must be the same. */
  async #readAgain(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    const answer = await this.#repeat(statement);
    if (earlier.answer === null || earlier.answer === storeAnswer(answer)) return answer;
    throw this.#labels.at(statement, { standing: 'applied', why: OTHER_ROWS });
  }

  /** Runs a statement about the session again, because its settings were lost with the old session. */
  async #rerun(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    try {
      return await this.#unrecorded.rerun(statement);
    } catch (error) {
      if (!isServerError(error) || isTransient(error) || isStoredError(earlier.answer)) throw error;
      const why = `It affects only the session and must run again, but fails with error ${error.errno}.`;
      throw this.#labels.at(statement, { standing: 'not applied', why });
    }
  }

  /** Runs a read again. A failure means that its source no longer exists. */
  async #repeat(statement: SqlStatement): Promise<Answer> {
    try {
      return await this.#unrecorded.run(statement);
    } catch (error) {
      if (!isServerError(error) || isTransient(error)) throw error;
      const why = `It must be read again, because its rows were too long to be stored, but fails with error ${error.errno}.`;
      throw this.#labels.at(statement, { standing: 'applied', why });
    }
  }

  async #settle(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    const likeness = compareStatements(earlier.hashes, statement.hashes, this.#isStrict);
    try {
      const settled = await settleStatement(
        earlier,
        statement,
        likeness === 'same',
        this.#sender,
        this.#statements,
      );
      if (settled.became === 'unknown') {
        const now = likeness === 'other text' ? statementShape(statement.sql) : undefined;
        throw this.#labels.at(statement, {
          standing: 'not known',
          why: settled.why,
          ...(now === undefined ? {} : { now }),
        });
      }
      this.#journal.forgetEarlier(statement.number);
      if (settled.became === 'not done') return await this.#unrecorded.run(statement);
    } catch (error) {
      this.#session.failedAt(error, statementRef(statement));
      throw error;
    }
    const entry = new JournalEntry(statement);
    entry.objects = earlier.objects;
    entry.foundDone(DDL_ANSWER);
    this.#journal.add(entry);
    this.#unrecorded.skip(statement, entry);
    return DDL_ANSWER;
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
