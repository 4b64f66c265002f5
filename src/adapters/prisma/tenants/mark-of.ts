import { createHash } from 'node:crypto';
import { raw, type Sql } from '@prisma/client/runtime/client';
import type { ProvisioningMark } from '../../../core/provision/provisioning-registry.ts';
import type { ReadTenant } from './read-tenants.ts';
import type { TenantsSource } from './tenants-source.ts';

/** By what a mark knows the row that it was made for: no two ciphertexts are alike. */
export function hashOf(encryptedPassword: string): string {
  return createHash('sha256').update(encryptedPassword).digest('hex');
}

/**
 * What provisioning has made of a tenant. A mark counts only while the row has the password that it was
 * made with: the user may have deleted a row without ours, and given its id to another tenant, whose
 * database is none that may be dropped.
 */
export function markOf({ tenant, own }: ReadTenant): ProvisioningMark | null {
  if (own === undefined || own.provisioning === null) return null;
  if (own.provisioningOf !== hashOf(tenant.encryptedPassword)) return null;
  return own.provisioning as ProvisioningMark;
}

/** The same as a condition on both rows. */
export function isMarked({ columns }: TenantsSource): Sql {
  const password = `CONVERT(COALESCE(${columns.dbPassword.sql}, '') USING utf8mb4)`;
  return raw(`f.provisioning IS NOT NULL AND f.provisioningOf = SHA2(${password}, 256)`);
}
