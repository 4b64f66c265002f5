import type { RowDataPacket } from 'mysql2';
import type { FanfoldError } from '../../../../core/errors.ts';
import { isConnectionLost } from '../../../server/connection-lost.ts';
import { ERRNO } from '../../../server/errno.ts';
import { isServerError, type ServerError } from '../../../server/server-error.ts';
import { query } from '../../connection/query.ts';
import type { SqlText } from '../../connection/sql-text.ts';
import { GeneratedIds } from '../../journal/generated-ids.ts';
import type { JournalEntry } from '../../journal/journal-entry.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import type { StatementJournal } from '../../journal/statement-journal.ts';
import { type Answer, storeError } from '../../journal/stored-answer.ts';
import { checkFence } from '../../locks/fence.ts';
import { COMMIT_ONLY, START_WRITING } from '../../locks/knex-lock.ts';
import { parseSqlMode } from '../../sql/sql-mode.ts';
import type { StatementTraits } from '../../sql/statement-traits.ts';
import { AnswerableQuestions } from './answerable-questions.ts';
import type { MigrationSession } from './migration-session.ts';
import { ownText } from './own-text.ts';
import { fitsIntoPacket } from './packet-size.ts';
import type { PendingRecords } from './pending-records.ts';
import { pieceFailure } from './piece-failure.ts';
import { type PieceText, pieceTexts } from './piece-texts.ts';
import { type Need, type Piece, planClosing, planPacket } from './plan-packet.ts';
import { readAnswers } from './read-answers.ts';
import { refusalEffect } from './refusal-effect.ts';
import { type PacketAnswers, sendPacket, sendStatements } from './send-packet.ts';
import { statementTooLarge } from './sending-errors.ts';
import { withinTime } from './statement-timeout.ts';
import { TransactionLedger } from './transaction-ledger.ts';
import type { OpenTransaction, TransactionEvent, TransactionState } from './transaction-state.ts';

interface Committing {
  /** Whether the migration itself sent COMMIT. */
  readonly own?: boolean;
  /** SQL that releases the fence in the same packet. */
  readonly release?: string;
}

/** How to send a statement. */
export interface Sending {
  readonly need: Need;
  /** Whether its row must be durable, or in its transaction, before it runs. */
  readonly intent?: boolean | undefined;
  /** Statements without values that follow it in the same packet. */
  readonly following?: readonly string[] | undefined;
}

/** A packet that was sent with a statement in it. */
interface SentPacket {
  readonly before: readonly PieceText[];
  /** The transaction in which the statement ran. */
  readonly runsIn: OpenTransaction;
  /** The statement with its values. */
  readonly own: string;
  readonly answers: PacketAnswers;
}

/** The answer to a statement, and the results of the following statements that ran. */
export interface Sent {
  readonly answer: Answer;
  readonly following: readonly (Answer | ServerError)[];
}

/**
 * Sends everything for migrations and their bookkeeping; nothing else in the engine sends. Each packet and its
 * answers become events of the ledger, which owns the state of the transaction.
 */
export class PacketSender {
  readonly session: MigrationSession;
  readonly #ledger: TransactionLedger;
  /** The generated ids in tables that the migration created. */
  readonly ids = new GeneratedIds();
  readonly #questions = new AnswerableQuestions();
  /** Whether a statement may have changed the session's sql_mode. */
  #isModeStale = false;

  constructor(session: MigrationSession, journal: StatementJournal) {
    this.session = session;
    this.#ledger = new TransactionLedger(journal);
  }

  get state(): TransactionState {
    return this.#ledger.state;
  }

  get journal(): StatementJournal {
    return this.#ledger.journal;
  }

  /** The records of migrations that have ended. */
  get records(): PendingRecords {
    return this.#ledger.records;
  }

  /** Whether a question about an earlier statement would be answered as under plain Knex. */
  canAnswer(asks: StatementTraits['asks']): boolean {
    return this.#questions.canAnswer(asks);
  }

  /** Whether a statement waits to be committed by the next packet. */
  get isCommitWaiting(): boolean {
    return this.state.open === 'single';
  }

  /** Applies an event to the state; sends nothing. */
  tell(event: TransactionEvent): void {
    this.#ledger.tell(event);
  }

  /** Forgets the previous migration. */
  startMigration(): void {
    this.tell({ type: 'migration started' });
    this.ids.forget();
    this.#questions.forget();
  }

