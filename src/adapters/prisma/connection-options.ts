import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { PoolConfig } from 'mariadb';
import type { CentralAccess } from '../../core/central/central-access.ts';
import type { VerifiedTls } from '../../core/central/central-database-login.ts';
import { centralToken } from '../../core/iam/token-for.ts';
import { tokenEachConnection } from './token-each-connection.ts';
import { verifyBeforeLogin } from './verify-before-login.ts';

/** The time a connection may take, in milliseconds; after that the server counts as unreachable. */
const CONNECT_TIMEOUT = 8_000;
/** The time an answer may take, in milliseconds. No query here does more than read a page or count an index. */
const ANSWER_TIMEOUT = 60_000;

/**
 * Prepared statements that a connection keeps for their next use, which saves a round trip. Their texts are few. Prisma's
 * adapter keeps none, for programs whose queries are never the same.
 */
const KEPT_STATEMENTS = 32;

/** One process reads one listing and looks up a few rows at the same time. */
const CONNECTIONS = 2;

/** Options of the MariaDB driver, which also works with MySQL, within the limits that the URL's parameters set. */
export function connectionOptions(access: CentralAccess): PoolConfig {
  const { login, tls } = access;
  const { host, port, database, user, password, parameters = {} } = login;
  const connectTimeout = parameters.connectTimeoutMs ?? CONNECT_TIMEOUT;
  const options: PoolConfig = {
    host,
    port,
    database,
    user,
    password,
    connectionLimit: Math.min(CONNECTIONS, parameters.connectionLimit ?? CONNECTIONS),
    minimumIdle: 1,
    prepareCacheLength: KEPT_STATEMENTS,
    connectTimeout,
    acquireTimeout: parameters.acquireTimeoutMs ?? connectTimeout,
    socketTimeout: parameters.answerTimeoutMs ?? ANSWER_TIMEOUT,
    // TCP keep-alive, in milliseconds, detects a server that died silently while no query runs.
    keepAliveDelay: 30_000,
    // The collation is part of the handshake. Any statement that the driver sends by itself later (SET
    // NAMES, or SET time_zone for its `timezone`) would become an unhandled rejection and end the
    // process if the connection broke at that moment.
    collation: 'UTF8MB4_UNICODE_CI',
    // Without TLS, MySQL's caching_sha2_password encrypts the password with the server's public key,
    // which the driver must be allowed to fetch. With TLS it needs no key.
    ...(tls === undefined ? { allowPublicKeyRetrieval: true } : { ssl: tlsOptions(host, tls) }),
  };
  if (login.auth !== 'iam') return options;
  return tokenEachConnection(options, () => centralToken(access));
}

function tlsOptions(host: string, { ca }: VerifiedTls) {
  return verifyBeforeLogin({
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: true,
    // The driver drops a host that is an IP address, and Node would then check for "localhost".
    checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
      checkServerIdentity(host, certificate),
  });
}
