import { createHash } from 'node:crypto';
import { raw, type Sql } from '@prisma/client/runtime/client';
import type { ProvisioningMark } from '../../../core/provision/provisioning-registry.ts';
import type { TenantRecord } from './read-tenants.ts';
import type { TenantsSource } from './tenants-source.ts';

/** Identifies the row that a mark was made for: no two ciphertexts are equal. */
export function hashOf(encryptedPassword: string): string {
  return createHash('sha256').update(encryptedPassword).digest('hex');
}

/**
 * How far a tenant has been provisioned. A mark is valid only while the row still has the password that it
 * was made with: the user may have deleted a row but not its row in `fanfold_tenants`, and given the id
 * to another tenant, whose database must not be dropped.
 */
export function markOf({ tenant, own }: TenantRecord): ProvisioningMark | null {
  if (own === undefined || own.provisioning === null) return null;
  if (own.provisioningOf !== hashOf(tenant.encryptedPassword)) return null;
  return own.provisioning as ProvisioningMark;
}

/** The same check as an SQL condition on both rows. */
export function isMarked({ columns }: TenantsSource): Sql {
  const password = `CONVERT(COALESCE(${columns.dbPassword.sql}, '') USING utf8mb4)`;
  return raw(`f.provisioning IS NOT NULL AND f.provisioningOf = SHA2(${password}, 256)`);
}