  /** Sends a statement of the migration with the pieces before it, in one packet if they fit. */
  async run(statement: SqlStatement, entry: JournalEntry, sending: Sending): Promise<Sent> {
    const { need, following = [] } = sending;
    const own = this.#statementText(statement);
    if (need !== 'bare') await this.#prepare();
    const intent = this.journal.isKept && sending.intent === true;
    const plan = planPacket(this.state, need, this.#waiting(entry, intent));
    await this.#noteIds(plan.before, entry);
    this.journal.add(entry);
    let before = pieceTexts(plan.before, entry, this.session, this.#ledger);
    let texts = [...before.map(({ sql }) => sql), own, ...following];
    const isObserved = this.session.facts.observer !== undefined;
    if (isObserved || !fitsIntoPacket(texts, this.session.maxPacketBytes)) {
      await this.#sendPieces(before, entry, plan.runsIn);
      before = [];
      texts = [own, ...following];
    }
    if (before.length > 0) this.#questions.ownSent();
    this.#questions.sent(statement.kind);
    const answers = await this.#send(statement, texts);
    return this.#conclude(statement, entry, sending, { before, runsIn: plan.runsIn, own, answers });
  }

  /** Handles the refusal of a statement that was sent in the packet of an earlier one. */
  async refused(statement: SqlStatement, entry: JournalEntry, error: ServerError): Promise<void> {
    this.session.failedAt(error, statementRef(statement));
    await this.#statementFailed(statement, entry, error, this.state.open);
  }

  /** Sends a control statement of the migration, about its transaction or a savepoint. */
  async control(sql: string, need: Need): Promise<void> {
    await this.#prepare();
    const plan = planPacket(this.state, need, this.#waiting(undefined, false));
    await this.#sendOwn(plan.before, plan.runsIn);
    const answers = await sendPacket(this.session.connection, sql);
    if (answers.error !== undefined) this.#throw(answers.error);
    this.#ledger.learn(answers.answer?.[0]);
    this.#questions.sent('control');
  }

  /** Sends the pieces before a stream of rows, whose statement the driver sends itself. */
  async prepareFor(statement: SqlStatement): Promise<void> {
    const { kind } = statement;
    await this.#prepare();
    this.session.facts.observer?.streamed(statement);
    const plan = planPacket(this.state, 'transaction', this.#waiting(undefined, false));
    await this.#sendOwn(plan.before, plan.runsIn);
    this.#questions.sent(kind);
  }

  /**
   * Runs a statement again whose effect seems to exist already, so that the server confirms it. Returns the
   * server's error; `undefined` if the statement succeeds.
   */
  async confirm(statement: SqlStatement): Promise<ServerError | undefined> {
    const text = this.#statementText(statement);
    const check = checkFence(this.session.facts.fence);
    const { connection, isClustered: apart } = this.session;
    const { headers, error } = await sendStatements(connection, [check, text], { apart });
    this.#questions.ownSent();
    if (error !== undefined && !isServerError(error)) this.#throw(error);
    if (error !== undefined && headers.length === 0) {
      await this.#pieceFailed({ piece: 'check', sql: check }, error);
    }
    // It has committed the open transaction even if it failed.
    this.tell({ type: 'failed', otherwise: this.state.open });
    await this.#resolve();
    return error as ServerError | undefined;
  }

  /**
   * Makes everything durable that was sent, including waiting records, after checking that the fence is still
   * held.
   */
  async commit({ own = false, release }: Committing = {}): Promise<void> {
    await this.#prepare();
    const waiting = { records: this.records.isWaiting, journal: this.journal.isWaiting() };
    const pieces = planClosing(this.state, waiting);
    this.session.endUnknown ||= this.state.open === 'migration';
    await this.#noteIds(pieces);
    const texts = pieceTexts(pieces, undefined, this.session, this.#ledger);
    if (release !== undefined && texts.length > 0) texts.push({ piece: 'release', sql: release });
    await this.#sendPieces(texts, undefined, 'none');
    this.session.endUnknown = false;
    if (own) this.#questions.sent('control');
  }

  /**
   * Ends a failed attempt: rolls back the migration's own transaction, and commits statements that commit
   * themselves under plain Knex. Records of earlier migrations are written in either case.
   */
  async abandon(): Promise<void> {
    await this.#prepare();
    const { open } = this.state;
    const isFailed = open === 'single' && !this.journal.hasUncommittedEffects;
    if (open === 'migration' || isFailed) await this.rollback();
    await this.commit();
  }

  /** Rolls back the open transaction; records that were sent in it wait again. */
  async rollback(): Promise<void> {
    await query(this.session.connection, 'ROLLBACK');
    this.#ledger.rolledBack();
    this.#questions.sent('control');
  }

  /** Records that a statement of the migration has committed the open transaction and itself. */
  committed(): void {
    this.#ledger.statementCommitted();
  }

  /** Writes Fanfold's rows in a separate transaction, with a check of the fence. */
  async write(texts: readonly SqlText[]): Promise<void> {
    const { connection, sqlMode, facts } = this.session;
    const own = texts.map((text) => ownText(connection, text, sqlMode));
    await this.#sendAll([START_WRITING, ...own, checkFence(facts.fence), COMMIT_ONLY]);
    this.#questions.ownSent();
  }

  /** Resets counters of generated ids, which commits the open transaction. */
  async restoreIds(): Promise<void> {
    const { connection, facts } = this.session;
    const statements = await this.ids.restoring(connection);
    if (statements.length === 0) return;
    await this.commit();
    await this.#sendAll([checkFence(facts.fence), ...statements]);
    this.#questions.ownSent();
  }

  /** Reads for the engine. After that, the migration's next statement cannot ask about its previous one. */
  async reading<Result>(read: () => Promise<Result>): Promise<Result> {
    this.#questions.ownSent();
    try {
      return await read();
    } catch (error) {
      return this.#throw(error);
    }
  }

  /** Records that the session's sql_mode may have changed. */
  modeChanged(): void {
    this.#isModeStale = true;
  }

  /** Reads the session's sql_mode again if it may have changed. */
  async refreshMode(): Promise<void> {
    if (!this.#isModeStale) return;
    this.#isModeStale = false;
    const [row] = await this.reading(() =>
      query<RowDataPacket[]>(this.session.connection, 'SELECT @@sql_mode AS mode'),
    );
    this.session.sqlMode = parseSqlMode(String(row?.mode));
  }

  /** Asks the server whether a transaction is open if the state is unknown. */
  async settle(): Promise<void> {
    if (this.state.open === 'unknown') await this.#resolve();
  }

  /** Prepares for a packet with pieces of Fanfold's: refreshes the sql_mode and the state of the transaction. */
  async #prepare(): Promise<void> {
    await this.refreshMode();
    await this.settle();
    const { open, readsOnly } = this.state;
    // A read-only transaction has no effects, and Fanfold's rows cannot be written in it.
    if (open === 'single' && readsOnly) await this.#sendOwn(['check', 'commit'], 'none');
  }

  /** Asks the server whether a transaction is open, because errors do not contain that. */
  async #resolve(): Promise<void> {
    this.#questions.ownSent();
    this.#ledger.learn(await query(this.session.connection, 'DO 0'));
  }

  #waiting(entry: JournalEntry | undefined, intent: boolean) {
    const records = this.records.isWaiting;
    return { records, journal: this.journal.isWaiting(entry), intent };
  }

  /** Adds the counters of generated ids to the rows that are about to be written. */
  async #noteIds(pieces: readonly Piece[], entry?: JournalEntry): Promise<void> {
    const isWriting = pieces.includes('journal') || pieces.includes('intent');
    if (!isWriting || !this.ids.areToNote) return;
    // The statement's own row is written now only if it is an intent.
    const last = this.journal.entries.findLast(({ written }) => !written) ?? entry;
    const counters = await this.reading(() => this.ids.note(this.session.connection));
    if (last !== undefined) last.counters = { ...last.counters, ...counters };
  }

  #statementText({ sql, bindings }: SqlStatement): string {
    const { connection, maxPacketBytes } = this.session;
    const text = bindings.length === 0 ? sql : connection.format(sql, [...bindings]);
    if (fitsIntoPacket([text], maxPacketBytes)) return text;
    throw this.#tooLarge(text);
  }

  /** The error is also used if the server refuses the size: from 16 MiB on it counts some additional bytes. */
  #tooLarge(text: string): FanfoldError {
    const error = statementTooLarge(Buffer.byteLength(text), this.session.maxPacketBytes);
    this.session.refuse(error);
    return error;
  }

