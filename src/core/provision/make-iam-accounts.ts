import type { Tenant } from '../tenant.ts';
import type { Account, DatabaseServer } from './database-server.ts';
import type { ProvisioningMark, ProvisioningRegistry } from './provisioning-registry.ts';

/** Work on the accounts of one tenant, under the lock of its provisioning. */
export interface IamAccounts {
  readonly tenant: Pick<Tenant, 'id'>;
  readonly accounts: readonly Account[];
  readonly mark: ProvisioningMark;
  readonly registry: Pick<ProvisioningRegistry, 'mark'>;
  readonly server: Pick<DatabaseServer, 'listAccounts' | 'createAccount' | 'dropAccount'>;
  /** The errors for an account of somebody else, and for a row that has changed meanwhile. */
  readonly userTaken: (account: Account) => Error;
  readonly changed: () => Error;
}

/**
 * Creates accounts that log in by IAM. A password proves that an account is of this tenant's making; a token proves
 * nothing, because every account takes one of a role that may connect as its user. So the accounts are looked for first,
 * and the row is marked before they are created, as it is for a database. Returns whether one was created.
 */
export async function makeIamAccounts(work: IamAccounts): Promise<boolean> {
  const { tenant, accounts, mark, registry, server, userTaken, changed } = work;
  const isFirst = mark === 'claimed';
  if (isFirst) {
    for (const account of accounts) {
      const found = await server.listAccounts(account.user);
      if (found.some(({ from }) => from === account.from)) throw userTaken(account);
    }
    if (!(await registry.mark(tenant.id, 'account'))) throw changed();
  }
  const created: Account[] = [];
  try {
    for (const account of accounts) {
      const terms = { password: '', auth: 'iam', requireTls: true } as const;
      if (await server.createAccount(account, terms)) created.push(account);
      else if (isFirst) throw userTaken(account);
    }
  } catch (error) {
    // Somebody else was faster, or the server has no such logins, so the row must not mark the accounts as
    // ours.
    if (isFirst) {
      for (const account of created) await server.dropAccount(account);
      await registry.mark(tenant.id, 'claimed');
    }
    throw error;
  }
  return created.length > 0;
}
