/** The reason why there is no trusted TLS connection to a server. */
export interface TlsRefusal {
  /** `none`: the server offers no TLS; `other`: OpenSSL's own words are in the reason. */
  readonly kind: 'none' | 'name' | 'expired' | 'early' | 'authority' | 'other';
  /** Follows "The certificate of <server>"; for `none` it follows the server itself. */
  readonly reason: string;
  readonly nextStep: string;
}

/** The next step if a server or an account refuses connections without TLS. */
export const REQUIRE_TLS =
  'Encrypt the connection with --tls required (connections to a loopback address are not encrypted by default), and name the certificate authority of the server with --ca <file>.';

/**
 * Explains a failed TLS handshake from the driver's message, because the drivers keep nothing else of
 * Node's error.
 *
 * @param words the message, on one line
 * @param host the host name that was connected to
 * @param setting the setting that holds the host name, such as "dbHost of the tenant"
 */
export function explainTlsRefusal(words: string, host: string, setting: string): TlsRefusal {
  const without = 'in a network that you trust, --tls off connects without TLS';
  if (NONE.test(words)) {
    return {
      kind: 'none',
      reason: 'offers no TLS, and without it others on the network could read the password',
      nextStep: `Enable TLS on the server; ${without}.`,
    };
  }
  if (NAME.test(words)) {
    const names = NAMES.exec(words)?.[1]?.trim() || 'no name that could be compared';
    return {
      kind: 'name',
      reason: `is for ${cut(names)}, and not for "${host}"`,
      nextStep: `Use a name from the certificate as ${setting}, or give the server a certificate for "${host}".`,
    };
  }
  if (EXPIRED.test(words)) {
    return {
      kind: 'expired',
      reason: 'has expired, or the certificate of its authority has',
      nextStep: 'Renew it on the server; if it is still valid, correct the clock of this machine.',
    };
  }
  if (EARLY.test(words)) {
    return {
      kind: 'early',
      reason: 'is not valid yet',
      nextStep: "Correct the clock of this machine, or replace the server's certificate.",
    };
  }
  if (AUTHORITY.test(words)) {
    return {
      kind: 'authority',
      reason:
        'was issued by an authority that is not trusted: Fanfold trusts public authorities, those of Amazon RDS and those that you name',
      nextStep: `Name the certificate authority of the server with --ca <file>; ${without}.`,
    };
  }
  return {
    kind: 'other',
    reason: `is not accepted: ${cut(words)}`,
    nextStep: `Check the TLS settings and the certificate of the server; ${without}.`,
  };
}

/**
 * Whether a driver's error means that the TLS handshake failed. mysql2 replaces the code of Node's TLS
 * error by HANDSHAKE_SSL_ERROR; the MariaDB driver uses its own numbers or passes Node's code on.
 */
export function isTlsError({
  code,
  errno,
}: {
  readonly code?: string | undefined;
  readonly errno?: number | undefined;
}): boolean {
  return TLS_CODES.test(code ?? '') || TLS_OF_MARIADB_DRIVER.has(errno ?? 0);
}

const TLS_CODES =
  /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO|HANDSHAKE_(NO_SSL_SUPPORT|SSL_ERROR))/;

const TLS_OF_MARIADB_DRIVER: ReadonlySet<number> = new Set([
  45_023, // ER_SERVER_SSL_DISABLED
  45_056, // ER_SELF_SIGNED
  45_057, // ER_SELF_SIGNED_NO_PWD
  45_059, // ER_TLS_IDENTITY_ERROR
  45_062, // ER_SELF_SIGNED_BAD_PLUGIN
]);

/** Whether the message of a driver's TLS error only says that the connection broke during the handshake. */
export function brokeDuringTls(words: string): boolean {
  return /disconnected before secure TLS|ECONNRESET|EPIPE/.test(words);
}

/** Messages of mysql2 and of the MariaDB driver. */
const NONE = /does not support secure connection|ssl not enabled in the server/;
const NAME = /does not match certificate's altnames|identify Error/;
const NAMES = /is not (?:in the cert's altnames|in the cert's list|cert's CN): *(.*)$/;
const EXPIRED = /has expired|CERT_HAS_EXPIRED/;
const EARLY = /not yet valid|CERT_NOT_YET_VALID/;
const AUTHORITY =
  /self[- ]signed certificate|unable to (?:get|verify).*(?:issuer|certificate)|UNABLE_TO_|SELF_SIGNED/i;

/** Shortens a text of the server's, which may be long. */
function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