  async #send(statement: SqlStatement, texts: readonly string[]): Promise<PacketAnswers> {
    const { connection, facts, isClustered: apart } = this.session;
    const send = (sent: readonly string[]) =>
      withinTime(
        sendStatements(connection, sent, { ...statement.options, apart }),
        connection.threadId,
        facts.timeout,
        () => {
          this.session.timedOut = true;
        },
      );
    return facts.observer === undefined
      ? send(texts)
      : facts.observer.send(statement, texts.join(';\n'), (text) => send([text]));
  }

  /** Sends statements of Fanfold's whose answers do not matter. Throws if the server refuses one. */
  async #sendAll(texts: readonly string[]): Promise<void> {
    const { connection, isClustered: apart } = this.session;
    const { error } = await sendStatements(connection, texts, { apart });
    if (error !== undefined) throw error;
  }

  async #sendOwn(pieces: readonly Piece[], runsIn: OpenTransaction): Promise<void> {
    await this.#noteIds(pieces);
    await this.#sendPieces(
      pieceTexts(pieces, undefined, this.session, this.#ledger),
      undefined,
      runsIn,
    );
  }

  /** Sends pieces without a statement. Throws if the server refuses one. */
  async #sendPieces(
    texts: readonly PieceText[],
    entry: JournalEntry | undefined,
    runsIn: OpenTransaction,
  ): Promise<void> {
    if (texts.length === 0) return;
    this.#questions.ownSent();
    const { connection, isClustered: apart } = this.session;
    const statements = texts.map(({ sql }) => sql);
    const { headers, error } = await sendStatements(connection, statements, { apart });
    this.#carriedOut(texts.slice(0, headers.length), entry, runsIn);
    if (error !== undefined) await this.#pieceFailed(texts[headers.length], error);
    this.#ledger.learn(headers.at(-1));
  }

  /** Applies the server's answers to a packet with a statement. */
  async #conclude(
    statement: SqlStatement,
    entry: JournalEntry,
    { need, following = [] }: Sending,
    { before, runsIn, own, answers }: SentPacket,
  ): Promise<Sent> {
    this.#carriedOut(before.slice(0, answers.headers.length), entry, runsIn);
    const ended = readAnswers(answers, before.length, following.length);
    switch (ended.end) {
      case 'failed':
        this.session.failedAt(ended.error, statementRef(statement));
        return this.#throw(ended.error);
      case 'piece refused':
        return this.#pieceFailed(before[ended.index], ended.error);
      case 'statement refused': {
        this.session.failedAt(ended.error, statementRef(statement));
        this.#questions.failed();
        if (ended.error.errno === ERRNO.ER_NET_PACKET_TOO_LARGE) throw this.#tooLarge(own);
        // The error shows only the migration's own statement, not the pieces before it.
        Object.assign(ended.error, { sql: own });
        const open = need === 'implicit commit' ? this.state.open : runsIn;
        await this.#statementFailed(statement, entry, ended.error, open);
        throw ended.error;
      }
      case 'answered':
        this.#ledger.learn(ended.status);
        entry.ended(ended.answer);
        return { answer: ended.answer, following: ended.following };
    }
  }

  #carriedOut(
    texts: readonly PieceText[],
    entry: JournalEntry | undefined,
    runsIn: OpenTransaction,
  ): void {
    const pieces = texts.map(({ piece }) => piece);
    this.#ledger.carriedOut(pieces, entry, runsIn);
  }

  /** Handles the refusal of one of Fanfold's pieces: nothing more is sent for this attempt. */
  async #pieceFailed(text: PieceText | undefined, error: unknown): Promise<never> {
    if (!isServerError(error)) return this.#throw(error);
    const failure = await pieceFailure(text, error, this.session.connection);
    this.session.refuse(failure);
    // The rollback prevents that a part of the packet is committed later.
    await this.rollback();
    throw failure;
  }

  /** Determines after a refused statement whether a transaction is still open. */
  async #statementFailed(
    { kind }: SqlStatement,
    entry: JournalEntry,
    error: ServerError,
    open: OpenTransaction,
  ): Promise<void> {
    entry.ended(storeError(error));
    if (error.errno === ERRNO.ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION) {
      this.tell({ type: 'found read-only' });
    }
    const effect = refusalEffect(kind, error.errno, open);
    if (effect === 'none') return;
    if (effect === 'rolled back') {
      this.#ledger.rolledBack();
    } else {
      this.tell({ type: 'failed', otherwise: open });
      if (effect === 'maybe committed') return;
      await this.#resolve();
      if (this.state.open !== 'none') return;
      this.#ledger.rolledBack();
    }
    this.session.refuse(error);
  }

  #throw(error: unknown): never {
    if (isConnectionLost(error)) {
      this.session.isLost = true;
      // Nothing more can be sent, even if the migration catches the error.
      if (error instanceof Error) this.session.refuse(error);
    }
    throw error;
  }
}
