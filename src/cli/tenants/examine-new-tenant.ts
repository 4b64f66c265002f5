import { createBundle } from '../../core/bundle/bundle.ts';
import type { NewTenant } from '../../core/central/new-tenant.ts';
import type { SealPassword } from '../../core/central/tenant-registry.ts';
import type { Check, CheckName, WrongFinding } from '../../core/doctor/check.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** Checks that must pass before a row is added; the others may pass later. */
const ESSENTIAL: ReadonlySet<CheckName> = new Set(['reachable', 'tls', 'server', 'privileges']);

/** Checks that only concern a run: no migrations are compared here. */
const OF_A_RUN: ReadonlySet<CheckName> = new Set(['tenant', 'migrations', 'checksums']);

/** Next steps for this command: there is no row to correct yet, and the password was typed. */
const TYPED: Readonly<Partial<Record<ErrorCode, string>>> = {
  HostNotFound: 'Correct --host, or the DNS entry.',
  ConnectionRefused: 'Check that the database server runs, and check --host and --port.',
  ConnectionTimedOut: 'Check --host and --port, and the firewalls between here and there.',
  AccessDenied: 'Check --user and the password, and that the account may log in from this machine.',
  DatabaseMissing:
    'Create the database, or correct --database; `fanfold tenant:provision <slug>` makes database and user.',
  DatabaseAccessDenied: 'Grant the user privileges on that database, or correct --database.',
};

/**
 * Connects to the database of a tenant that will be added, and reads its state without changing anything.
 * Resolves to the checks. Throws if an essential check fails, with its code, such as `AccessDenied` or
 * `DatabaseMissing`.
 */
export async function examineNewTenant(
  wiring: TenantsWiring,
  { slug, name, status, address }: NewTenant,
  seal: SealPassword,
  options: SetupOptions,
): Promise<readonly Check[]> {
  const examineTenant = await wiring.examineTenant(options);
  // The row has no id yet. The password is sealed so that it is opened as a run opens it.
  const id = 'new';
  const row = { id, slug, name, status, address, encryptedPassword: await seal(id) };
  const unknown = { schemaVersion: null, lastMigratedAt: null, lastRunId: null };
  const { checks } = await examineTenant({ ...row, ...unknown }, createBundle([]));
  const seen = checks.filter((check) => !OF_A_RUN.has(check.name));
  const fault = seen.find(isFault);
  if (fault === undefined) return seen;
  throw new FanfoldError(fault.code, `${slug} was not added. ${fault.message}`, {
    fault: 'tenant',
    nextStep: `${TYPED[fault.code] ?? fault.nextStep} To add the tenant without this check: --unchecked.`,
  });
}

function isFault(check: Check): check is WrongFinding {
  return check.status === 'wrong' && ESSENTIAL.has(check.name);
}
