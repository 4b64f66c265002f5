import { setTimeout as sleep } from 'node:timers/promises';
import { FanfoldError } from '../../../../../core/errors.ts';
import { countOf } from '../../../../../core/wording/count-of.ts';
import { ERRNO } from '../../../../server/errno.ts';
import { findServerError, type ServerError } from '../../../../server/server-error.ts';
import type { JournalEntry } from '../../../journal/journal-entry.ts';
import type { SqlStatement } from '../../../journal/sql-statement.ts';
import { DDL_ANSWER } from '../../../journal/stored-answer.ts';
import type { WatchResult } from '../../../locks/waits/lock-watch.ts';
import { MigrationPaused } from '../migration-paused.ts';
import type { PacketSender } from '../packet-sender.ts';
import type { PieceText } from '../piece-texts.ts';
import { readAnswers } from '../read-answers.ts';
import type { PacketAnswers } from '../send-packet.ts';
import type { TransactionLedger } from '../transaction-ledger.ts';
import type { OpenTransaction } from '../transaction-state.ts';
import { NO_TRIES, pauseBeforeNext, type TriesSoFar } from './pause-before-next.ts';
import type { QueueLimit } from './queue-limit.ts';
import { type SettleInVain, settleInVain, unclear } from './settle-in-vain.ts';
import { wholeSeconds } from './wait-limit.ts';
import { type InVain, waitedInVain } from './waited-in-vain.ts';

/** A try at a statement: the packet that was sent, and what the watch has seen. */
export interface Try {
  readonly before: readonly PieceText[];
  readonly runsIn: OpenTransaction;
  readonly answers: PacketAnswers;
  readonly watched: WatchResult;
}

/** The time in milliseconds after which a pause asks again whether the attempt is to end. */
const ASK_MS = 250;

/**
 * Lets a statement that cannot get its lock give way to the queries that queue for it too, and come again. When a try has
 * failed, nothing of the statement has happened: the server has committed what came before it, its row among
 * that, and waits only then.
 */
export class GivingWay {
  readonly #sender: PacketSender;
  readonly #ledger: TransactionLedger;
  readonly #settle: SettleInVain;

  constructor(sender: PacketSender, ledger: TransactionLedger) {
    this.#sender = sender;
    this.#ledger = ledger;
    this.#settle = settleInVain(sender);
  }

  /** Sends a statement until it has got its lock or its time is up. Returns the last try. */
  async run<Each extends Try>(
    statement: SqlStatement,
    entry: JournalEntry,
    limit: QueueLimit,
    send: () => Promise<Each>,
  ): Promise<Each> {
    let soFar = NO_TRIES;
    for (;;) {
      const startedAt = performance.now();
      const sent = await send();
      const inVain = waitedInVain(
        readAnswers(sent.answers, sent.before.length, 0),
        statement,
        sent.watched.isKilled,
      );
      const { waits } = this.#sender.session;
      const { problem } = sent.watched;
      if (problem !== undefined) waits.notLimited(notWatched(problem, limit));
      if (inVain === undefined) return sent;
      soFar = after(soFar, sent.watched, performance.now() - startedAt, limit);
      const waitMs = limit.waitSeconds * 1_000;
      const pauseMs = pauseBeforeNext(soFar, { ...limit, waitMs }, Math.random);
      waits.gaveWay(soFar);
      if (pauseMs === undefined) return asTimedOut(sent, inVain);
      await this.#undone(sent, entry);
      const became = await this.#settle(statement, entry);
      if (became === 'done') return foundDone(sent);
      if (became === 'unknown') throw this.#unclear(statement);
      await this.#pause(pauseMs);
      soFar = { ...soFar, spentMs: soFar.spentMs + pauseMs };
    }
  }

  /** Brings the state of the transaction up to date after a try that did not get the lock. */
  async #undone(sent: Try, entry: JournalEntry): Promise<void> {
    const count = Math.min(sent.before.length, sent.answers.headers.length);
    this.#ledger.carriedOut(sent.before.slice(0, count), entry, sent.runsIn);
    this.#ledger.tell({ type: 'failed', otherwise: this.#ledger.state.open });
    await this.#sender.settle();
  }

  /** Leaves the row of the statement to the next attempt, which settles it as after a lost connection. */
  #unclear(statement: SqlStatement): Error {
    const { session, journal } = this.#sender;
    const error = unclear();
    journal.endUnknown(statement.number);
    session.endUnknown = true;
    session.refuse(error);
    return error;
  }

  /** Waits. If the attempt is to end, it ends here: everything before the statement is committed. */
  async #pause(pauseMs: number): Promise<void> {
    const { session } = this.#sender;
    const until = performance.now() + pauseMs;
    for (let left = pauseMs; left > 0; left = until - performance.now()) {
      if (session.isTimeUp?.() === true && !this.#sender.state.tablesLocked) {
        const paused = new MigrationPaused();
        session.refuse(paused);
        throw paused;
      }
      if (session.refusal !== undefined) throw session.refusal;
      await sleep(Math.min(left, ASK_MS));
    }
  }
}

function after(
  { tries, spentMs, lostWork }: TriesSoFar,
  { hasWorked }: WatchResult,
  tookMs: number,
  { queueMs }: QueueLimit,
): TriesSoFar {
  return {
    tries: tries + 1,
    spentMs: spentMs + (hasWorked ? Math.min(tookMs, queueMs) : tookMs),
    lostWork: lostWork + (hasWorked ? 1 : 0),
  };
}

/** The reason why others may have queued for longer, in a sentence. */
function notWatched(problem: unknown, { queueMs }: QueueLimit): string {
  const server = findServerError(problem);
  const why =
    problem instanceof FanfoldError
      ? problem.message
      : server === undefined
        ? 'The connection failed.'
        : `The server answered with error ${server.errno}.`;
  return `Other queries may have queued for up to ${countOf(wholeSeconds(queueMs), 'second')} while a statement waited for a lock, because no second connection could watch it. ${why}`;
}

/** The error of a statement that has given way for the last time is that of a lock wait timeout, which it is. */
function asTimedOut<Each extends Try>(sent: Each, inVain: InVain): Each {
  if (inVain !== 'killed') return sent;
  const error = sent.answers.error as ServerError & { code?: string };
  Object.assign(error, {
    errno: ERRNO.ER_LOCK_WAIT_TIMEOUT,
    code: 'ER_LOCK_WAIT_TIMEOUT',
    sqlState: 'HY000',
    sqlMessage: TIMED_OUT,
    message: TIMED_OUT,
  });
  return sent;
}

const TIMED_OUT = 'Lock wait timeout exceeded; try restarting transaction';

/** The try of a statement that took effect although the server reported that it was killed. */
function foundDone<Each extends Try>(sent: Each): Each {
  const header = DDL_ANSWER[0] as PacketAnswers['headers'][number];
  return { ...sent, before: [], answers: { headers: [header], answer: DDL_ANSWER } };
}
