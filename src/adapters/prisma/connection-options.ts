import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { PoolConfig } from 'mariadb';
import type {
  CentralDatabaseLogin,
  VerifiedTls,
} from '../../core/central/central-database-login.ts';
import { verifyBeforeLogin } from './verify-before-login.ts';

/** How long a connection may take, in milliseconds; after that the server counts as unreachable. */
const CONNECT_TIMEOUT = 8_000;
/** How long an answer may take. No query here reads more than a page or counts an index. */
const ANSWER_TIMEOUT = 60_000;

/** One process reads one listing, and looks up a few rows beside it. */
const CONNECTIONS = 2;

/** Options of the MariaDB driver, which speaks to MySQL too, as the parameters of the URL bound them. */
export function connectionOptions(
  { host, port, database, user, password, parameters = {} }: CentralDatabaseLogin,
  tls: VerifiedTls | undefined,
): PoolConfig {
  const connectTimeout = parameters.connectTimeoutMs ?? CONNECT_TIMEOUT;
  return {
    host,
    port,
    database,
    user,
    password,
    connectionLimit: Math.min(CONNECTIONS, parameters.connectionLimit ?? CONNECTIONS),
    minimumIdle: 1,
    connectTimeout,
    acquireTimeout: parameters.acquireTimeoutMs ?? connectTimeout,
    socketTimeout: parameters.answerTimeoutMs ?? ANSWER_TIMEOUT,
    // A server that died without a word is noticed while nothing is being asked.
    keepAliveDelay: 30_000,
    // Part of the handshake. Any statement that the driver sends by itself after that (SET NAMES,
    // or SET time_zone for its `timezone`) is a rejection that nobody handles if the connection
    // breaks right then, and ends the process.
    collation: 'UTF8MB4_UNICODE_CI',
    // MySQL's caching_sha2_password sends the password under the server's public key if there
    // is no TLS. Under TLS nothing of the kind is needed.
    ...(tls === undefined ? { allowPublicKeyRetrieval: true } : { ssl: tlsOptions(host, tls) }),
  };
}

function tlsOptions(host: string, { ca }: VerifiedTls) {
  return verifyBeforeLogin({
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: true,
    // The driver forgets the host if it is an address, and Node then checks for "localhost".
    checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
      checkServerIdentity(host, certificate),
  });
}
