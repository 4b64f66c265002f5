import { DATABASE_PRIVILEGES } from '../../../../core/database-privileges.ts';
import { FanfoldError } from '../../../../core/errors.ts';
import { HalfAppliedError } from '../../../../core/migrate/half-applied-error.ts';
import { MigrationStepError } from '../../../../core/migrate/migration-step-error.ts';
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

/** Facts that are known beside the error. */
interface StepContext extends AskedCircumstances {
  /** Statements that have taken effect for good. */
  readonly committed: number;
  /** A text of the migration without the statements and values that it repeats. */
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
  return new MigrationStepError(code, [message, blockers].filter(Boolean).join(' '), {
    fault: 'migration',
    migration,
    statement,
    errno: server?.errno,
    sqlState: server?.sqlState,
    said,
    // The next attempt resumes where this one ended: the journal says what is done.
    retryable,
    statements: error instanceof HalfAppliedError ? error.statements : undefined,
    nextStep: [
      committed > 0 && !(error instanceof HalfAppliedError) && alreadyCommitted(committed),
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
  const isKnown =
    meaning !== undefined && (isServerState(meaning) || meaning.code === 'PrivilegeMissing');
  return new MigrationStepError(
    'BookkeepingFailed',
    `The migration ran to its end, but that cannot be written down${why}`,
    {
      fault: 'tenant',
      migration,
      errno: server?.errno,
      sqlState: server?.sqlState,
      retryable: meaning?.retryable ?? false,
      nextStep: `${isKnown ? meaning.nextStep : 'Check that knex_migrations and fanfold_journal still have their original columns.'} What it did stays; the next attempt only writes it down.`,
    },
  );
}

/** Explains why what was to be committed at the end of all could not be; other errors stay as they are. */
export function recordErrorOf(error: unknown, database: string): unknown {
  return error instanceof RecordNotWritten ? recordError(error, database) : error;
}

interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
  readonly retryable: boolean;
  /** What tells it from other causes of its code. */
  readonly said?: string | undefined;
}

function explain(
  error: unknown,
  server: ServerError | undefined,
  { isLost, facts }: MigrationSession,
  { readOnly, account, shown }: Pick<StepContext, 'readOnly' | 'account' | 'shown'>,
): Explanation {
  if (error instanceof FanfoldError) return error;
  // The session decides: a migration may have made an error of its own of what it caught.
  if (isLost || isConnectionLost(server ?? error)) {
    return {
      code: 'FenceLost',
      message: 'The connection was lost while the migration ran, and the fence with it.',
      nextStep: "Look at the database server's log; run it again.",
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
    nextStep: 'Correct the migration or what it found in the database; then run it again.',
    retryable: false,
  };
}

/** `CREATE VIEW command denied to user …`: the GRANT to paste, if the account and the privilege are known. */
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
  return `Grant the user that migrates what it lacks: \`fanfold migrate:doctor <tenant> --fix\`, or as an administrator of that server: ${grantText(privileges, database, parseAccount(account))}`;
}

function timedOut(timeout: StatementTimeout | undefined): Explanation {
  return {
    code: 'StatementTimedOut',
    message: `The statement ran longer than the ${timeout?.seconds} s that it was given, and was killed; the server has rolled it back.`,
    nextStep:
      'Give it more time (--statement-timeout), or change less with one statement; the next attempt resumes at it.',
    retryable: false,
  };
}

function alreadyCommitted(count: number): string {
  return `${count} earlier statement(s) of this migration took effect and stay: MySQL commits each DDL statement by itself. The next attempt resumes after them.`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
