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
import { type PacketAnswers, sendPacket } from './send-packet.ts';
import { statementTooLarge } from './sending-errors.ts';
import { withinTime } from './statement-timeout.ts';
import { TransactionLedger } from './transaction-ledger.ts';
import type { OpenTransaction, TransactionEvent, TransactionState } from './transaction-state.ts';

interface Committing {
  /** The migration itself said COMMIT. */
  readonly own?: boolean;
  /** Gives the fence back in the same packet. */
  readonly release?: string;
}

/** How a statement is to be sent. */
export interface Sending {
  readonly need: Need;
  /** Whether its row has to be durable, or in its transaction, before it runs. */
  readonly intent?: boolean | undefined;
  /** Statements without values that are sent in the same packet, after it. */
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

/** The answer to a statement, and the ends of those that were sent along with it as far as they ran. */
export interface Sent {
  readonly answer: Answer;
  readonly following: readonly (Answer | ServerError)[];
}

/**
 * Sends what migrations and their bookkeeping need, and is the only one that does. Whatever is sent and
 * answered becomes an event of the ledger, which owns the state of the transaction.
 */
export class PacketSender {
  readonly session: MigrationSession;
  readonly #ledger: TransactionLedger;
  /** In tables that the migration has made. */
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

  /** Of migrations that have ended. */
  get records(): PendingRecords {
    return this.#ledger.records;
  }

  /** Whether a statement that asks about one before it is answered as under plain Knex. */
  canAnswer(asks: StatementTraits['asks']): boolean {
    return this.#questions.canAnswer(asks);
  }

  /** Whether something waits to be committed by the next packet. */
  get isCommitWaiting(): boolean {
    return this.state.open === 'single';
  }

  /** Tells the state what the migration said or did; nothing is sent. */
  tell(event: TransactionEvent): void {
    this.#ledger.tell(event);
  }

  /** Forgets the migration before. */
  startMigration(): void {
    this.tell({ type: 'migration started' });
    this.ids.forget();
    this.#questions.forget();
  }

