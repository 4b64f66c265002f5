import type { Moving } from '../../core/credentials/move-tenant.ts';
import type { PasswordRotation } from '../../core/credentials/rotate-password.ts';
import type { RepairDependencies } from '../../core/doctor/repair-tenant.ts';
import type { KeyRingSource, KeyRingStore } from '../../core/encryption/key-ring.ts';
import {
  createPasswordSealer,
  formatFor,
  type PasswordFormat,
  type PasswordSealer,
} from '../../core/encryption/password-sealer.ts';
import type { ConnectionSetupOptions } from '../options/connection-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { connectionOf, type WiringContext } from './wiring-context.ts';

/** Keys, passwords, and the accounts of tenants on their servers. */
export interface CredentialsWiring {
  /** The key ring of the environment; it can be written if it is a file. */
  keyRing(): Promise<KeyRingSource | KeyRingStore>;
  /** Encryption of passwords under `DB_ENCRYPTION_KEY`, and its format. */
  passwordEncryption(): Promise<PasswordSealer & { readonly format: PasswordFormat }>;
  /** The functions that change the logins of tenants, in their row and on their server. */
  credentials(
    options: ConnectionSetupOptions,
  ): Promise<Omit<PasswordRotation, 'registry' | 'keepOld'> & Pick<Moving, 'databases'>>;
  /** The parts that repair what an examination finds, as the administrators of the servers. */
  repairs(options: SetupOptions & { readonly accountsFrom?: string }): Promise<RepairDependencies>;
}

/** Wires keys, passwords, and the accounts of tenants. */
export function wireCredentials({
  environment,
}: Pick<WiringContext, 'environment'>): CredentialsWiring {
  return {
    keyRing: async () => environment.keyRing(),

    async passwordEncryption() {
      const keyRing = environment.keyRing();
      const format = formatFor(await keyRing.current(), environment.passwordFormat());
      return { format, ...createPasswordSealer(keyRing, format) };
    },

    async credentials(options) {
      const { credentialParts } = await import('../../compose/credential-parts.ts');
      return credentialParts({
        connection: await connectionOf(options),
        keyRing: environment.keyRing(),
        admins: environment.adminLogins(),
        passwordFormat: environment.passwordFormat(),
      });
    },

    async repairs(options) {
      const { repairParts } = await import('../../compose/credential-parts.ts');
      const { tableName, accountsFrom } = options;
      const connection = await connectionOf(options);
      const keyRing = environment.keyRing();
      const admins = environment.adminLogins();
      return { ...(await repairParts({ connection, keyRing, admins, tableName })), accountsFrom };
    },
  };
}
