import { FanfoldError, type FanfoldErrorOptions } from '../../../core/errors.ts';
import type { AdminLogin, ServerAddress } from '../../../core/provision/database-server.ts';
import { serverName } from '../../../core/tenant.ts';
import { isConnectionLost } from '../connection/connection-lost.ts';
import { findServerError, type ServerError, withoutData } from '../connection/server-error.ts';
import { meaningOf } from '../connection/statement-errors.ts';

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

const FULL: Meaning = {
  code: 'ServerFull',
  nextStep: 'Make room on the database server, or choose another one; then run it again.',
};

/** Error numbers of CREATE DATABASE, CREATE USER, GRANT and their opposites, on MySQL and MariaDB. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [1044, RIGHTS],
  [1045, RIGHTS],
  [1142, RIGHTS],
  [1227, RIGHTS],
  [1410, RIGHTS],
  [1059, NAME],
  [1102, NAME],
  [1470, NAME],
  [
    1819,
    {
      code: 'PasswordRefused',
      nextStep:
        "Fanfold's passwords have 43 random letters, digits, hyphens and underscores. Loosen the server's password policy (validate_password, simple_password_check) to take those.",
    },
  ],
  [1115, { code: 'CollationUnknown', nextStep: 'Choose a --collation that the server has.' }],
  [1253, { code: 'CollationUnknown', nextStep: 'Choose a --collation of utf8mb4.' }],
  [1273, { code: 'CollationUnknown', nextStep: 'Choose a --collation that the server has.' }],
  [
    1290,
    {
      code: 'ServerReadOnly',
      nextStep: 'Wait for the failover to end, or name the writer as the host.',
      retryable: true,
    },
  ],
  [1205, { code: 'LockWaitTimeout', nextStep: 'Run it again.', retryable: true }],
  [1213, { code: 'Deadlock', nextStep: 'Run it again.', retryable: true }],
]);

const UNREACHABLE =
  'Check that the server runs, and the way there; then run it again: it goes on where it was. A tenant that was never ACTIVE gets another address by taking it away (tenant:provision --undo) and provisioning it anew, others by tenant:move.';

/** Where what is said of a tenant's own connection would not help: its database may not be there yet. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  HostNotFound: UNREACHABLE,
  ConnectionRefused: UNREACHABLE,
  ConnectionTimedOut: UNREACHABLE,
  TooManyConnections:
    'Run it again when the server has connections to spare: it goes on where it was. Do fewer at a time, or raise max_connections of the server.',
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
      nextStep: "Look at the database server's log; run it again, it goes on where it was.",
    });
  }
  const answer = findServerError(error);
  return answer === undefined ? error : explainAnswer(answer, server);
}

function explainAnswer(answer: ServerError, server: string): FanfoldError {
  const {
    code,
    fault = 'tenant',
    ...options
  } = (meaningOf(answer)?.code === FULL.code ? FULL : MEANINGS.get(answer.errno)) ?? {
    code: 'ProvisioningFailed',
    nextStep: "Look the error up, and at the database server's log; then run it again.",
  };
  const said = withoutData(answer.sqlMessage);
  return new FanfoldError(
    code,
    `${server} refused to make what the tenant needs: ${said} (error ${answer.errno}).`,
    { fault, ...options },
  );
}
