import { effectiveGuard } from '../../../../core/safety/guard/effective-guard.ts';
import type { MigrationSafety } from '../../../../core/safety/guard/guard-settings.ts';
import type { KnexTables } from '../../bookkeeping/knex-tables.ts';
import type { JournaledMigration } from '../../journal/journaled-migration.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import { hashStatement } from '../../journal/statement-hashes.ts';
import type { StatementJournal } from '../../journal/statement-journal.ts';
import { type Answer, DDL_ANSWER } from '../../journal/stored-answer.ts';
import { delimiterInSql, hasDelimiterCommand } from '../../sql/delimiter-command.ts';
import { type SqlPart, splitStatements } from '../../sql/split-statements.ts';
import { type StatementTraits, statementTraits } from '../../sql/statement-traits.ts';
import type { KnexQuery, StatementRunner } from '../knex/fence-state.ts';
import type { StreamedRows } from '../knex/streamed-rows.ts';
import { StatementGuard } from './guard/statement-guard.ts';
import { LiveStatements } from './live-statements.ts';
import { MigrationPaused } from './migration-paused.ts';
import type { MigrationSession } from './migration-session.ts';
import { PacketSender } from './packet-sender.ts';
import { Replay } from './replay.ts';
import { StatementSender } from './statement-sender.ts';
import { TransactionControl } from './transaction-control.ts';
import { TransactionLedger } from './transaction-ledger.ts';

/**
 * Milliseconds after which a statement that commits itself is committed if nothing follows it. Code that
 * awaits its answer and sends the next statement does so in the same turn of the event loop, even on a busy
 * machine. Code that waits for anything else must not keep the statement's locks meanwhile.
 */
const COMMIT_AFTER_MS = 5;

/** A migration that is about to run. */
export interface StartedMigration extends JournaledMigration {
  /** Called before every statement with which another attempt can resume; `true` pauses. */
  readonly pause?: (() => boolean) | undefined;
  /** Its own limits for statements, over those of the run. */
  readonly safety?: MigrationSafety | undefined;
  readonly tables: Pick<KnexTables, 'kept'>;
}

/**
 * Runs everything that migrations send, one statement at a time. Statements are numbered; those that an
 * earlier attempt has run are answered from the journal, and the others run live.
 */
export class MigrationStatements implements StatementRunner {
  readonly session: MigrationSession;
  readonly sender: PacketSender;
  readonly replay: Replay;
  readonly #live: LiveStatements;
  readonly #control: TransactionControl;
  readonly #guard: StatementGuard;
  readonly #statements: StatementSender;
  #pause: (() => boolean) | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #inQueue = 0;
  #commitTimer: NodeJS.Timeout | undefined;
  /** Streams that have not ended. */
  readonly #streams = new Set<StreamedRows>();

  constructor(session: MigrationSession, journal: StatementJournal) {
    this.session = session;
    const ledger = new TransactionLedger(journal);
    this.sender = new PacketSender(session, ledger);
    this.#guard = new StatementGuard(session);
    this.#statements = new StatementSender(this.sender, ledger, this.#guard);
    this.#live = new LiveStatements(this.sender, this.#statements);
    this.#control = new TransactionControl(this.sender, this.#statements);
    this.replay = new Replay(this.sender, this.#statements, this.#live);
  }

  /** Starts a migration and reads the journal of earlier attempts. */
  async start(migration: StartedMigration): Promise<void> {
    this.session.startMigration();
    this.session.facts.observer?.started(migration.id);
    this.sender.startMigration();
    this.#guard.startMigration(this.session.facts.safety, migration.safety);
    this.#pause = migration.pause;
    this.session.isTimeUp = migration.pause;
    const { queueMs, keep } = effectiveGuard(this.session.facts.safety, migration.safety);
    this.session.queueMs = queueMs;
    // A rollback drops only tables and columns that the migration itself has made.
    const isKept =
      keep && migration.direction === 'up' && this.session.facts.observer === undefined;
    const { id, runId, tables } = migration;
    this.#statements.keeping = isKept ? { migration: id, runId, tables } : undefined;
    this.#live.schema.startMigration(migration.isOpen);
    await this.replay.start(migration);
  }

  /** Runs a query of the migration; if it has several statements, they run one by one. */
  run({ sql, bindings, options = {}, following = [] }: KnexQuery): Promise<Answer> {
    return this.#inTurn(async () => {
      await this.sender.refreshMode();
      const { sqlMode } = this.session;
      if (hasDelimiterCommand(sql, sqlMode)) throw delimiterInSql();
      const parts = splitStatements(sql, bindings, sqlMode);
      const [only] = parts;
      if (parts.length === 1 && only !== undefined) {
        return (await this.#part(only, options, following)).answer;
      }
      const results: unknown[] = [];
      const fields: unknown[] = [];
      for (const part of parts) {
        const { answer, isCall } = await this.#part(part, options, [], parts.length);
        // A procedure returns several results, which the driver puts in line with the others.
        if (isCall && Array.isArray(answer[0])) results.push(...answer[0]);
        else results.push(answer[0]);
        fields.push(answer[1]);
      }
      return [results, fields];
    });
  }

