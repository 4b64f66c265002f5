import type { RowDataPacket } from 'mysql2';
import { isConnectionLost } from '../../../server/connection-lost.ts';
import { isServerError } from '../../../server/server-error.ts';
import { query } from '../../connection/query.ts';
import type { SqlText } from '../../connection/sql-text.ts';
import { GeneratedIds } from '../../journal/generated-ids.ts';
import type { JournalEntry } from '../../journal/journal-entry.ts';
import type { StatementJournal } from '../../journal/statement-journal.ts';
import { checkFence } from '../../locks/fence.ts';
import { COMMIT_ONLY, START_WRITING } from '../../locks/knex-lock.ts';
import { parseSqlMode } from '../../sql/sql-mode.ts';
import { AnswerableQuestions } from './answerable-questions.ts';
import { ownWait } from './giving-way/wait-limit.ts';
import type { MigrationSession } from './migration-session.ts';
import { ownText } from './own-text.ts';
import type { PendingRecords } from './pending-records.ts';
import { pieceFailure } from './piece-failure.ts';
import { type PieceText, pieceTexts } from './piece-texts.ts';
import { type Need, type PacketPlan, type Piece, planClosing, planPacket } from './plan-packet.ts';
import { type PacketAnswers, sendStatements } from './send-packet.ts';
import type { TransactionLedger } from './transaction-ledger.ts';
import type { OpenTransaction, TransactionEvent, TransactionState } from './transaction-state.ts';

interface Committing {
  /** Whether the migration itself sent COMMIT. */
  readonly own?: boolean;
  /** SQL that releases the fence in the same packet. */
  readonly release?: string;
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
  /** The questions about earlier statements that the session would answer as under plain Knex. */
  readonly questions = new AnswerableQuestions();
  /** Whether a statement may have changed the session's sql_mode. */
  #isModeStale = false;

