import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { FanfoldError } from '../../core/errors.ts';
import { tenantAmbiguous } from '../../core/list/tenant-ambiguous.ts';
import type { ProvisioningRegistry } from '../../core/provision/provisioning-registry.ts';
import type { TenantStatus } from '../../core/tenant.ts';
import { isReferenced } from './central-error.ts';
import type { CentralSession } from './central-session.ts';
import { addTenant } from './tenants/add-tenant.ts';
import { hasId } from './tenants/conditions.ts';
import { hashOf, isMarked, markOf } from './tenants/mark-of.ts';
import { OWN_TABLE } from './tenants/own-table.ts';
import { readTenant, readTenants, type TenantRecord } from './tenants/read-tenants.ts';
import { checkWritable } from './tenants/write-checks.ts';
import {
  changeTenant,
  hasAddress,
  hasPassword,
  isAmong,
  type TenantChange,
} from './tenants/write-tenants.ts';

/** In characters. A TEXT column takes 65,535 bytes; a reason needs far less. */
const REASON_LENGTH = 2_000;

/** Statuses that a tenant passes through while it is provisioned. */
const STATUSES: readonly TenantStatus[] = ['PROVISIONING', 'FAILED', 'ACTIVE'];

/** Reads and changes the rows of tenants that are being provisioned. */
export function createProvisioningRegistry(session: CentralSession): ProvisioningRegistry {
  const { ask, source } = session;
  const { columns } = source;
  const check = (kind: { adds?: boolean; deletes?: boolean } = {}) =>
    checkWritable(session, {
      what: 'A tenant that is provisioned',
      columns:
        kind.adds === true
          ? Object.values(columns)
          : [columns.status, columns.dbName, columns.dbUser, columns.dbPassword],
      statuses: STATUSES,
      own: 'records how far a tenant has been provisioned',
      ...kind,
    });
  /** The check runs once, before any statement reaches a tenant's server. */
  let checked: ReturnType<typeof check> | undefined;
  const target = () => {
    checked ??= check();
    return checked;
  };
  const change = async (
    status: readonly TenantStatus[],
    { conditions = [], ownConditions = [isMarked(source)], ...rest }: TenantChange,
  ) =>
    changeTenant(session, await target(), {
      ...rest,
      conditions: [isAmong(source, status), ...conditions],
      ownConditions,
    });

  return {
    async read(id) {
      await target();
      return rowOf(await readTenant(session, id));
    },

    async findBySlug(slug) {
      await target();
      const found = await readTenants(session, sql`${raw(columns.slug.sql)} = ${slug}`);
      const exact = found.filter(({ tenant }) => tenant.slug === slug);
      const [one, other] = exact.map(({ tenant }) => tenant);
      if (one !== undefined && other !== undefined) throw tenantAmbiguous(slug, one, other);
      return rowOf(exact[0]);
    },

    async add({ id: given, encryptedPassword, migrationLogin, ...tenant }) {
      const writable = await check({ adds: true });
      // The password is encrypted for the given id. If the database chooses another id, the row waits to be claimed.
      // Without one there is nothing that depends on the id.
      const keepsId = writable.newId === 'uuid' || encryptedPassword === '';
      const own = {
        provisioning: 'claimed',
        provisioningOf: hashOf(encryptedPassword),
        migrationUser: migrationLogin?.user ?? null,
        migrationPassword: migrationLogin?.encryptedPassword ?? null,
      };
      return addTenant(
        session,
        writable,
        { ...tenant, status: 'PROVISIONING', given, ...(keepsId && { own }) },
        async () => (keepsId ? encryptedPassword : ''),
      );
    },

    claim: (id, address, { encryptedPassword, migrationLogin }) =>
      change(['PROVISIONING', 'FAILED'], {
        id,
        conditions: [hasPassword(source, ''), ...hasAddress(source, { host: address.host })],
        values: {
          status: 'PROVISIONING',
          address: { database: address.database, user: address.user },
          encryptedPassword,
        },
        // The mark of an earlier tenant with this id does not count: this row has no password yet.
        ownConditions: [],
        own: {
          statusReason: null,
          provisioning: 'claimed',
          provisioningOf: hashOf(encryptedPassword),
          dbPasswordNext: null,
          migrationUser: migrationLogin?.user ?? null,
          migrationPassword: migrationLogin?.encryptedPassword ?? null,
          schemaVersion: null,
          lastMigratedAt: null,
          lastRunId: null,
        },
      }),

    resume: (id) =>
      change(['FAILED'], { id, values: { status: 'PROVISIONING' }, own: { statusReason: null } }),

    mark: (id, mark) => change(['PROVISIONING'], { id, own: { provisioning: mark } }),

    activate: (id, { schemaVersion, runId, at }) =>
      change(['PROVISIONING'], {
        id,
        values: { status: 'ACTIVE' },
        own: {
          statusReason: null,
          provisioning: null,
          provisioningOf: null,
          schemaVersion,
          lastRunId: runId,
          lastMigratedAt: at,
        },
      }),

    fail: (id, reason) =>
      change(['PROVISIONING'], {
        id,
        values: { status: 'FAILED' },
        own: { statusReason: reason.slice(0, REASON_LENGTH) },
      }),

    forget: (id) => change(['FAILED'], { id, own: { provisioning: 'claimed' } }),

    async remove(id) {
      await check({ deletes: true });
      const conditions: Sql[] = [hasId(source, id), isAmong(source, ['FAILED']), isMarked(source)];
      const query = sql`DELETE t, f FROM ${raw(source.from)} JOIN ${raw(OWN_TABLE)} AS f ON f.tenantId = ${id}
        WHERE ${conditions.reduce((all, one) => sql`${all} AND ${one}`)}`;
      const count = await ask(async (prisma) => {
        try {
          return await prisma.$executeRaw(query);
        } catch (error) {
          throw isReferenced(error) ? tenantInUse(id) : error;
        }
      });
      return count > 0;
    },
  };
}

function rowOf(found: TenantRecord | undefined) {
  return found === undefined ? undefined : { tenant: found.tenant, mark: markOf(found) };
}

function tenantInUse(id: string): FanfoldError {
  return new FanfoldError(
    'TenantInUse',
    `The row of tenant ${id} cannot be deleted because rows of another table, such as users, belong to it. Its database and its database user have already been deleted.`,
    {
      fault: 'usage',
      nextStep: 'Delete those rows, or assign them to another tenant; then run the command again.',
    },
  );
}
