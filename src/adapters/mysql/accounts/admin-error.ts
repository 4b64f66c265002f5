import { FanfoldError, type FanfoldErrorOptions } from '../../../core/errors.ts';
import type { AdminLogin, ServerAddress } from '../../../core/provision/database-server.ts';
import { serverName } from '../../../core/tenant.ts';
import { isConnectionLost } from '../../server/connection-lost.ts';
import { ERRNO } from '../../server/errno.ts';
import { findServerError, type ServerError, withoutData } from '../../server/server-error.ts';
import { meaningOf } from '../../server/statement-errors.ts';

interface Meaning extends Omit<FanfoldErrorOptions, 'fault' | 'cause'> {
  readonly code: string;
  readonly fault?: 'configuration' | undefined;
}

const RIGHTS: Meaning = {
  code: 'AdminRightsMissing',
  fault: 'configuration',
  nextStep:
    'Give the administrator of that server CREATE USER, CREATE, DROP and what it is to grant, all ON *.* WITH GRANT OPTION; docs/security.md has the statements.',
};

const NAME: Meaning = {
  code: 'NameRefused',
  nextStep: 'Choose another --database or --user, after taking the tenant away with --undo.',
};

/** Error numbers of CREATE DATABASE, CREATE USER, GRANT and their opposites, on MySQL and MariaDB. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [ERRNO.ER_DBACCESS_DENIED_ERROR, RIGHTS],
  [ERRNO.ER_ACCESS_DENIED_ERROR, RIGHTS],
  [ERRNO.ER_TABLEACCESS_DENIED_ERROR, RIGHTS],
  [ERRNO.ER_SPECIFIC_ACCESS_DENIED_ERROR, RIGHTS],
  [ERRNO.ER_CANT_CREATE_USER_WITH_GRANT, RIGHTS],
  [ERRNO.ER_DB_ACCESS_DENIED, RIGHTS],
  [ERRNO.ER_TOO_LONG_IDENT, NAME],
  [ERRNO.ER_WRONG_DB_NAME, NAME],
  [ERRNO.ER_WRONG_STRING_LENGTH, NAME],
  [
    ERRNO.ER_NOT_VALID_PASSWORD,
    {
      code: 'PasswordRefused',
      nextStep:
        "Fanfold's passwords have 43 random letters, digits, hyphens and underscores. Loosen the server's password policy (validate_password, simple_password_check) to take those.",
    },
  ],
  [
    ERRNO.ER_UNKNOWN_CHARACTER_SET,
    { code: 'CollationUnknown', nextStep: 'Choose a --collation that the server has.' },
  ],
  [
    ERRNO.ER_COLLATION_CHARSET_MISMATCH,
    { code: 'CollationUnknown', nextStep: 'Choose a --collation of utf8mb4.' },
  ],
  [
    ERRNO.ER_UNKNOWN_COLLATION,
    { code: 'CollationUnknown', nextStep: 'Choose a --collation that the server has.' },
  ],
]);

/** An administrator's next steps, by code of the errors that any statement may meet. */
const GENERAL: Readonly<Record<string, string>> = {
  ServerFull: 'Make room on the database server, or choose another one; then run it again.',
  ServerReadOnly: 'Wait for the failover to end, or name the writer as the host.',
  ServerNotReady: 'Wait until the cluster has a primary and this node is part of it.',
  ServerOverloaded: 'Run it again when the server has memory to spare.',
  UserLimitReached: 'Wait, or raise the limit of the administrator that the message names.',
  LockWaitTimeout: 'Run it again.',
  Deadlock: 'Run it again.',
  TransactionConflict: 'Run it again.',
  ForbiddenByServer: 'Change the setting of the server that the message names.',
};

const UNREACHABLE =
  'Check that the server runs, and the way there; then run it again: it resumes where it was. A tenant that was never ACTIVE gets another address by taking it away (tenant:provision --undo) and provisioning it anew, others by tenant:move.';

/** Next steps in place of those for a tenant's own connection: its database may not be there yet. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  HostNotFound: UNREACHABLE,
  ConnectionRefused: UNREACHABLE,
  ConnectionTimedOut: UNREACHABLE,
  TooManyConnections:
    'Run it again when the server has connections to spare: it resumes where it was. Do fewer at a time, or raise max_connections of the server.',
};

/** Explains why an administrator could not log in. A tenant's own words about it would mislead. */
export function explainAdminConnect(
  error: unknown,
  address: ServerAddress,
  { user }: AdminLogin,
): unknown {
  if (!(error instanceof FanfoldError)) return error;
  const nextStep = NEXT_STEPS[error.code];
  if (nextStep !== undefined) {
    const { code, message, fault, retryable, ownWords } = error;
    return new FanfoldError(code, message, { fault, retryable, ownWords, nextStep });
  }
  if (error.code === 'AccessDenied') {
    return new FanfoldError(
      'AdminAccessDenied',
      `${serverName(address)} refused the login of its administrator "${user}".`,
      {
        fault: 'configuration',
        ownWords: true,
        nextStep:
          'Correct user or password in the secret of that server: FANFOLD_ADMIN_URL, the file that FANFOLD_ADMIN_FILE names, or the secret of its stack.',
      },
    );
  }
  return error;
}

/** Explains an error of a statement that an administrator sent. The cause is not kept: it holds the statement. */
export function explainAdminQuery(error: unknown, address: ServerAddress): unknown {
  if (error instanceof FanfoldError) return error;
  const server = serverName(address);
  if (isConnectionLost(error)) {
    return new FanfoldError('ConnectionLost', `The connection to ${server} was lost.`, {
      fault: 'tenant',
      retryable: true,
      nextStep: "Look at the database server's log; run it again, it resumes where it was.",
    });
  }
  const answer = findServerError(error);
  return answer === undefined ? error : explainAnswer(answer, server);
}

function explainAnswer(answer: ServerError, server: string): FanfoldError {
  const { code, fault = 'tenant', ...options } = meaning(answer);
  const said = withoutData(answer.sqlMessage);
  return new FanfoldError(
    code,
    `${server} refused to make what the tenant needs: ${said} (error ${answer.errno}).`,
    { fault, ...options },
  );
}

function meaning(answer: ServerError): Meaning {
  const own = MEANINGS.get(answer.errno);
  if (own !== undefined) return own;
  const general = meaningOf(answer);
  const nextStep = general && GENERAL[general.code];
  if (general !== undefined && nextStep !== undefined) return { ...general, nextStep };
  return {
    code: 'ProvisioningFailed',
    nextStep: "Look the error up, and at the database server's log; then run it again.",
  };
}
