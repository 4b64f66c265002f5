import { createAdminLogins } from '../adapters/local/admin-logins.ts';
import { environmentKeyRing } from '../adapters/local/environment-key-ring.ts';
import type { TenantsMapping } from '../core/central/tenants-mapping.ts';
import { parseTenantsMapping, TENANTS_VARIABLE } from '../core/central/tenants-mapping-text.ts';
import type { KeyRingSource, KeyRingStore } from '../core/encryption/key-ring.ts';
import { type PasswordFormat, parsePasswordFormat } from '../core/encryption/password-sealer.ts';
import type { AdminLogins } from '../core/provision/database-server.ts';

/**
 * The variables that the command line and services read. Each member reads and checks its own when it
 * is called, so that nobody needs a key who only lists tenants.
 */
export interface ProcessEnvironment {
  /** `CENTRAL_DATABASE_URL`, not parsed. */
  readonly centralUrl: string | undefined;
  /** `FANFOLD_CENTRAL_TENANTS`. */
  tenantsMapping(): TenantsMapping | undefined;
  /** `DB_ENCRYPTION_KEY` or `DB_ENCRYPTION_KEY_FILE`; a ring that can be written is a file. */
  keyRing(): KeyRingSource | KeyRingStore;
  /** `DB_ENCRYPTION_FORMAT`. */
  passwordFormat(): PasswordFormat | undefined;
  /** `FANFOLD_ADMIN_URL` and `FANFOLD_ADMIN_FILE`. */
  adminLogins(): AdminLogins;
}

/** Reads the environment of a process by the names of its variables. */
export function processEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): ProcessEnvironment {
  return {
    centralUrl: env.CENTRAL_DATABASE_URL,
    tenantsMapping: () => parseTenantsMapping(env[TENANTS_VARIABLE]),
    keyRing: () => environmentKeyRing(env),
    passwordFormat: () => parsePasswordFormat(env.DB_ENCRYPTION_FORMAT),
    adminLogins: () =>
      createAdminLogins({ url: env.FANFOLD_ADMIN_URL, file: env.FANFOLD_ADMIN_FILE }),
  };
}
