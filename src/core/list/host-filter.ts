/** A member of a `hosts` filter. */
export interface HostFilter {
  readonly host: string;
  /** Absent for any port. */
  readonly port?: number | undefined;
}

/**
 * Reads `host` or `host:port`. An IPv6 address with a port is in brackets:
 * `[2001:db8::1]:3306`; without brackets all of it is the address.
 */
export function parseHostFilter(text: string): HostFilter {
  const [, bracketed, behind] = /^\[(.*)\](?::(\d{1,5}))?$/.exec(text) ?? [];
  if (bracketed !== undefined) return { host: bracketed, port: portOf(behind) };
  const [, host, port] = /^([^:]*):(\d{1,5})$/.exec(text) ?? [];
  return host === undefined ? { host: text } : { host, port: portOf(port) };
}

function portOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
