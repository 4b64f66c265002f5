import { encryptPasswordV2 } from '../encryption/encrypt-password-v2.ts';
import type { KeyRing } from '../encryption/key-ring.ts';
import { openPassword } from '../encryption/open-password.ts';
import { isV2, parseV2 } from '../encryption/password-v2.ts';
import { FanfoldError } from '../errors.ts';
import { isIamMarker } from '../iam/iam-marker.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { Tenant } from '../tenant.ts';
import type { CredentialRegistry, CredentialRow } from './credential-registry.ts';

/** The number of attempts at a row that others change at the same moment. */
const TRIES = 5;

/** Encrypts the passwords of one row anew and checks them. `false` if they already were. */
export async function reencryptRow(
  found: CredentialRow,
  ring: KeyRing,
  registry: CredentialRegistry,
): Promise<boolean> {
  let row = found;
  for (let tries = 1; needsKeyOtherThan(ring.active, row); tries += 1) {
    const password = open(ring, row, row.tenant.encryptedPassword);
    const next = open(ring, row, row.next);
    const migration = openMigration(ring, row);
    const sealed = {
      ...(password !== undefined && {
        encryptedPassword: encryptPasswordV2(ring, row.tenant, password),
      }),
      ...(next !== undefined && { next: encryptPasswordV2(ring, row.tenant, next) }),
      ...(migration !== undefined && {
        migrationPassword: encryptPasswordV2(ring, loginToMigrate(row.tenant), migration),
      }),
    };
    const isChanged = await registry.change(row, sealed);
    const now = await registry.read(row.tenant.id);
    // Deleted meanwhile.
    if (now === undefined) return false;
    if (isChanged) {
      const alone = onlyActive(ring);
      const isSame =
        open(alone, now, now.tenant.encryptedPassword) === password &&
        open(alone, now, now.next) === next &&
        openMigration(alone, now) === migration;
      // A later change wins.
      if (isSame || now.tenant.encryptedPassword !== sealed.encryptedPassword) return true;
      throw notVerified(now.tenant);
    }
    if (tries >= TRIES) throw keepsChanging(now.tenant);
    row = now;
  }
  return false;
}

function open(ring: KeyRing, { tenant }: CredentialRow, encrypted: string | null) {
  if (!hasPassword(encrypted)) return undefined;
  return openPassword(ring, { ...tenant, encryptedPassword: encrypted });
}

/** The password of the user that migrates, if the row has one. */
function openMigration(ring: KeyRing, { tenant }: CredentialRow): string | undefined {
  if (!hasPassword(tenant.migrationLogin?.encryptedPassword)) return undefined;
  return openPassword(ring, loginToMigrate(tenant));
}

/** Whether there is a password: a row that is not provisioned has none, and neither has a user who logs in by IAM. */
function hasPassword(encrypted: string | null | undefined): encrypted is string {
  return Boolean(encrypted) && !isIamMarker(encrypted ?? '');
}

/** Whether any password of a row needs a key other than this one. */
export function needsKeyOtherThan(id: string, { tenant, next }: CredentialRow): boolean {
  const migration = tenant.migrationLogin?.encryptedPassword;
  return [tenant.encryptedPassword, next, migration].some((encrypted) => {
    if (!hasPassword(encrypted)) return false;
    const parts = isV2(encrypted) ? parseV2(encrypted) : undefined;
    return parts === undefined || 'defect' in parts || parts.keyId !== id;
  });
}

/** The ring with its active key alone. */
export function onlyActive({ active, keys }: KeyRing): KeyRing {
  return { active, keys: new Map([...keys].filter(([id]) => id === active)) };
}

function notVerified({ slug }: Tenant): FanfoldError {
  return new FanfoldError(
    'PasswordNotVerified',
    `The password of "${slug}" was encrypted anew, and what was read back is another one.`,
    {
      fault: 'tenant',
      nextStep:
        'Restore dbPassword of that row from a backup of the central database; the old key is kept. Please report this.',
    },
  );
}

function keepsChanging({ slug }: Tenant): FanfoldError {
  return new FanfoldError(
    'PasswordKeepsChanging',
    `The password of "${slug}" was changed by others ${TRIES} times while it was being encrypted anew.`,
    { fault: 'tenant', retryable: true, nextStep: 'Run it again.' },
  );
}
