import { tenantUsesIam } from '../iam/iam-errors.ts';
import { isIamMarker } from '../iam/iam-marker.ts';
import type { Tenant } from '../tenant.ts';
import { activeKey, type KeyRing } from './key-ring.ts';
import { keyUnknown } from './key-unknown.ts';
import { openPasswordV1 } from './open-password-v1.ts';
import { openPasswordV2 } from './open-password-v2.ts';
import { parseV1 } from './password-v1.ts';
import { isV2 } from './password-v2.ts';

/** The part of a tenant's row that opening its password takes. */
export type EncryptedLogin = Pick<Tenant, 'id' | 'address' | 'encryptedPassword'>;

/**
 * Opens the encrypted password of a row, whichever version it is in. Throws as both versions do, and
 * `TenantUsesIam` if there is none.
 */
export function openPassword(ring: KeyRing, { encryptedPassword, ...row }: EncryptedLogin): string {
  if (isIamMarker(encryptedPassword)) throw tenantUsesIam(row.address.user);
  if (isV2(encryptedPassword)) return openPasswordV2(ring, row, encryptedPassword);
  const key = ring.v1 === undefined ? undefined : ring.keys.get(ring.v1);
  // Version 1 reports texts in neither format, even without a key.
  if (key === undefined && parseV1(encryptedPassword) !== undefined) {
    throw keyUnknown('is in version 1, whose key the ring would name as "v1"', ring);
  }
  return openPasswordV1(key ?? activeKey(ring), encryptedPassword);
}