  constructor(session: MigrationSession, ledger: TransactionLedger) {
    this.session = session;
    this.#ledger = ledger;
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

  /** Applies an event to the state; sends nothing. */
  tell(event: TransactionEvent): void {
    this.#ledger.tell(event);
  }

  /** Forgets the previous migration. */
  startMigration(): void {
    this.tell({ type: 'migration started' });
    this.ids.forget();
    this.questions.forget();
  }

  /** Prepares for a packet with pieces of Fanfold's: refreshes the sql_mode and the state of the transaction. */
  async prepare(): Promise<void> {
    await this.refreshMode();
    await this.settle();
    const { open, readsOnly } = this.state;
    // A read-only transaction has no effects, and Fanfold's rows cannot be written in it.
    if (open !== 'single' || !readsOnly) return;
    await this.sendPieces(await this.textsOf(['check', 'commit']), 'none');
  }

  /** Plans the pieces before a statement with this need, whose row is `entry`. */
  plan(need: Need, entry?: JournalEntry, intent = false): PacketPlan {
    const waiting = { records: this.records.isWaiting, journal: this.journal.isWaiting(entry) };
    return planPacket(this.state, need, { ...waiting, intent });
  }

  /**
   * Turns pieces into SQL that must be sent next: their rows count as sent from now on. `entry` is the row of the
   * statement after them, which the journal gets here.
   */
  async textsOf(pieces: readonly Piece[], entry?: JournalEntry): Promise<PieceText[]> {
    await this.#noteIds(pieces, entry);
    if (entry !== undefined) this.journal.add(entry);
    return pieceTexts(pieces, entry, this.session, this.#ledger);
  }

  /** Sends one packet, or one for each text in a cluster. Never throws. */
  send(texts: readonly string[], options: object = {}): Promise<PacketAnswers> {
    const { connection, isClustered: apart } = this.session;
    return sendStatements(connection, texts, { ...options, apart });
  }

  /** Sends pieces without a statement. Throws if the server refuses one. */
  async sendPieces(
    texts: readonly PieceText[],
    runsIn: OpenTransaction,
    entry?: JournalEntry,
  ): Promise<void> {
    if (texts.length === 0) return;
    this.questions.ownSent();
    const { headers, error } = await this.send(texts.map(({ sql }) => sql));
    this.#ledger.carriedOut(texts.slice(0, headers.length), entry, runsIn);
    if (error !== undefined) await this.pieceFailed(texts[headers.length], error);
    this.#ledger.learn(headers.at(-1));
  }

  /** Sends the pieces before something with this need that has no row in the journal. */
  async sendBefore(need: Need): Promise<void> {
    const { before, runsIn } = this.plan(need);
    const limit = need === 'bare' ? [] : ownWait(this.session);
    await this.sendPieces([...limit, ...(await this.textsOf(before))], runsIn);
  }

  /**
   * Makes everything durable that was sent, including waiting records, after checking that the fence is still
   * held.
   */
  async commit({ own = false, release }: Committing = {}): Promise<void> {
    await this.prepare();
    const waiting = { records: this.records.isWaiting, journal: this.journal.isWaiting() };
    const pieces = planClosing(this.state, waiting);
    this.session.endUnknown ||= this.state.open === 'migration';
    const limit = pieces.length > 0 ? ownWait(this.session) : [];
    const texts = [...limit, ...(await this.textsOf(pieces))];
    if (release !== undefined && texts.length > 0) texts.push({ piece: 'release', sql: release });
    await this.sendPieces(texts, 'none');
    this.session.endUnknown = false;
    if (own) this.questions.sent('control');
  }

  /**
   * Ends a failed attempt: rolls back the migration's own transaction, and commits statements that commit
   * themselves under plain Knex. Records of earlier migrations are written in either case.
   */
  async abandon(): Promise<void> {
    await this.prepare();
    const { open } = this.state;
    const isFailed = open === 'single' && !this.journal.hasUncommittedEffects;
    if (open === 'migration' || isFailed) await this.rollback();
    await this.commit();
  }

  /** Rolls back the open transaction; records that were sent in it wait again. */
  async rollback(): Promise<void> {
    await query(this.session.connection, 'ROLLBACK');
    this.#ledger.rolledBack();
    this.questions.sent('control');
  }

  /** Records that a statement of the migration has committed the open transaction and itself. */
  committed(): void {
    this.#ledger.statementCommitted();
  }

  /** Writes Fanfold's rows in a separate transaction, with a check of the fence. */
  async write(texts: readonly SqlText[]): Promise<void> {
    const { connection, sqlMode, facts } = this.session;
    const own = texts.map((text) => ownText(connection, text, sqlMode));
    await this.#sendOwn([START_WRITING, ...own, checkFence(facts.fence), COMMIT_ONLY]);
  }

  /** Resets counters of generated ids, which commits the open transaction. */
  async restoreIds(): Promise<void> {
    const { connection, facts } = this.session;
    const statements = await this.ids.restoring(connection);
    if (statements.length === 0) return;
    await this.commit();
    await this.#sendOwn([checkFence(facts.fence), ...statements]);
  }

  /** Reads for the engine. After that, the migration's next statement cannot ask about its previous one. */
  async reading<Result>(read: () => Promise<Result>): Promise<Result> {
    this.questions.ownSent();
    try {
      return await read();
    } catch (error) {
      return this.fail(error);
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

  /** Asks the server whether a transaction is open if the state is unknown, because errors do not contain that. */
  async settle(): Promise<void> {
    if (this.state.open !== 'unknown') return;
    this.questions.ownSent();
    this.#ledger.learn(await query(this.session.connection, 'DO 0'));
  }

  /** Handles the refusal of one of Fanfold's pieces: nothing more is sent for this attempt. */
  async pieceFailed(text: PieceText | undefined, error: unknown): Promise<never> {
    if (!isServerError(error)) return this.fail(error);
    const failure = await pieceFailure(text, error, this.session.connection);
    this.session.refuse(failure);
    // Otherwise a part of the packet might be committed later.
    await this.rollback();
    throw failure;
  }

  /** Throws an error of the connection. If it is lost, nothing more is sent, even if the migration catches the error. */
  fail(error: unknown): never {
    if (isConnectionLost(error)) {
      this.session.isLost = true;
      if (error instanceof Error) this.session.refuse(error);
    }
    throw error;
  }

  /** Sends statements of Fanfold's whose answers do not matter. Throws if the server refuses one. */
  async #sendOwn(texts: readonly string[]): Promise<void> {
    this.questions.ownSent();
    const { error } = await this.send(texts);
    if (error !== undefined) throw error;
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
}
