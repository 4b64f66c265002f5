import type { StatementStanding } from '../../../core/half-applied.ts';
import { HalfAppliedError } from '../../../core/migrate/half-applied-error.ts';
import { isConnectionLost } from '../connection/connection-lost.ts';
import { query } from '../connection/query.ts';
import { isServerError } from '../connection/server-error.ts';
import { JournalEntry, type JournaledStatement } from '../journal/journal-entry.ts';
import { SkippedEffects } from '../journal/skipped-effects.ts';
import { type SendPacket, type SqlStatement, statementRef } from '../journal/sql-statement.ts';
import { statementDigest } from '../journal/statement-digest.ts';
import type { Direction, StatementJournal } from '../journal/statement-journal.ts';
import {
  type Answer,
  DDL_ANSWER,
  isStoredError,
  isTooLong,
  storeAnswer,
  storedAnswer,
} from '../journal/stored-answer.ts';
import { type SqlPart, splitStatements } from '../sql/split-statements.ts';
import { kindOf } from '../sql/statement-kind.ts';
import type { HeldRecord } from './held-record.ts';
import { LiveStatements } from './live-statements.ts';
import { MigrationPaused } from './migration-paused.ts';
import type { MigrationSession } from './migration-session.ts';
import { settleStatement } from './settle-statement.ts';
import { StatementSender } from './statement-sender.ts';
import { StreamedRows } from './streamed-rows.ts';
import { TransactionControl } from './transaction-control.ts';

const OTHER_ROWS =
  'It reads other rows now than an earlier attempt read, and what that attempt did followed from those.';

/** A migration that is about to run. */
export interface StartedMigration {
  readonly id: string;
  readonly direction: Direction;
  readonly runId: string;
  /** Whether an earlier attempt has left it half-way. */
  readonly isOpen: boolean;
  /** Whether to stop before the next statement that another attempt can begin with. */
  readonly pause?: (() => boolean) | undefined;
}

/**
 * All that a migration sends, one after the other. Statements are numbered; what an earlier attempt
 * has done is answered from the journal, and the rest is run.
 */
export class MigrationStatements {
  readonly #session: MigrationSession;
  readonly #sender: StatementSender;
  readonly #live: LiveStatements;
  readonly #control: TransactionControl;
  #skipped = new SkippedEffects();
  #id = '';
  #pause: (() => boolean) | undefined;
  #number = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #inQueue = 0;
  /** Rows that are still coming. */
  readonly #streams = new Set<StreamedRows>();

  constructor(session: MigrationSession, journal: StatementJournal) {
    this.#session = session;
    this.#sender = new StatementSender(session, journal);
    this.#live = new LiveStatements(this.#sender);
    this.#control = new TransactionControl(this.#sender);
  }

  get journal(): StatementJournal {
    return this.#sender.journal;
  }

  /** Of the migration before. */
  get record(): HeldRecord {
    return this.#sender.record;
  }

  async start({ id, direction, runId, isOpen, pause }: StartedMigration): Promise<void> {
    this.#session.startMigration();
    this.#sender.startMigration();
    this.#id = id;
    this.#pause = pause;
    this.#number = 0;
    this.#skipped = new SkippedEffects();
    this.#live.startMigration(isOpen);
    await this.journal.start(id, { id: runId, direction }, isOpen);
  }

