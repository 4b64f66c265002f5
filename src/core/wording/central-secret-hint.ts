import type { ErrorCode } from '../error-codes.ts';

/**
 * The next step after an error of a stack's central database, whose login is in a secret and not in
 * `CENTRAL_DATABASE_URL`; `undefined` if the error does not concern the login or the way to the server.
 *
 * @param secret names the secret, such as `the secret arn:…`
 */
export function centralSecretHint(code: ErrorCode, secret: string): string | undefined {
  return HINTS[code]?.(secret);
}

const HINTS: Readonly<Partial<Record<ErrorCode, (secret: string) => string>>> = {
  CentralDatabaseUnreachable: (secret) =>
    `Check that the server is running, that the network allows the connection, and host and port in ${secret}.`,
  CentralDatabaseAccessDenied: (secret) =>
    `Check user and password in ${secret}, and the user's privileges. It was read again after the refusal: if it rotates, its rotation may have failed, and the server has another password than the secret.`,
  CentralDatabaseMissing: (secret) =>
    `Create it, or correct its name in ${secret}; then create its tables: \`fanfold migrate:latest\`.`,
  CentralDatabaseSchemaMismatch: (secret) =>
    `Bring it up to date (\`fanfold migrate:latest\`), or check that ${secret} names the right database.`,
  CentralDatabaseTlsFailed: (secret) =>
    `Check the TLS settings of the server, that its certificate is for the host in ${secret}, and that certificatesFile of the stack has its authority; or do without TLS in a network that you trust (tls: off of the stack).`,
};