  /** Starts a stream of rows; until it ends, the driver queues the following statements. */
  async stream(
    { sql, bindings }: Pick<KnexQuery, 'sql' | 'bindings'>,
    start: (rows: StreamedRows) => Promise<unknown>,
  ): Promise<unknown> {
    const streaming = await this.#inTurn(async () => {
      const part = { sql, bindings, several: false };
      const statement = this.#next(part, { kind: 'read', traits: this.#traitsOf(part) });
      const earlier = this.replay.expectStream(statement);
      const { rows, ending } = await this.#live.stream(statement, start, (stored) =>
        this.replay.expectRows(statement, earlier, stored),
      );
      this.#streams.add(rows);
      if (this.#inQueue > 1) rows.absorb();
      const ended = ending
        .catch((error) => {
          this.session.failedAt(error, statementRef(statement));
          throw error;
        })
        .finally(() => this.#streams.delete(rows));
      return { ending: this.session.tracking(ended) };
    });
    return streaming.ending;
  }

  /** Unlocks tables that the migration has left locked. */
  unlockTables(): Promise<void> {
    return this.#live.locks.unlockLeft();
  }

  /** Stops the timer that would commit later, because the attempt has ended. */
  stopCommitting(): void {
    clearTimeout(this.#commitTimer);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    for (const rows of this.#streams) rows.absorb();
    clearTimeout(this.#commitTimer);
    this.#inQueue++;
    const turn = this.#queue.then(work).finally(() => {
      this.#inQueue--;
      // A statement that commits itself waits for the next packet.
      if (this.#inQueue === 0 && this.sender.state.open === 'single') this.#commitSoon();
    });
    this.#queue = turn.catch(() => {});
    return this.session.tracking(turn);
  }

  #commitSoon(): void {
    clearTimeout(this.#commitTimer);
    this.#commitTimer = setTimeout(() => {
      const committing = this.#inTurn(async () => {
        if (this.session.refusal === undefined) await this.sender.commit();
      });
      // The migration has already received a successful answer, so it must not continue.
      committing.catch((error) => this.session.refuse(error));
    }, COMMIT_AFTER_MS);
  }

  async #part(
    part: SqlPart,
    options: object,
    following: readonly string[] = [],
    together = 1,
  ): Promise<{ answer: Answer; isCall: boolean }> {
    const traits = this.#traitsOf(part);
    const { kind } = traits;
    if (kind === 'control') {
      await this.#control.run(part.sql, this.replay.number, this.replay.isNextKnown);
      return { answer: DDL_ANSWER, isCall: false };
    }
    const statement = this.#next(part, { kind, traits }, { options, following, together });
    await this.#pauseBefore(statement);
    const answer = await this.replay.answer(statement);
    return { answer, isCall: statement.kind === 'opaque' };
  }

  #traitsOf({ sql, several }: SqlPart): StatementTraits {
    const flavour = this.session.isMariaDB ? 'mariadb' : 'mysql';
    return statementTraits(sql, this.session.sqlMode, several, flavour);
  }

  #next(
    { sql, bindings, several }: SqlPart,
    { kind, traits }: Pick<SqlStatement, 'kind' | 'traits'>,
    {
      options = {},
      following = [],
      together = 1,
    }: Partial<Pick<SqlStatement, 'options' | 'following' | 'together'>> = {},
  ): SqlStatement {
    const { refusal, sqlMode: mode } = this.session;
    if (refusal !== undefined) throw refusal;
    const hashes = hashStatement(sql, bindings);
    const number = this.replay.nextNumber();
    const text = { number, sql, bindings, several, together, following, options };
    return { ...text, kind, hashes, traits, mode };
  }

  /** Pauses before a statement if everything before it is committed or can be. */
  async #pauseBefore({ kind, number }: SqlStatement): Promise<void> {
    const { open, tablesLocked } = this.sender.state;
    if (kind === 'unlocking' || tablesLocked || open === 'migration') return;
    if (this.replay.isKnown(number) || this.#pause?.() !== true) return;
    if (open === 'single') await this.sender.commit();
    const paused = new MigrationPaused();
    this.session.refuse(paused);
    throw paused;
  }
}
