import { inspect } from 'node:util';
import { FanfoldError } from '../../../core/errors.ts';
import { HalfAppliedError } from '../../../core/migrate/half-applied-error.ts';
import { MigrationStepError } from '../../../core/migrate/migration-step-error.ts';
import { isConnectionLost } from '../connection/connection-lost.ts';
import {
  findServerError,
  messageForPeople,
  type ServerError,
  withoutData,
} from '../connection/server-error.ts';
import { meaningOf } from '../connection/statement-errors.ts';
import type { MigrationSession } from './migration-session.ts';
import type { RecordNotWritten } from './record-not-written.ts';
import type { StatementTimeout } from './statement-timeout.ts';

/** A value that a migration threw and that is no Error, so that it can travel as one. */
class ThrownValue extends Error {
  override readonly name = 'ThrownValue';
}

/** What a migration threw, as an Error. */
export function thrownByMigration(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new ThrownValue(
    `a value that is no Error: ${inspect(thrown, { depth: 1, breakLength: 100 })}`,
  );
}

/** What is known beside the error. */
interface StepContext {
  /** Statements that have taken effect for good. */
  readonly committed: number;
  /** Who was in the way, where it waited for a lock in vain. */
  readonly blockers: string | undefined;
  readonly database: string;
}

/** ER_QUERY_INTERRUPTED */
const INTERRUPTED = 1317;

/** Explains why a migration of `database` could not be applied, and how far it came. */
export function stepError(
  error: unknown,
  migration: string,
  session: MigrationSession,
  { committed, blockers, database }: StepContext,
): MigrationStepError {
  const statement = session.failedStatement(error);
  const server = findServerError(error);
  const { code, message, nextStep, retryable } =
    session.timedOut && server?.errno === INTERRUPTED
      ? timedOut(session.timeout)
      : explain(error, server, database);
  const { endUnknown, maybePartial } = session;
  return new MigrationStepError(code, [message, blockers].filter(Boolean).join(' '), {
    fault: 'migration',
    migration,
    statement,
    errno: server?.errno,
    sqlState: server?.sqlState,
    // The next attempt goes on where this one ended: the journal knows what is done.
    retryable,
    statements: error instanceof HalfAppliedError ? error.statements : undefined,
    nextStep: [
      committed > 0 && alreadyCommitted(committed),
      endUnknown &&
        'The next attempt finds out what became of the statement under which it was lost.',
      maybePartial &&
        'The failed query holds several statements that could not be told apart: those before the failed one ran.',
      nextStep,
    ]
      .filter(Boolean)
      .join(' '),
  });
}

/** Explains why it could not be written down in `database` that a migration has ended. */
export function recordError(
  { migration, cause }: RecordNotWritten,
  database: string,
): MigrationStepError {
  const server = findServerError(cause);
  const meaning = server && meaningOf(server);
  const why = server === undefined ? '' : `: ${messageForPeople(server, database)}`;
  const isKnown = meaning?.code === 'ServerFull' || meaning?.code === 'PrivilegeMissing';
  return new MigrationStepError(
    'BookkeepingFailed',
    `The migration ran to its end, but that cannot be written down${why}`,
    {
      fault: 'tenant',
      migration,
      errno: server?.errno,
      sqlState: server?.sqlState,
      retryable: meaning?.retryable ?? false,
      nextStep: `${isKnown ? meaning.nextStep : 'See that knex_migrations is as Knex made it, and fanfold_journal as Fanfold did.'} What it did stays; the next attempt only writes it down.`,
    },
  );
}

interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
  readonly retryable: boolean;
}

function explain(error: unknown, server: ServerError | undefined, database: string): Explanation {
  if (error instanceof FanfoldError) return error;
  if (isConnectionLost(server ?? error)) {
    return {
      code: 'FenceLost',
      message: 'The connection was lost while the migration ran, and the fence with it.',
      nextStep: "Look at the database server's log; run it again.",
      retryable: true,
    };
  }
  if (server !== undefined) {
    const meaning = meaningOf(server);
    return {
      code: meaning?.code ?? 'StatementFailed',
      message: messageForPeople(server, database),
      nextStep: meaning?.nextStep ?? 'Correct the migration or the database; then run it again.',
      retryable: meaning?.retryable ?? false,
    };
  }
  const thrown = thrownByMigration(error);
  return {
    code: 'MigrationThrew',
    message:
      thrown instanceof ThrownValue
        ? `The migration threw ${thrown.message}`
        : `The migration threw ${thrown.name}: ${withoutData(firstLine(thrown.message))}`,
    nextStep: 'Correct the migration or what it found in the database; then run it again.',
    retryable: false,
  };
}

function timedOut(timeout: StatementTimeout | undefined): Explanation {
  return {
    code: 'StatementTimedOut',
    message: `The statement ran longer than the ${timeout?.seconds} s that it was given, and was killed; the server has taken it back.`,
    nextStep:
      'Give it more time (--statement-timeout), or change less with one statement; the next attempt goes on with it.',
    retryable: false,
  };
}

function alreadyCommitted(count: number): string {
  return `${count} earlier statement(s) of this migration took effect and stay: MySQL commits each DDL statement by itself. The next attempt goes on behind them.`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
