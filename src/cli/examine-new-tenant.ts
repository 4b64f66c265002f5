import { createBundle } from '../core/bundle/bundle.ts';
import type { NewTenant } from '../core/central/new-tenant.ts';
import type { SealPassword } from '../core/central/tenant-registry.ts';
import type { Check, CheckName, Finding } from '../core/doctor/check.ts';
import { FanfoldError } from '../core/errors.ts';
import type { SetupOptions } from './options/setup-options.ts';
import type { Wiring } from './wiring.ts';

/** What must be well before a row is believed; what keeps a run waiting today may be well tomorrow. */
const ESSENTIAL: ReadonlySet<CheckName> = new Set(['reachable', 'tls', 'server', 'privileges']);

/** Looked at against no migrations at all: which of them are pending is a run's business. */
const OF_A_RUN: ReadonlySet<CheckName> = new Set(['tenant', 'migrations', 'checksums']);

/** Next steps of the command line: there is no row yet that could be corrected, and the password was typed. */
const TYPED: Readonly<Record<string, string>> = {
  HostNotFound: "Correct --host, or the name server's entry.",
  ConnectionRefused: 'Check that the database server runs, and --host and --port.',
  ConnectionTimedOut: 'Check --host and --port, and the firewalls between here and there.',
  AccessDenied: 'Check --user and the password, and that the account may log in from this machine.',
  DatabaseMissing:
    'Create the database, or correct --database; `fanfold tenant:provision <slug>` makes database and user.',
  DatabaseAccessDenied: 'Grant the user its rights on that database, or correct --database.',
};

/**
 * Connects to the database of a tenant that is to be added, and reads its state; changes nothing. Resolves to
 * what was found. Throws with the code of what is wrong, such as `AccessDenied` or `DatabaseMissing`.
 */
export async function examineNewTenant(
  wiring: Wiring,
  { slug, name, status, address }: NewTenant,
  seal: SealPassword,
  options: SetupOptions,
): Promise<readonly Check[]> {
  const examineTenant = await wiring.examineTenant(options);
  // The row has no id yet, and the password is opened once more as a run opens it.
  const id = 'new';
  const row = { id, slug, name, status, address, encryptedPassword: await seal(id) };
  const unknown = { schemaVersion: null, lastMigratedAt: null, lastRunId: null };
  const { checks } = await examineTenant({ ...row, ...unknown }, createBundle([]));
  const seen = checks.filter((check) => !OF_A_RUN.has(check.name));
  const fault = seen.find(isFault);
  if (fault === undefined) return seen;
  throw new FanfoldError(fault.code, `${slug} was not added. ${fault.message}`, {
    fault: 'tenant',
    nextStep: `${TYPED[fault.code] ?? fault.nextStep} To add the row all the same, before its database can be reached: --unchecked.`,
  });
}

function isFault(check: Check): check is Finding {
  return check.status === 'wrong' && ESSENTIAL.has(check.name);
}
