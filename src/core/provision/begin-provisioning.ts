import { randomUUID } from 'node:crypto';
import { checkNewTenant, type NewTenant } from '../central/new-tenant.ts';
import { FanfoldError, isFanfoldError } from '../errors.ts';
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
 * provisioning was begun before; returns its id. With a pool the row of a tenant whose database and user are not named
 * gets neither of them and no password yet. Throws with fault `usage`: `TenantInvalid`,
 * `SlugTaken`, `ProvisioningDiffers` if the existing row has another address than the requested one.
 */
export async function beginProvisioning(
  draft: ProvisioningDraft,
  {
    registry,
    sealer,
    settings,
    pool,
  }: Pick<Provisioning, 'registry' | 'sealer' | 'settings' | 'pool'>,
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
  if (pool !== undefined && draft.database === undefined && draft.user === undefined) {
    const added = await addForPool({ ...tenant, id }, registry);
    if (added !== undefined) return added;
  }
  const logins = await newLogins(id, tenant.address, { sealer, settings });
  return registry.add({ ...tenant, ...logins, id });
}

/** `undefined` if the product's table does not take a row without a database, for example twice. */
async function addForPool(
  tenant: NewTenant & { readonly id: string },
  registry: Provisioning['registry'],
): Promise<string | undefined> {
  const address = { ...tenant.address, database: '', user: '' };
  try {
    return await registry.add({ ...tenant, address, encryptedPassword: '' });
  } catch (error) {
    if (isFanfoldError(error) && error.code === 'SlugTaken') throw error;
    return undefined;
  }
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
