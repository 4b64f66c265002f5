import { createHash } from 'node:crypto';
import type { ProvisioningSettings } from '../provision/provisioning.ts';

/** Identifies the settings with which databases and accounts of a server are made. */
export function poolSettingsHash(settings: ProvisioningSettings, host: string): string {
  const { accountsFrom, requireTls, auth, collation, privileges, migrationPrivileges } = settings;
  const all = [
    accountsFrom,
    requireTls(host),
    auth ?? null,
    collation ?? null,
    [...privileges].sort(),
    migrationPrivileges === undefined ? null : [...migrationPrivileges].sort(),
  ];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}
