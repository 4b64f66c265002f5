import type { SslOptions } from 'mysql2';

/** The login of the bench on a server, which needs the right to create and drop databases. */
export interface ServerLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** mysql2's options for TLS; no TLS if absent. */
  readonly ssl?: SslOptions;
}