  /** Runs what the migration sends as one query; several statements in it are run one by one. */
  run(
    sql: string,
    bindings: readonly unknown[],
    send: SendPacket,
    following: readonly string[] = [],
  ): Promise<Answer> {
    return this.#inTurn(async () => {
      const parts = splitStatements(sql, bindings);
      const [only] = parts;
      if (parts.length === 1 && only !== undefined)
        return (await this.#part(only, send, following)).answer;
      const results: unknown[] = [];
      const fields: unknown[] = [];
      for (const part of parts) {
        const { answer, isCall } = await this.#part(part, send);
        // A procedure gives several, which the driver puts in line with the others.
        if (isCall && Array.isArray(answer[0])) results.push(...answer[0]);
        else results.push(answer[0]);
        fields.push(answer[1]);
      }
      return [results, fields];
    });
  }

  /** Starts a stream of rows; it ends later, and the driver keeps what follows waiting. */
  async stream(sql: string, start: (rows: StreamedRows) => Promise<unknown>): Promise<unknown> {
    const streaming = await this.#inTurn(async () => {
      const statement = this.#next({ sql, bindings: [], several: false }, 'read', () =>
        Promise.reject(),
      );
      const earlier = this.journal.earlier(statement.number);
      if (earlier !== undefined) this.#expectSame(earlier, statement);
      await this.record.send();
      const opening = this.#sender.opening().map((text) => text.sql);
      if (opening.length > 0) await query(this.#session.connection, opening.join(';\n'));
      const entry = this.#sender.enter(statement);
      entry.done = true;
      const onEnd = (stored: string) => {
        const isOther = typeof earlier?.answer === 'string' && earlier.answer !== stored;
        if (isOther) throw this.#halfApplied(statement, 'applied', OTHER_ROWS);
        entry.ended(stored);
      };
      const rows = new StreamedRows(onEnd);
      this.#streams.add(rows);
      if (this.#inQueue > 1) rows.absorb();
      const ending = start(rows)
        .catch((error) => {
          this.#session.failedAt(error, statementRef(statement));
          throw error;
        })
        .finally(() => this.#streams.delete(rows));
      return { ending: this.#session.tracking(ending) };
    });
    return streaming.ending;
  }

  /** Throws where an earlier attempt of the migration has come further than this one, which has ended. */
  finish(): void {
    const behind = this.journal.earlierBehind(this.#number);
    if (behind === undefined) return;
    const { number, text, done } = behind;
    const reached: StatementStanding = { number, text, standing: done ? 'applied' : 'not known' };
    const error = new HalfAppliedError(
      `The migration stands half-way: an earlier attempt came to its statement ${number}, and it has no more than ${this.#number} now.`,
      { migration: this.#id, statements: this.journal.standings(reached) },
    );
    this.#session.refuse(error);
    throw error;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    for (const rows of this.#streams) rows.absorb();
    this.#inQueue++;
    const turn = this.#queue.then(work).finally(() => this.#inQueue--);
    this.#queue = turn.catch(() => {});
    return this.#session.tracking(turn);
  }

  async #part(
    part: SqlPart,
    send: SendPacket,
    following: readonly string[] = [],
  ): Promise<{ answer: Answer; isCall: boolean }> {
    const kind = kindOf(part.sql, part.several);
    if (kind === 'control') {
      const isReplaying = this.journal.earlier(this.#number + 1) !== undefined;
      await this.#control.run(part.sql, this.#number, isReplaying);
      return { answer: DDL_ANSWER, isCall: false };
    }
    const statement = this.#next(part, kind, send, following);
    const isCall = statement.kind === 'opaque';
    const earlier = this.journal.earlier(statement.number);
    return {
      answer: await (earlier ? this.#resume(earlier, statement) : this.#run(statement)),
      isCall,
    };
  }

  #next(
    { sql, bindings, several }: SqlPart,
    kind: SqlStatement['kind'],
    send: SendPacket,
    following: readonly string[] = [],
  ): SqlStatement {
    const { refusal } = this.#session;
    if (refusal !== undefined) throw refusal;
    const digest = statementDigest(sql, bindings);
    return { number: ++this.#number, sql, bindings, kind, several, digest, following, send };
  }

  async #run(statement: SqlStatement): Promise<Answer> {
    const early = await this.#live.ranEarly(statement);
    if (early !== undefined) return early;
    const lacked = this.#skipped.lackedBy(statement);
    if (lacked !== undefined) {
      const why = `It needs ${lacked} of a statement that an earlier attempt ran, and which is not run again.`;
      throw this.#halfApplied(statement, 'not applied', why);
    }
    this.#pauseBefore(statement);
    return this.#live.run(statement);
  }

  /** Stops where all that was done is committed, or nothing is lost with a rollback. */
  #pauseBefore({ kind }: SqlStatement): void {
    const { inTransaction, bookkeepingOnly } = this.#session;
    if (kind === 'unlocking' || (inTransaction && !bookkeepingOnly)) return;
    if (this.#pause?.() !== true) return;
    const paused = new MigrationPaused();
    this.#session.refuse(paused);
    throw paused;
  }

  /** Answers a statement that an earlier attempt has sent. */
  async #resume(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    if (!earlier.done) return this.#settle(earlier, statement);
    this.#expectSame(earlier, statement);
    if (statement.kind === 'session') return this.#rerun(earlier, statement);
    // A long answer was not kept: the rows are read again, and have to be the same.
    if (statement.kind === 'read' && (earlier.answer === null || isTooLong(earlier.answer))) {
      const answer = await this.#run(statement);
      if (earlier.answer === null || earlier.answer === storeAnswer(answer)) return answer;
      throw this.#halfApplied(statement, 'applied', OTHER_ROWS);
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

  /** What belongs to the session is lost with it, and done again. */
  async #rerun(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    this.#skipped.rerun(statement);
    try {
      return await this.#run(statement);
    } catch (error) {
      if (!isServerError(error) || isConnectionLost(error) || isStoredError(earlier.answer))
        throw error;
      const why = `It belongs to the session and has to be run again, which fails with error ${error.errno}.`;
      throw this.#halfApplied(statement, 'not applied', why);
    }
  }

  async #settle(earlier: JournaledStatement, statement: SqlStatement): Promise<Answer> {
    try {
      const settled = await settleStatement(earlier, statement, this.#session);
      if (settled.became === 'unknown')
        throw this.#halfApplied(statement, 'not known', settled.why);
      this.journal.forgetEarlier(statement.number);
      if (settled.became === 'not done') return this.#run(statement);
    } catch (error) {
      this.#session.failedAt(error, statementRef(statement));
      throw error;
    }
    const entry = new JournalEntry(statement);
    entry.objects = earlier.objects;
    entry.foundDone(DDL_ANSWER);
    this.journal.add(entry);
    this.#skipped.skip(statement);
    this.#live.skipped(statement, entry);
    return DDL_ANSWER;
  }

  #expectSame({ digest }: JournaledStatement, statement: SqlStatement): void {
    const { text, bindings } = statement.digest;
    if (digest.text === text && digest.bindings === bindings) return;
    const what = digest.text === text ? 'with other values' : 'with another text';
    const why = `An earlier attempt ran it ${what}: the migration was changed since, or does not do the same twice.`;
    throw this.#halfApplied(statement, 'not applied', why);
  }

  #halfApplied(
    statement: SqlStatement,
    standing: StatementStanding['standing'],
    why: string,
  ): HalfAppliedError {
    const reached = { ...statementRef(statement), standing };
    const error = new HalfAppliedError(
      `The migration stands half-way, and cannot be gone on with at its statement ${statement.number}. ${why}`,
      { migration: this.#id, statements: this.journal.standings(reached) },
    );
    this.#session.failedAt(error, statementRef(statement));
    this.#session.refuse(error);
    return error;
  }
}
