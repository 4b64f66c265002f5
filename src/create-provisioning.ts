import { systemClock } from './adapters/local/system-clock.ts';
import type { TlsChooser } from './adapters/mysql/connection/tls.ts';
import { createDatabaseServers } from './adapters/mysql/database-servers.ts';
import { APPLICATION_PRIVILEGES } from './core/database-privileges.ts';
import type { KeyRingSource } from './core/encryption/key-ring.ts';
import { createPasswordOpener } from './core/encryption/password-opener.ts';
import { createPasswordSealer, type PasswordFormat } from './core/encryption/password-sealer.ts';
import { parsePrivileges } from './core/provision/parse-privileges.ts';
import type { Provisioning } from './core/provision/provisioning.ts';

/** What differs between the places that provision tenants. */
export interface ProvisioningParts
  extends Pick<Provisioning, 'registry' | 'admins' | 'attemptTenant' | 'bundle'> {
  readonly keyRing: KeyRingSource;
  readonly passwordFormat: PasswordFormat | undefined;
  readonly connectTimeoutMs: number;
  readonly tls: TlsChooser;
  readonly tableName?: string | undefined;
  readonly collation?: string | undefined;
  /** Default: `%`. */
  readonly accountsFrom?: string | undefined;
  /** With commas. Default: `ALL`; beside a user that migrates, what works with rows. */
  readonly privileges?: string | undefined;
  /** With commas: of a second user, which migrates. Default: there is none. */
  readonly migrationPrivileges?: string | undefined;
  /** Default: wherever we use TLS ourselves. */
  readonly requireTls?: boolean | undefined;
}

/** Six attempts within at most 15.5 seconds of waiting: fifty at once may fill a small server. */
const RETRY = { attempts: 6, baseMs: 500, capMs: 8_000 };

/** Joins provisioning to MySQL. */
export function createProvisioning(parts: ProvisioningParts): Provisioning {
  const { registry, admins, attemptTenant, bundle, keyRing, passwordFormat, tls } = parts;
  const { connectTimeoutMs, tableName, requireTls, migrationPrivileges } = parts;
  const privileges = migrationPrivileges === undefined ? 'ALL' : APPLICATION_PRIVILEGES.join(',');
  return {
    registry,
    admins,
    attemptTenant,
    bundle,
    servers: createDatabaseServers({ connectTimeoutMs, tls, tableName }),
    passwords: createPasswordOpener(keyRing),
    sealer: createPasswordSealer(keyRing, passwordFormat),
    terms: {
      accountsFrom: parts.accountsFrom ?? '%',
      requireTls: (host) => requireTls ?? tls(host) !== undefined,
      collation: parts.collation,
      privileges: parsePrivileges(parts.privileges ?? privileges),
      migrationPrivileges:
        migrationPrivileges === undefined ? undefined : parsePrivileges(migrationPrivileges),
    },
    clock: systemClock,
    random: Math.random,
    retry: RETRY,
  };
}
