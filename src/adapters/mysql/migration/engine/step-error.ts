import type { ErrorCode } from '../../../../core/error-codes.ts';
import { FanfoldError } from '../../../../core/errors.ts';
import { HalfAppliedError } from '../../../../core/migrate/half-applied-error.ts';
import { MigrationStepError } from '../../../../core/migrate/migration-step-error.ts';
import { DATABASE_PRIVILEGES } from '../../../../core/provision/database-privileges.ts';
import { grantText, parseAccount } from '../../../../core/wording/account-sql.ts';
import { isConnectionLost } from '../../../server/connection-lost.ts';
import { ERRNO } from '../../../server/errno.ts';
import {
  findServerError,
  messageForPeople,
  type ServerError,
  withNamesBare,
  withoutData,
} from '../../../server/server-error.ts';
import { isServerState, meaningOf } from '../../../server/statement-errors.ts';
import type { AskedCircumstances } from '../../locks/error-circumstances.ts';
import { inertError, ThrownValue } from '../knex/inert-error.ts';
import type { MigrationSession } from './migration-session.ts';
import { RecordNotWritten } from './record-not-written.ts';
import type { StatementTimeout } from './statement-timeout.ts';

/** Facts in addition to the error. */
interface StepContext extends AskedCircumstances {
  /** The number of statements with a committed effect. */
  readonly committed: number;
  /** Removes the migration's statements and values from a text. */
  readonly shown: (text: string) => string;
}

/** Explains why a migration could not be applied, and how far it came. */
export function stepError(
  error: unknown,
  migration: string,
  session: MigrationSession,
  { committed, blockers, readOnly, account, shown }: StepContext,
): MigrationStepError {
  const statement = session.failedStatement(error);
  const server = findServerError(error);
  const { code, message, nextStep, retryable, said } =
    session.timedOut && server?.errno === ERRNO.ER_QUERY_INTERRUPTED
      ? timedOut(session.facts.timeout)
      : explain(error, server, session, { readOnly, account, shown });
  const { endUnknown, maybePartial } = session;
  const gaveWay = code === 'LockWaitTimeout' ? session.waits.ofLast : undefined;
  return new MigrationStepError(code, [message, gaveWay, blockers].filter(Boolean).join(' '), {
    fault: 'migration',
    migration,
    statement,
    errno: server?.errno,
    sqlState: server?.sqlState,
    said,
    // A retry resumes where this attempt ended, because the journal shows what is done.
    retryable,
    statements: error instanceof HalfAppliedError ? error.statements : undefined,
    nextStep: [
      committed > 0 && !(error instanceof HalfAppliedError) && alreadyCommitted(committed),
      endUnknown &&
        'The next attempt determines whether the statement that was running took effect.',
      maybePartial &&
        'The failed query has several statements that could not be separated: those before the failed one ran.',
      nextStep,
      gaveWay !== undefined && session.waits.nextStep,
    ]
      .filter(Boolean)
      .join(' '),
  });
}

/** Explains why the end of a migration could not be recorded in `database`. */
export function recordError(
  { migration, cause, isRolledBack }: RecordNotWritten,
  database: string,
): MigrationStepError {
  const server = findServerError(cause);
  const meaning = server && meaningOf(server);
  const why = server === undefined ? '' : `: ${messageForPeople(server, database)}`;
  const isKnown =
    meaning !== undefined && (isServerState(meaning) || meaning.code === 'PrivilegeMissing');
  return new MigrationStepError(
    'BookkeepingFailed',
    `The migration completed, but its record cannot be written${why}`,
    {
      fault: 'tenant',
      migration,
      errno: server?.errno,
      sqlState: server?.sqlState,
      retryable: meaning?.retryable ?? false,
      nextStep: `${isKnown ? meaning.nextStep : 'Check that knex_migrations and fanfold_journal still have their original columns.'} ${isRolledBack ? 'Its last transaction was rolled back; the next attempt repeats it.' : 'Its changes stay; the next attempt only writes the record.'}`,
    },
  );
}

/** Explains a failed record at the end of a run; other errors are returned unchanged. */
export function recordErrorOf(error: unknown, database: string): unknown {
  return error instanceof RecordNotWritten ? recordError(error, database) : error;
}

interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly nextStep: string;
  readonly retryable: boolean;
  /** Distinguishes it from other causes with the same code. */
  readonly said?: string | undefined;
}

function explain(
  error: unknown,
  server: ServerError | undefined,
  { isLost, facts }: MigrationSession,
  { readOnly, account, shown }: Pick<StepContext, 'readOnly' | 'account' | 'shown'>,
): Explanation {
  if (error instanceof FanfoldError) return error;
  // The session decides, because the migration may have replaced the error that it caught.
  if (isLost || isConnectionLost(server ?? error)) {
    return {
      code: 'FenceLost',
      message: 'The connection, and with it the fence, was lost while the migration was running.',
      nextStep: "Check the database server's log, then run the migration again.",
      retryable: true,
    };
  }
  if (server !== undefined) {
    const meaning = meaningOf(server, { readOnly });
    const message = messageForPeople(server, facts.database);
    return {
      code: meaning?.code ?? 'StatementFailed',
      message,
      said: withNamesBare(message),
      nextStep:
        missingGrant(server, facts.database, account) ??
        meaning?.nextStep ??
        'Correct the migration or the database; then run it again.',
      retryable: meaning?.retryable ?? false,
    };
  }
  const thrown = inertError(error);
  const said = withoutData(shown(thrown.message));
  return {
    code: 'MigrationThrew',
    message:
      thrown instanceof ThrownValue
        ? `The migration threw ${shown(thrown.message)}`
        : `The migration threw ${thrown.name}: ${firstLine(said)}`,
    said: `${thrown.name}: ${said}`,
    nextStep: 'Correct the migration or the data that it found; then run it again.',
    retryable: false,
  };
}

/** The GRANT to paste after `CREATE VIEW command denied to user …`, if account and privilege are known. */
function missingGrant(
  { errno, sqlMessage }: ServerError,
  database: string,
  account: string | undefined,
): string | undefined {
  if (account === undefined) return undefined;
  const [, denied = ''] = /^([A-Za-z, ]+?) command denied to user /.exec(sqlMessage) ?? [];
  const named = denied.toUpperCase().split(/, */);
  const isDatabase = errno === ERRNO.ER_DBACCESS_DENIED_ERROR;
  const privileges = isDatabase ? ['ALL'] : named;
  if (!isDatabase && !named.every((name) => DATABASE_PRIVILEGES.includes(name))) return undefined;
  return `Grant the migrating user the missing privilege: \`fanfold migrate:doctor <tenant> --fix\`, or as an administrator of that server: ${grantText(privileges, database, parseAccount(account))}`;
}

function timedOut(timeout: StatementTimeout | undefined): Explanation {
  return {
    code: 'StatementTimedOut',
    message: `The statement ran longer than the statement timeout of ${timeout?.seconds} s and was killed; the server has rolled it back.`,
    nextStep:
      'Raise --statement-timeout, or change less with one statement; the next attempt resumes at it.',
    retryable: false,
  };
}

function alreadyCommitted(count: number): string {
  return `${count} earlier statement(s) of this migration took effect and stay, because MySQL commits each DDL statement separately. The next attempt resumes after them.`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
