import { describe, expect, it } from 'vitest';
import { IAM, openLogin } from '../../../src/core/iam/open-login.ts';
import { tenantOf } from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';

describe('openLogin', () => {
  it('openLogin opens the password of a row', async () => {
    const { sealer, passwords } = memoryKeyRing();
    const tenant = tenantOf(1);
    const encryptedPassword = await sealer.seal(tenant, 'secret');
    expect(await openLogin({ ...tenant, encryptedPassword }, passwords)).toEqual({
      ...tenant.address,
      password: 'secret',
    });
  });

  it('openLogin has no password for a row with the marker of IAM, and needs no key', async () => {
    const tenant = tenantOf(1, { encryptedPassword: 'iam' });
    const passwords = { open: () => Promise.reject(new Error('asked for a password')) };
    expect(await openLogin(tenant, passwords)).toEqual({ ...tenant.address, ...IAM });
  });

  it('openLogin is the only way to a login by IAM: there is no password to open', async () => {
    const { passwords } = memoryKeyRing();
    const tenant = tenantOf(1, { encryptedPassword: 'iam' });
    expect(await rejectionOf(passwords.open(tenant))).toMatchObject({ code: 'TenantUsesIam' });
  });
});
