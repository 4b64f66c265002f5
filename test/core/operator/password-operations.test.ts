import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import {
  makeNewPassword,
  replacePassword,
  storeGivenPassword,
} from '../../../src/core/operator/password-operations.ts';
import { OPERATIONS } from '../../../src/core/wire/operator-schemas.ts';
import { tenantOf } from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';
import { memoryCredentials } from '../support/memory-credentials.ts';
import { memoryDatabases } from '../support/memory-databases.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';
import { memoryServers } from '../support/memory-servers.ts';

const WORKING = 'works on the server';

/** A tenant with this password in its row, whose server accepts {@link WORKING}. */
async function tenantWith(inRow: string) {
  const { passwords, sealer } = memoryKeyRing();
  const servers = memoryServers();
  const plain = tenantOf(1);
  const tenant = { ...plain, encryptedPassword: await sealer.seal(plain, inRow) };
  const registry = memoryCredentials([{ tenant, next: null }]);
  const account = { user: tenant.address.user, from: '%' };
  await servers.using(tenant.address, await servers.admins.find(tenant.address), (server) =>
    server.createAccount(account, { password: WORKING, requireTls: false }),
  );
  const tools = {
    ...{ registry, sealer, passwords, servers, admins: servers.admins },
    databases: memoryDatabases(servers),
  };
  const opened = () => passwords.open(registry.rows.get(tenant.id)?.tenant ?? tenant);
  const accepted = () => servers.accounts.get(`${account.user}@%`)?.passwords;
  return { tenant, tools, opened, accepted };
}

describe('a password that a person has typed', () => {
  it('a typed password is stored if the database opens with it', async () => {
    const { tenant, tools, opened } = await tenantWith('outdated');
    const request = { tenantId: tenant.id, owner: 'application', password: WORKING } as const;
    expect(await storeGivenPassword(request, tools)).toEqual({});
    expect(await opened()).toBe(WORKING);
  });

  it('a typed password that does not work is in no part of the error, also if the server repeats it', async () => {
    const { tenant, tools, opened } = await tenantWith('outdated');
    const password = 'hunter2-hunter2';
    const refusal = new FanfoldError('TooManyConnections', `Refused "${password}" for acme.`, {
      fault: 'tenant',
      retryable: true,
      nextStep: `Use another one than ${password}.`,
    });
    const databases = { using: () => Promise.reject(refusal) };
    const request = { tenantId: tenant.id, owner: 'application', password } as const;
    const error = await rejectionOf(storeGivenPassword(request, { ...tools, databases }));
    expect(error).toMatchObject({
      code: 'TooManyConnections',
      message: 'Refused "[secret]" for acme.',
      nextStep: 'Use another one than [secret].',
      fault: 'tenant',
      retryable: true,
    });
    expect((error as FanfoldError).cause).toBeUndefined();
    expect(await opened()).toBe('outdated');
  });

  it('a defect is thrown as it is, so that the log has its stack', async () => {
    const { tenant, tools } = await tenantWith('outdated');
    const defect = new TypeError('x is undefined');
    const databases = { using: () => Promise.reject(defect) };
    const request = { tenantId: tenant.id, owner: 'application', password: WORKING } as const;
    expect(await rejectionOf(storeGivenPassword(request, { ...tools, databases }))).toBe(defect);
  });
});

describe('a password that nobody sees', () => {
  it.each<[string, string, 'set' | 'works already']>([
    ['is set if the stored one does not work', 'outdated', 'set'],
    ['is not set if the stored one works', WORKING, 'works already'],
  ])('a new password %s, and is not in the answer', async (_, inRow, made) => {
    const { tenant, tools, opened, accepted } = await tenantWith(inRow);
    const request = { tenantId: tenant.id, owner: 'application' } as const;
    const answer = await makeNewPassword(request, tools);
    expect(OPERATIONS['make-password'].answer.parse(answer)).toEqual({ made });
    expect(accepted()).toEqual([await opened()]);
  });

  it('a new password is set for the account that is named, and a missing one is refused', async () => {
    const { tenant, tools } = await tenantWith('outdated');
    const request = { tenantId: tenant.id, owner: 'application', accountsFrom: '10.9.%' } as const;
    expect(await rejectionOf(makeNewPassword(request, tools))).toMatchObject({
      code: 'AccountMissing',
    });
  });
});

describe('a password that is replaced', () => {
  it.each([true, false])(
    'a replaced password stays valid only on request (keepOld: %s)',
    async (keepOld) => {
      const { tenant, tools, opened, accepted } = await tenantWith(WORKING);
      const answer = await replacePassword({ tenantId: tenant.id, keepOld }, tools);
      expect(answer).toEqual({ oldIsValid: keepOld });
      const fresh = await opened();
      expect(fresh).not.toBe(WORKING);
      expect(accepted()).toEqual(keepOld ? [fresh, WORKING] : [fresh]);
    },
  );
});
