import type { RowDataPacket } from 'mysql2/promise';
import { beforeAll, describe, expect, it } from 'vitest';
import { beginProvisioning } from '../../src/core/provision/begin-provisioning.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import type { TestDatabase } from '../support/database.ts';
import { forgetAfterTest, newSlug, provisioningOn } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';

let central: TestDatabase;
beforeAll(async () => {
  central = await createCentralDatabase();
});

describe('provisioning of users that log in by IAM', () => {
  it('provisioning of users that log in by IAM is refused by a server that is not of Amazon, and leaves nothing behind', async () => {
    const slug = newSlug();
    forgetAfterTest(slug);
    await asking(central, async ({ provisioning: registry }) => {
      const given = provisioningOn(registry, []);
      const settings = { ...given.settings, auth: 'iam', migrationPrivileges: ['ALL'] } as const;
      const { host, port } = testServer();
      const id = await beginProvisioning({ slug, host, port }, { ...given, settings });
      const outcome = await provisionTenant(
        id,
        { ...given, settings },
        new AbortController().signal,
      );
      expect(outcome).toMatchObject({
        status: 'failed',
        failedStep: 'account',
        failure: { code: 'IamUnsupported', retryable: false, errno: undefined },
      });
      if (outcome.status !== 'failed') throw new Error('It did not fail.');
      expect(outcome.failure.message).toContain('AWSAuthenticationPlugin');
      expect(outcome.failure.nextStep).toContain('Amazon RDS');
      expect(outcome.leftBehind).toBeUndefined();
      const row = await registry.read(id);
      expect(row).toMatchObject({ tenant: { status: 'FAILED' }, mark: 'claimed' });
      const root = await testServer().rootConnection();
      const [users] = await root.query<RowDataPacket[]>(
        'SELECT user FROM mysql.user WHERE user LIKE ?',
        [`${row?.tenant.address.user}%`],
      );
      await root.end();
      expect(users).toEqual([]);
    });
  });
});
