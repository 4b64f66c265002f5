import { FanfoldError } from '../../../../core/errors.ts';
import { ERRNO } from '../../../server/errno.ts';
import { findServerError, isServerError, type ServerError } from '../../../server/server-error.ts';
import type { JournalEntry } from '../../journal/journal-entry.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import { DDL_ANSWER } from '../../journal/stored-answer.ts';
import { checkFence } from '../../locks/fence.ts';
import type { DdlObject } from '../../sql/ddl-object.ts';
import { applyRefusal } from './apply-refusal.ts';
import { fitsIntoPacket } from './fits-into-packet.ts';
import { GivingWay, type Try } from './giving-way/giving-way.ts';
import type { QueueLimit } from './giving-way/queue-limit.ts';
import { limitedWait, ownWait } from './giving-way/wait-limit.ts';
import { watching } from './giving-way/watching.ts';
import { changeOnline } from './guard/change-online.ts';
import { sendForms } from './guard/send-forms.ts';
import type { StatementGuard } from './guard/statement-guard.ts';
import { type Keeping, keepBefore } from './keep/keep-before.ts';
import type { MigrationSession } from './migration-session.ts';
import type { PacketSender } from './packet-sender.ts';
import type { Need } from './plan-packet.ts';
import { readAnswers } from './read-answers.ts';
import type { PacketAnswers } from './send-packet.ts';
import type { Sending, Sent } from './sending.ts';
import { statementTooLarge } from './sending-errors.ts';
import { withinTime } from './statement-timeout.ts';
import type { TransactionLedger } from './transaction-ledger.ts';

interface SendingOnce extends Sending {
  /** The statement with its values. */
  readonly own: string;
  /** How long others may queue behind it. */
  readonly queue: QueueLimit | undefined;
}

/** A packet that was sent with a statement in it. */
interface SentPacket extends Try {
  /** The statement with its values. */
  readonly own: string;
}

/**
 * Runs the statements of migrations, each after the pieces that it needs, and turns the server's answers into
 * events of the ledger.
 */
export class StatementSender {
  readonly #sender: PacketSender;
  readonly #ledger: TransactionLedger;
  readonly #givingWay: GivingWay;
  /** Holds the statements to the limits of `safety`. */
  readonly guard: StatementGuard;
  /** The migration whose dropped tables and columns are kept aside; `undefined` if they are not. */
  keeping: Keeping | undefined;

  constructor(sender: PacketSender, ledger: TransactionLedger, guard: StatementGuard) {
    this.#sender = sender;
    this.guard = guard;
    this.#ledger = ledger;
    this.#givingWay = new GivingWay(sender, ledger);
  }

  /**
   * Sends a statement with the pieces before it, in one packet if they fit. It may give way and be sent again. A
   * guarded statement is sent in one form after the other, until the server accepts one; it refuses the others
   * without an effect.
   */
  async run(statement: SqlStatement, entry: JournalEntry, sending: Sending): Promise<Sent> {
    const own = await this.#keptFirst(statement, this.#textOf(statement));
    const guarded = this.guard.sendingOf(statement, own);
    const send = (form: string) => this.#sendForm(statement, entry, sending, form);
    if (guarded === undefined)
      return this.#conclude(statement, entry, sending, { ...(await send(own)), own });
    const sent = await this.#sender.reading(() =>
      sendForms(guarded, send, (packet) => this.#formRefused(packet, entry)),
    );
    if (sent.online !== undefined)
      return this.#changedOnline(statement, entry, own, sent.online.cause as ServerError);
    return this.#conclude(statement, entry, sending, { ...sent, own });
  }

  /** Keeps aside what the statement drops, if that is wanted, and returns the text to send. */
  async #keptFirst(statement: SqlStatement, own: string): Promise<string> {
    if (this.keeping === undefined || statement.kind !== 'ddl') return own;
    try {
      const isNew = (table: DdlObject) => this.guard.isNew(table);
      return await keepBefore(statement, own, this.keeping, this.#sender, isNew);
    } catch (error) {
      if (!(error instanceof FanfoldError)) this.#session.failedAt(error, statementRef(statement));
      throw error instanceof FanfoldError ? this.guard.refused(statement, error) : error;
    }
  }

