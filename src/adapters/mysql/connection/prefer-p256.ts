import tls from 'node:tls';
import type { Connection } from 'mysql2';

/**
 * The curves that a connection offers, the best one first. Node begins with X25519, which MySQL 9.7 refuses, and so the
 * handshake starts again: one more round trip for each tenant. Every server takes P-256.
 */
const CURVES = 'P-256:X25519:P-384:P-521';

interface Internals {
  startTLS: (onSecure: (error?: Error) => void) => void;
}

/**
 * Makes a connection offer P-256 first, if it uses TLS. mysql2 has no option for the curves, and Node reads its default
 * when it creates the connection's TLS context, so the default is another one during that call only: TLS connections
 * of other code in the process are not affected. A default that somebody has chosen is kept.
 */
export function preferP256(connection: Connection): void {
  const internals = connection as unknown as Internals;
  const { startTLS } = internals;
  internals.startTLS = (onSecure) => {
    const chosen = tls.DEFAULT_ECDH_CURVE;
    if (chosen === 'auto') tls.DEFAULT_ECDH_CURVE = CURVES;
    try {
      startTLS.call(internals, onSecure);
    } finally {
      tls.DEFAULT_ECDH_CURVE = chosen;
    }
  };
}