  /** Sends a statement of the migration, with what has to come before it, in one packet if it fits. */
  async run(statement: SqlStatement, entry: JournalEntry, sending: Sending): Promise<Sent> {
    const { need, following = [] } = sending;
    const own = this.#statementText(statement);
    if (need !== 'bare') await this.#prepare();
    const intent = this.journal.isKept && sending.intent === true;
    const plan = planPacket(this.state, need, this.#waiting(entry, intent));
    await this.#noteIds(plan.before, entry);
    this.journal.add(entry);
    let before = pieceTexts(plan.before, entry, this.session, this.#ledger);
    const texts = [...before.map(({ sql }) => sql), own, ...following];
    if (!fitsIntoPacket(texts, this.session.maxPacketBytes)) {
      await this.#sendPieces(before, entry, plan.runsIn);
      before = [];
    }
    const packet = [...before.map(({ sql }) => sql), own, ...following].join(';\n');
    if (before.length > 0) this.#questions.ownSent();
    this.#questions.sent(statement.kind);
    const answers = await this.#send(statement, packet);
    return this.#conclude(statement, entry, sending, { before, runsIn: plan.runsIn, own, answers });
  }

  /** A statement of the migration that was sent along with another one was refused by the server. */
  async refused(statement: SqlStatement, entry: JournalEntry, error: ServerError): Promise<void> {
    this.session.failedAt(error, statementRef(statement));
    await this.#statementFailed(statement, entry, error, this.state.open);
  }

  /** Sends words of the migration about its transaction or a savepoint. */
  async control(sql: string, need: Need): Promise<void> {
    await this.#prepare();
    const plan = planPacket(this.state, need, this.#waiting(undefined, false));
    await this.#sendOwn(plan.before, plan.runsIn);
    const answers = await sendPacket(this.session.connection, sql);
    if (answers.error !== undefined) this.#throw(answers.error);
    this.#ledger.learn(answers.answer?.[0]);
    this.#questions.sent('control');
  }

  /** Sends what has to come before a statement that somebody else sends: a stream of rows. */
  async prepareFor({ kind }: SqlStatement): Promise<void> {
    await this.#prepare();
    const plan = planPacket(this.state, 'transaction', this.#waiting(undefined, false));
    await this.#sendOwn(plan.before, plan.runsIn);
    this.#questions.sent(kind);
  }

  /**
   * Runs a statement once more whose effect seems to be there already, so that the server itself says
   * so. Gives its error, `undefined` if it succeeds.
   */
  async confirm(statement: SqlStatement): Promise<ServerError | undefined> {
    const text = this.#statementText(statement);
    const check = checkFence(this.session.facts.fence);
    const { headers, error } = await sendPacket(this.session.connection, `${check};\n${text}`);
    this.#questions.ownSent();
    if (error !== undefined && !isServerError(error)) this.#throw(error);
    if (error !== undefined && headers.length === 0) {
      await this.#pieceFailed({ piece: 'check', sql: check }, error);
    }
    // It has committed what was open, also if it failed.
    this.tell({ type: 'failed', otherwise: this.state.open });
    await this.#resolve();
    return error as ServerError | undefined;
  }

  /**
   * Makes all durable that was sent, records that wait included, after a look whether the fence is still
   * held. `own`: the migration itself said COMMIT; `release`: gives the fence back in the same packet.
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
   * Ends an attempt that failed: rolls back what the migration has begun, and commits what commits itself
   * under plain Knex. Records of earlier migrations are written in any case.
   */
  async abandon(): Promise<void> {
    await this.#prepare();
    const { open } = this.state;
    const isFailed = open === 'single' && !this.journal.hasUncommittedEffects;
    if (open === 'migration' || isFailed) await this.rollback();
    await this.commit();
  }

  /** Rolls back what is open; records that were sent in it wait again. */
  async rollback(): Promise<void> {
    await query(this.session.connection, 'ROLLBACK');
    this.#ledger.rolledBack();
    this.#questions.sent('control');
  }

  /** A statement of the migration has committed what was open, and itself: its transaction is over. */
  committed(): void {
    this.#ledger.statementCommitted();
  }

  /** Sends texts of ours in a transaction of their own. */
  async write(texts: readonly SqlText[]): Promise<void> {
    const { connection, sqlMode, facts } = this.session;
    const own = texts.map((text) => ownText(connection, text, sqlMode));
    const packet = [START_WRITING, ...own, checkFence(facts.fence), COMMIT_ONLY];
    await query(connection, packet.join(';\n'));
    this.#questions.ownSent();
  }

  /** Puts counters of generated ids back, and thereby commits what is open. */
  async restoreIds(): Promise<void> {
    const { connection, facts } = this.session;
    const statements = await this.ids.restoring(connection);
    if (statements.length === 0) return;
    await this.commit();
    await query(connection, [checkFence(facts.fence), ...statements].join(';\n'));
    this.#questions.ownSent();
  }

  /** Reads something for the engine. The next statement cannot ask about the one before it any more. */
  async reading<Result>(read: () => Promise<Result>): Promise<Result> {
    this.#questions.ownSent();
    try {
      return await read();
    } catch (error) {
      return this.#throw(error);
    }
  }

  /** The session's sql_mode may be another one now. */
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

  /** Asks whether a transaction is open, if an error did not say so. */
  async settle(): Promise<void> {
    if (this.state.open === 'unknown') await this.#resolve();
  }

  /** Before a packet with something of ours in it: what is open, and how strings are quoted. */
  async #prepare(): Promise<void> {
    await this.refreshMode();
    await this.settle();
    const { open, readsOnly } = this.state;
    // Nothing has taken effect in it, and nothing of ours can be written there.
    if (open === 'single' && readsOnly) await this.#sendOwn(['check', 'commit'], 'none');
  }

  /** Asks whether a transaction is open, which errors do not say. */
  async #resolve(): Promise<void> {
    this.#questions.ownSent();
    this.#ledger.learn(await query(this.session.connection, 'DO 0'));
  }

  #waiting(entry: JournalEntry | undefined, intent: boolean) {
    const records = this.records.isWaiting;
    return { records, journal: this.journal.isWaiting(entry), intent };
  }

  /** Notes the counters of generated ids with the rows that are about to be written. */
  async #noteIds(pieces: readonly Piece[], entry?: JournalEntry): Promise<void> {
    const isWriting = pieces.includes('journal') || pieces.includes('intent');
    if (!isWriting || !this.ids.areToNote) return;
    // The statement's own row is written with them only if it is an intent.
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

  /** Also if the server says so: from 16 MiB on it counts some bytes of its own. */
  #tooLarge(text: string): FanfoldError {
    const error = statementTooLarge(Buffer.byteLength(text), this.session.maxPacketBytes);
    this.session.refuse(error);
    return error;
  }

  async #send(statement: SqlStatement, packet: string): Promise<PacketAnswers> {
    const { connection, facts } = this.session;
    return withinTime(
      sendPacket(connection, packet, statement.options),
      connection.threadId,
      facts.timeout,
      () => {
        this.session.timedOut = true;
      },
    );
  }

  async #sendOwn(pieces: readonly Piece[], runsIn: OpenTransaction): Promise<void> {
    await this.#noteIds(pieces);
    await this.#sendPieces(
      pieceTexts(pieces, undefined, this.session, this.#ledger),
      undefined,
      runsIn,
    );
  }

  /** Sends pieces by themselves. Throws what refused them. */
  async #sendPieces(
    texts: readonly PieceText[],
    entry: JournalEntry | undefined,
    runsIn: OpenTransaction,
  ): Promise<void> {
    if (texts.length === 0) return;
    this.#questions.ownSent();
    const packet = texts.map(({ sql }) => sql).join(';\n');
    const { headers, error } = await sendPacket(this.session.connection, packet);
    this.#carriedOut(texts.slice(0, headers.length), entry, runsIn);
    if (error !== undefined) await this.#pieceFailed(texts[headers.length], error);
    this.#ledger.learn(headers.at(-1));
  }

  /** Draws the consequences of what the server said to a packet with a statement in it. */
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
        // The migration sees its own statement, not what was sent before it.
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

  /** Something of ours was refused: nothing more is sent for this attempt. */
  async #pieceFailed(text: PieceText | undefined, error: unknown): Promise<never> {
    if (!isServerError(error)) return this.#throw(error);
    const failure = await pieceFailure(text, error, this.session.connection);
    this.session.refuse(failure);
    // A part of it must not be committed with what comes next.
    await this.rollback();
    throw failure;
  }

  /** The server refused the statement: is a transaction still open? */
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
      // Whatever the migration makes of it, nothing more can be sent.
      if (error instanceof Error) this.session.refuse(error);
    }
    throw error;
  }
}
