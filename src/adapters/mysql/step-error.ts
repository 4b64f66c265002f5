import { inspect } from 'node:util';
import { FanfoldError } from '../../core/errors.ts';
import { MigrationStepError } from '../../core/migrate/migration-step-error.ts';
import { isConnectionLost } from './connection-lost.ts';
import type { MigrationSession } from './migration-session.ts';
import { findServerError, messageForPeople, type ServerError } from './server-error.ts';
import { STATEMENT_ERRORS } from './statement-errors.ts';

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

/** Explains why a migration of `database` could not be applied, and how far it came. */
export function stepError(
  error: unknown,
  migration: string,
  session: MigrationSession,
  database: string,
): MigrationStepError {
  const statement = session.failedStatement(error);
  const server = findServerError(error);
  const { code, message, nextStep, retryable } = explain(error, server, database);
  const { committed, endUnknown, maybePartial } = session;
  return new MigrationStepError(code, message, {
    fault: 'migration',
    migration,
    statement,
    errno: server?.errno,
    sqlState: server?.sqlState,
    // A second attempt would do again what is done already.
    retryable: retryable && committed === 0 && !endUnknown && !maybePartial,
    nextStep: [
      committed > 0 && alreadyCommitted(committed),
      endUnknown &&
        'Whether the statement under which it was lost took effect is not known: compare its target with the migration.',
      maybePartial && 'The failed query holds several statements: those before the failed one ran.',
      nextStep,
    ]
      .filter(Boolean)
      .join(' '),
  });
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
    const meaning = STATEMENT_ERRORS.get(server.errno);
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
        : `The migration threw ${thrown.name}: ${firstLine(thrown.message)}`,
    nextStep: 'Correct the migration or what it found in the database; then run it again.',
    retryable: false,
  };
}

function alreadyCommitted(count: number): string {
  return `${count} earlier statement(s) of this migration took effect and stay: MySQL commits each DDL statement by itself.`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
