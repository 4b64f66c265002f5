import type { ErrorCode } from '../../../core/error-codes.ts';
import { FanfoldError, type FanfoldErrorOptions } from '../../../core/errors.ts';
import type { AdminLogin } from '../../../core/provision/database-server.ts';
import { type ServerAddress, serverName } from '../../../core/tenant.ts';
import { isConnectionLost } from '../../server/connection-lost.ts';
import { ERRNO } from '../../server/errno.ts';
import { findServerError, type ServerError, withoutData } from '../../server/server-error.ts';
import { meaningOf } from '../../server/statement-errors.ts';

interface Meaning extends Omit<FanfoldErrorOptions, 'fault' | 'cause'> {
  readonly code: ErrorCode;
  readonly fault?: 'configuration' | undefined;
}

const RIGHTS: Meaning = {
  code: 'AdminRightsMissing',
  fault: 'configuration',
  nextStep:
    'Give the administrator of that server CREATE USER, CREATE, DROP and every privilege that it has to grant, all ON *.* WITH GRANT OPTION; docs/explanation/security.md has the statements.',
};

const NAME: Meaning = {
  code: 'NameRefused',
  nextStep: 'Undo the tenant with --undo, then choose another --database or --user.',
};

/** Meanings of error numbers of CREATE DATABASE, CREATE USER, GRANT and the reverse statements, on MySQL and MariaDB. */
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
        "Fanfold's passwords have 43 random letters, digits, hyphens and underscores. Relax the server's password policy (validate_password, simple_password_check) to accept them.",
    },
  ],
  [
    ERRNO.ER_PLUGIN_IS_NOT_LOADED,
    {
      code: 'IamUnsupported',
      nextStep:
        'Only Amazon RDS for MySQL and MariaDB and Aurora MySQL log users in by IAM. Undo the tenant with --undo, then provision it with a password (without --auth iam), or on such a server.',
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

/** Next steps for an administrator, by the codes of errors that any statement can cause. */
const GENERAL: Readonly<Partial<Record<ErrorCode, string>>> = {
  ServerFull:
    'Free disk space on the database server, or choose another one; then run the command again.',
  ServerReadOnly: 'Wait for the failover to end, or name the writer as the host.',
  ServerNotReady: 'Wait until the cluster has a primary and this node is part of it.',
  ServerOverloaded: 'Run the command again when the server has free memory.',
  UserLimitReached: "Wait, or raise the administrator's limit that the message names.",
  LockWaitTimeout: 'Run the command again.',
  Deadlock: 'Run the command again.',
  TransactionConflict: 'Run the command again.',
  ForbiddenByServer: 'Change the server setting that the message names.',
};

const UNREACHABLE =
  'Check that the server is running and can be reached; then run the command again: it resumes. To change the address of a tenant that was never ACTIVE, undo it (tenant:provision --undo) and provision it again; for other tenants use tenant:move.';

/** Next steps that replace those of a tenant's own connection, because its database may not exist yet. */
const NEXT_STEPS: Readonly<Partial<Record<ErrorCode, string>>> = {
  HostNotFound: UNREACHABLE,
  ConnectionRefused: UNREACHABLE,
  ConnectionTimedOut: UNREACHABLE,
  TooManyConnections:
    "Run the command again when the server has free connections: it resumes. Provision fewer tenants at a time, or raise the server's max_connections.",
};

/** Explains why an administrator could not log in; the explanation for a tenant's login would mislead. */
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

/** Explains a failed statement of an administrator. The cause is not kept, because it contains the statement. */
export function explainAdminQuery(error: unknown, address: ServerAddress): unknown {
  if (error instanceof FanfoldError) return error;
  const server = serverName(address);
  if (isConnectionLost(error)) {
    return new FanfoldError('ConnectionLost', `The connection to ${server} was lost.`, {
      fault: 'tenant',
      retryable: true,
      nextStep: "Check the database server's log, then run the command again: it resumes.",
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
    `${server} refused a statement of the provisioning: ${said} (error ${answer.errno}).`,
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
    nextStep: "Look the error up, and check the database server's log; then run the command again.",
  };
}
