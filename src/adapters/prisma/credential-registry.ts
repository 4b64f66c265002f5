import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type {
  CredentialChange,
  CredentialRegistry,
  CredentialRow,
} from '../../core/credentials/credential-registry.ts';
import type { CentralSession } from './central-session.ts';
import { hasIdAfter } from './tenants/conditions.ts';
import { hashOf } from './tenants/mark-of.ts';
import { readTenant, readTenants, type TenantRecord } from './tenants/read-tenants.ts';
import { fanfoldTenantsMissing } from './tenants/tenants-errors.ts';
import { checkWritable } from './tenants/write-checks.ts';
import { changeTenant, hasAddress, hasPassword } from './tenants/write-tenants.ts';

/** Reads the logins of tenants and changes them only if they still equal what was read. */
export function createCredentialRegistry(session: CentralSession): CredentialRegistry {
  const { source, hasOwnTable } = session;
  const { dbHost, dbPort, dbName, dbUser, dbPassword, id: idColumn } = source.columns;
  let checked: ReturnType<typeof checkWritable> | undefined;
  /** Runs the check once, because a key rotation changes every row. */
  const checkLogins = () => {
    checked ??= checkWritable(session, {
      what: "A tenant's login",
      columns: [dbHost, dbPort, dbName, dbUser, dbPassword],
    });
    return checked;
  };

  return {
    async checkWritable() {
      await checkLogins();
    },

    async read(id) {
      const found = await readTenant(session, id);
      return found === undefined ? undefined : rowOf(found);
    },

    async page(after, limit) {
      const order = sql`ORDER BY ${raw(idColumn.sql)} LIMIT ${raw(String(Math.trunc(limit)))}`;
      return (await readTenants(session, hasIdAfter(source, after), order)).map(rowOf);
    },

    async change({ tenant, next }, change) {
      const target = await checkLogins();
      const { address, encryptedPassword } = change;
      const own = ownValues(change);
      if (!hasOwnTable && Object.keys(own).length > 0) {
        throw fanfoldTenantsMissing(
          'stores the next password and the password of the migration user',
        );
      }
      return changeTenant(session, target, {
        id: tenant.id,
        conditions: [
          ...hasAddress(source, tenant.address),
          hasPassword(source, tenant.encryptedPassword),
        ],
        values: { address, encryptedPassword },
        ...(hasOwnTable && {
          own: {
            ...own,
            // A provisioning mark is valid only for the password that it was made with.
            ...(encryptedPassword !== undefined && { provisioningOf: hashOf(encryptedPassword) }),
          },
          ownConditions: ownConditions({ tenant, next }),
          isOwnOptional: Object.keys(own).length === 0,
        }),
      });
    },
  };
}

function rowOf({ tenant, own }: TenantRecord): CredentialRow {
  return { tenant, next: own?.dbPasswordNext ?? null };
}

function ownValues({ next, migrationPassword }: CredentialChange) {
  return {
    ...(next !== undefined && { dbPasswordNext: next }),
    ...(migrationPassword !== undefined && { migrationPassword }),
  };
}

/** An incomplete login has an empty string for what is NULL in the row. */
function ownConditions({ tenant, next }: CredentialRow): Sql[] {
  const { user = '', encryptedPassword = '' } = tenant.migrationLogin ?? {};
  return [
    sql`f.dbPasswordNext <=> ${next}`,
    sql`COALESCE(f.migrationUser, '') = ${user}`,
    sql`COALESCE(f.migrationPassword, '') = ${encryptedPassword}`,
  ];
}