  /** Has a program carry out a statement whose forms the server has refused, the last one with `refusal`. */
  async #changedOnline(
    statement: SqlStatement,
    entry: JournalEntry,
    own: string,
    refusal: ServerError,
  ): Promise<Sent> {
    try {
      await changeOnline(statement, own, this.#sender);
    } catch (error) {
      if (!(error instanceof FanfoldError)) throw error;
      const { open } = this.#ledger.state;
      await applyRefusal(statement, entry, { error: refusal, open }, this.#sender, this.#ledger);
      throw this.guard.refused(statement, error);
    }
    entry.ended(DDL_ANSWER);
    return { answer: DDL_ANSWER, following: [] };
  }

  /** Sends one form of a statement. */
  #sendForm(
    statement: SqlStatement,
    entry: JournalEntry,
    sending: Sending,
    own: string,
  ): Promise<SentPacket> {
    const queue = this.#session.queueLimitOf(statement);
    const send = () => this.#sendOnce(statement, entry, { ...sending, own, queue });
    return queue === undefined ? send() : this.#givingWay.run(statement, entry, queue, send);
  }

  /** Throws if a statement that is not DDL may go beyond the limits of `safety`. */
  check(statement: SqlStatement): void {
    this.guard.check(statement);
  }

  /** Brings the state of the transaction up to date after a form that the server has refused. */
  #formRefused({ before, runsIn }: SentPacket, entry: JournalEntry): void {
    this.#ledger.carriedOut(before, entry, runsIn);
    this.#ledger.tell({ type: 'failed', otherwise: this.#ledger.state.open });
  }

  async #sendOnce(
    statement: SqlStatement,
    entry: JournalEntry,
    { need, intent = false, following = [], own, queue }: SendingOnce,
  ): Promise<SentPacket> {
    if (need !== 'bare') await this.#sender.prepare();
    const isDue = this.#sender.journal.isKept && intent && !entry.written;
    const { before: pieces, runsIn } = this.#sender.plan(need, entry, isDue);
    const ownLimit = queue === undefined && need !== 'bare' ? ownWait(this.#session) : [];
    let before = [
      ...ownLimit,
      ...(await this.#sender.textsOf(pieces, entry)),
      ...(queue === undefined ? [] : limitedWait(this.#session, queue)),
    ];
    let texts = [...before.map(({ sql }) => sql), own, ...following];
    const isObserved = this.#session.facts.observer !== undefined;
    if (isObserved || !fitsIntoPacket(texts, this.#session.maxPacketBytes)) {
      await this.#sender.sendPieces(before, runsIn, entry);
      before = [];
      texts = [own, ...following];
    }
    if (before.length > 0) this.#sender.questions.ownSent();
    this.#sender.questions.sent(statement.kind);
    const sending = this.#send(statement, texts);
    const { answers, watched } = await watching(sending, own, queue, this.#session.connection);
    return { before, runsIn, own, answers, watched };
  }

  /** Handles the refusal of a statement that was sent in the packet of an earlier one. */
  async refused(statement: SqlStatement, entry: JournalEntry, error: ServerError): Promise<void> {
    this.#session.failedAt(error, statementRef(statement));
    await applyRefusal(
      statement,
      entry,
      { error: error, open: this.#ledger.state.open },
      this.#sender,
      this.#ledger,
    );
  }

  /** Sends a control statement, about the transaction of the migration or a savepoint. */
  async control(sql: string, need: Need): Promise<void> {
    await this.#sender.prepare();
    await this.#sender.sendBefore(need);
    const answers = await this.#sender.send([sql]);
    if (answers.error !== undefined) this.#sender.fail(answers.error);
    this.#ledger.learn(answers.answer?.[0]);
    this.#sender.questions.sent('control');
  }

  /** Sends the pieces before a stream of rows, whose statement the driver sends itself. */
  async prepareFor(statement: SqlStatement): Promise<void> {
    const { kind } = statement;
    await this.#sender.prepare();
    this.#session.facts.observer?.streamed(statement);
    await this.#sender.sendBefore('transaction');
    this.#sender.questions.sent(kind);
  }

  /**
   * Runs a statement again whose effect seems to exist already, so that the server confirms it. Returns the
   * server's error; `undefined` if the statement succeeds.
   */
  async confirm(statement: SqlStatement): Promise<ServerError | undefined> {
    const own = this.#textOf(statement);
    const first = await this.guard.sendingOf(statement, own)?.first();
    const text = first !== undefined && 'send' in first ? first.send : own;
    const check = checkFence(this.#session.facts.fence);
    this.#sender.questions.ownSent();
    const { headers, error } = await this.#sender.send([check, text]);
    if (error !== undefined && !isServerError(error)) this.#sender.fail(error);
    if (error !== undefined && headers.length === 0) {
      await this.#sender.pieceFailed({ piece: 'check', sql: check }, error);
    }
    // It has committed the open transaction even if it failed.
    this.#ledger.tell({ type: 'failed', otherwise: this.#ledger.state.open });
    await this.#sender.settle();
    return error as ServerError | undefined;
  }

  get #session(): MigrationSession {
    return this.#sender.session;
  }

  #textOf({ sql, bindings }: SqlStatement): string {
    const { connection, maxPacketBytes } = this.#session;
    const text = bindings.length === 0 ? sql : connection.format(sql, [...bindings]);
    if (fitsIntoPacket([text], maxPacketBytes)) return text;
    throw this.#tooLarge(text);
  }

  /** The error is also used if the server refuses the size: from 16 MiB on it counts some additional bytes. */
  #tooLarge(text: string): FanfoldError {
    const error = statementTooLarge(Buffer.byteLength(text), this.#session.maxPacketBytes);
    this.#session.refuse(error);
    return error;
  }

  /** Sends a packet with a statement, within the statement timeout. An observer may send other forms of it first. */
  async #send(statement: SqlStatement, texts: readonly string[]): Promise<PacketAnswers> {
    const { connection, facts } = this.#session;
    const send = (sent: readonly string[]) =>
      withinTime(
        this.#sender.send(sent, statement.options),
        connection.threadId,
        facts.timeout,
        () => {
          this.#session.timedOut = true;
        },
      );
    return facts.observer === undefined
      ? send(texts)
      : facts.observer.send(statement, texts.join(';\n'), (text) => send([text]));
  }

  /** Applies the server's answers to a packet with a statement. */
  async #conclude(
    statement: SqlStatement,
    entry: JournalEntry,
    { need, following = [] }: Sending,
    { before, runsIn, own, answers }: SentPacket,
  ): Promise<Sent> {
    this.#ledger.carriedOut(before.slice(0, answers.headers.length), entry, runsIn);
    const ended = readAnswers(answers, before.length, following.length);
    if (ended.end === 'failed' && ended.error instanceof FanfoldError) {
      const refusal = findServerError(ended.error);
      const { open } = this.#ledger.state;
      if (refusal !== undefined)
        await applyRefusal(
          statement,
          entry,
          { error: refusal, open: open },
          this.#sender,
          this.#ledger,
        );
      throw this.guard.refused(statement, ended.error);
    }
    switch (ended.end) {
      case 'failed':
        this.#session.failedAt(ended.error, statementRef(statement));
        return this.#sender.fail(ended.error);
      case 'piece refused':
        return this.#sender.pieceFailed(before[ended.index], ended.error);
      case 'statement refused': {
        this.#session.failedAt(ended.error, statementRef(statement));
        this.#sender.questions.failed();
        if (ended.error.errno === ERRNO.ER_NET_PACKET_TOO_LARGE) throw this.#tooLarge(own);
        // The error shows only the migration's own statement, not the pieces before it.
        Object.assign(ended.error, { sql: own });
        const open = need === 'implicit commit' ? this.#ledger.state.open : runsIn;
        await applyRefusal(
          statement,
          entry,
          { error: ended.error, open: open },
          this.#sender,
          this.#ledger,
        );
        throw ended.error;
      }
      case 'answered':
        this.#ledger.learn(ended.status);
        entry.ended(ended.answer);
        return { answer: ended.answer, following: ended.following };
    }
  }
}
