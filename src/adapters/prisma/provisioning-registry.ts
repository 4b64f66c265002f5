import type { Prisma, Tenant as TenantRow } from '../../../prisma/generated-central/client.ts';
import { FanfoldError } from '../../core/errors.ts';
import type {
  ProvisioningMark,
  ProvisioningRegistry,
  ProvisioningRow,
} from '../../core/provision/provisioning-registry.ts';
import type { AskCentral } from './central-client.ts';
import { isDuplicate, isReferenced } from './central-error.ts';
import { slugTaken } from './slug-taken.ts';
import { TENANT_COLUMNS, tenantOfRow } from './tenant-row.ts';

const COLUMNS = { ...TENANT_COLUMNS, provisioning: true } as const;

/** A TEXT column takes 65,535 bytes; a cause needs far less. */
const REASON_LENGTH = 2_000;

/** The rows of tenants that are being provisioned. */
export function createProvisioningRegistry(ask: AskCentral): ProvisioningRegistry {
  const change = async (
    where: Prisma.TenantWhereInput,
    data: Prisma.TenantUncheckedUpdateManyInput,
  ): Promise<boolean> => {
    // What was expected stands in the condition: one statement reads and writes.
    const { count } = await ask((prisma) =>
      prisma.tenant.updateMany({ where, data: { ...data, updatedAt: new Date() } }),
    );
    return count === 1;
  };
  const find = async (where: { id: string } | { slug: string }) => {
    const row = await ask((prisma) => prisma.tenant.findUnique({ where, select: COLUMNS }));
    return row === null ? undefined : rowOf(row);
  };
  const marked = { provisioning: { not: null } } as const;

  return {
    read: (id) => find({ id }),
    findBySlug: (slug) => find({ slug }),

    async add({ id, slug, name, address, encryptedPassword, migrationLogin }) {
      const now = new Date();
      await ask(async (prisma) => {
        try {
          await prisma.tenant.create({
            data: {
              id,
              slug,
              name,
              status: 'PROVISIONING',
              provisioning: 'claimed',
              dbHost: address.host,
              dbPort: address.port,
              dbName: address.database,
              dbUser: address.user,
              dbPassword: encryptedPassword,
              migrationUser: migrationLogin?.user ?? null,
              migrationPassword: migrationLogin?.encryptedPassword ?? null,
              createdAt: now,
              updatedAt: now,
            },
          });
        } catch (error) {
          throw isDuplicate(error) ? slugTaken(slug) : error;
        }
      });
    },

    claim: (id, address, { encryptedPassword, migrationLogin }) =>
      change(
        {
          id,
          status: { in: ['PROVISIONING', 'FAILED'] },
          provisioning: null,
          dbPassword: '',
          dbHost: address.host,
        },
        {
          status: 'PROVISIONING',
          statusReason: null,
          provisioning: 'claimed',
          dbName: address.database,
          dbUser: address.user,
          dbPassword: encryptedPassword,
          migrationUser: migrationLogin?.user ?? null,
          migrationPassword: migrationLogin?.encryptedPassword ?? null,
        },
      ),

    resume: (id) =>
      change({ id, status: 'FAILED', ...marked }, { status: 'PROVISIONING', statusReason: null }),

    mark: (id, mark) => change({ id, status: 'PROVISIONING', ...marked }, { provisioning: mark }),

    activate: (id, { schemaVersion, runId, at }) =>
      change(
        { id, status: 'PROVISIONING', ...marked },
        {
          status: 'ACTIVE',
          statusReason: null,
          provisioning: null,
          schemaVersion,
          lastRunId: runId,
          lastMigratedAt: at,
        },
      ),

    fail: (id, reason) =>
      change(
        { id, status: 'PROVISIONING', ...marked },
        { status: 'FAILED', statusReason: reason.slice(0, REASON_LENGTH) },
      ),

    forget: (id) => change({ id, status: 'FAILED', ...marked }, { provisioning: 'claimed' }),

    async remove(id) {
      const { count } = await ask(async (prisma) => {
        try {
          return await prisma.tenant.deleteMany({ where: { id, status: 'FAILED', ...marked } });
        } catch (error) {
          throw isReferenced(error) ? tenantInUse(id) : error;
        }
      });
      return count === 1;
    },
  };
}

function rowOf(row: Pick<TenantRow, keyof typeof COLUMNS>): ProvisioningRow {
  return { tenant: tenantOfRow(row), mark: row.provisioning as ProvisioningMark | null };
}

function tenantInUse(id: string): FanfoldError {
  return new FanfoldError(
    'TenantInUse',
    `The row of the tenant ${id} cannot be deleted: rows of the table users belong to it. Its database and its user are gone.`,
    {
      fault: 'usage',
      nextStep: 'Delete those rows of users, or give them another tenantId; then run it again.',
    },
  );
}
