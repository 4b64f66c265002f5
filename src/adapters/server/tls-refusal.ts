/** Why there is no trusted TLS connection to a server. */
export interface TlsRefusal {
  /** `none`: the server offers no TLS; `other`: OpenSSL's own words are in the reason. */
  readonly kind: 'none' | 'name' | 'expired' | 'early' | 'authority' | 'other';
  /** Follows "The certificate of <server>"; for `none` it follows the server itself. */
  readonly reason: string;
  readonly nextStep: string;
}

/** The next step if a server, or an account, takes no connection without TLS. */
export const REQUIRE_TLS =
  'Encrypt the connection with --tls required (by default a loopback address goes without TLS), and name the certificate authority of the server with --ca <file>.';

/**
 * Explains TLS that did not come about. The drivers keep nothing of Node's error but its words, which
 * are therefore what this reads.
 *
 * @param words one line
 * @param host as it was connected to
 * @param setting where that name stands, such as "dbHost of the tenant"
 */
export function explainTlsRefusal(words: string, host: string, setting: string): TlsRefusal {
  const without = 'in a network that you trust, --tls off does without';
  if (NONE.test(words)) {
    return {
      kind: 'none',
      reason: 'offers no TLS, and without it a password would cross the network in reach of others',
      nextStep: `Turn TLS on in the server; ${without}.`,
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
      reason: 'has expired, or that of its authority has',
      nextStep:
        'Renew it on the server; if it is still valid, set the clock of this machine right.',
    };
  }
  if (EARLY.test(words)) {
    return {
      kind: 'early',
      reason: 'is not valid yet',
      nextStep: "Set the clock of this machine right, or the server's certificate.",
    };
  }
  if (AUTHORITY.test(words)) {
    return {
      kind: 'authority',
      reason:
        'was issued by an authority that is not trusted here: trusted are the public ones, those of Amazon RDS and those that were given',
      nextStep: `Give the certificate authority of the server with --ca <file>; ${without}.`,
    };
  }
  return {
    kind: 'other',
    reason: `is not accepted: ${cut(words)}`,
    nextStep: `Check the TLS settings and the certificate of the server; ${without}.`,
  };
}

/**
 * Whether a driver says that TLS did not come about. mysql2 puts HANDSHAKE_SSL_ERROR over the code of
 * whatever Node's TLS has found; the MariaDB driver has numbers of its own, or hands Node's code on.
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

/** Whether the words of a driver's TLS error say only that the connection broke meanwhile. */
export function brokeDuringTls(words: string): boolean {
  return /disconnected before secure TLS|ECONNRESET|EPIPE/.test(words);
}

/** Of mysql2 and of the MariaDB driver. */
const NONE = /does not support secure connection|ssl not enabled in the server/;
const NAME = /does not match certificate's altnames|identify Error/;
const NAMES = /is not (?:in the cert's altnames|in the cert's list|cert's CN): *(.*)$/;
const EXPIRED = /has expired|CERT_HAS_EXPIRED/;
const EARLY = /not yet valid|CERT_NOT_YET_VALID/;
const AUTHORITY =
  /self[- ]signed certificate|unable to (?:get|verify).*(?:issuer|certificate)|UNABLE_TO_|SELF_SIGNED/i;

/** Cuts a server's text, which may be long. */
function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
