import { randomUUID } from 'node:crypto';
import { checkNewTenant } from '../central/new-tenant.ts';
import { FanfoldError } from '../errors.ts';
import type { DatabaseAddress } from '../tenant.ts';
import { commandSpan } from '../wording/command-span.ts';
import { newLogins } from './new-logins.ts';
import type { Provisioning } from './provisioning.ts';
import type { ProvisioningRow } from './provisioning-registry.ts';
import {
  checkDatabaseName,
  checkSlug,
  checkUserName,
  databaseNameOf,
  userNameOf,
} from './tenant-names.ts';

type Optional<Whole> = { readonly [Part in keyof Whole]?: Whole[Part] | undefined };

/** The options of a person who provisions a tenant. */
export interface ProvisioningDraft extends Optional<DatabaseAddress> {
  readonly slug: string;
  /** Default: the slug. */
  readonly name?: string | undefined;
}

/**
 * Adds the row of a new tenant, with a password that nobody has seen, or finds the row of one whose
 * provisioning was begun before; returns its id. Throws with fault `usage`: `TenantInvalid`,
 * `SlugTaken`, `ProvisioningDiffers` if the existing row has another address than the requested one.
 */
export async function beginProvisioning(
  draft: ProvisioningDraft,
  { registry, sealer, settings }: Pick<Provisioning, 'registry' | 'sealer' | 'settings'>,
): Promise<string> {
  const { slug, name, host } = draft;
  checkSlug(slug);
  const row = await registry.findBySlug(slug);
  if (row !== undefined) return resumeProvisioning(row, draft);
  if (host === undefined) {
    throw new FanfoldError('RequestInvalid', 'A new tenant needs a database server.', {
      fault: 'usage',
      nextStep: 'Name it with --host.',
    });
  }
  const { port = 3306, database = databaseNameOf(slug), user = userNameOf(slug) } = draft;
  checkDatabaseName(database);
  checkUserName(user);
  const id = randomUUID();
  const tenant = checkNewTenant({ slug, name, host, port, database, user });
  const logins = await newLogins(id, tenant.address, { sealer, settings });
  return registry.add({ ...tenant, ...logins, id });
}

function resumeProvisioning({ tenant, mark }: ProvisioningRow, draft: ProvisioningDraft): string {
  const { id, slug, status, address, encryptedPassword } = tenant;
  const isOpen = status === 'PROVISIONING' || status === 'FAILED';
  if (!isOpen || (mark === null && encryptedPassword !== '')) {
    throw new FanfoldError(
      'SlugTaken',
      `There is a tenant with the slug "${slug}" already. It is ${status}${isOpen ? ', and was added by hand' : ''}.`,
      {
        fault: 'usage',
        nextStep: 'Choose another slug, or look at the existing one: `fanfold tenant:list`',
      },
    );
  }
  for (const part of ['host', 'port', 'database', 'user'] as const) {
    const [stored, asked] = [address[part], draft[part]];
    if (asked !== undefined && asked !== stored && stored !== '') {
      throw new FanfoldError(
        'ProvisioningDiffers',
        `The provisioning of "${slug}" was begun with the ${part} ${JSON.stringify(stored)}, not ${JSON.stringify(asked)}.`,
        {
          fault: 'usage',
          nextStep: `Leave that option out to go on, or take the tenant away first: ${commandSpan('tenant:provision', slug, '--undo')}`,
        },
      );
    }
  }
  return id;
}
