import { Stack, Token } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { allow } from './allow.ts';

/** Users of one database server who log in by IAM. */
export interface IamLogin {
  /**
   * The server's resource id, which is not its name: `db-…` of an instance, `cluster-…` of an Aurora cluster
   * (`clusterResourceIdentifier`), `prx-…` of a proxy.
   */
  readonly resourceId: string;
  /**
   * Names of database users. A policy has room for some hundred of them; `acme_*` stands for all users whose
   * names begin so, and `*` for every user of that server.
   */
  readonly users: readonly string[];
  /** Default: that of the stack. */
  readonly region?: string | undefined;
  /** Default: that of the stack. */
  readonly account?: string | undefined;
}

/** The logins by IAM of a fleet. Only those that are named here are allowed. */
export interface IamLogins {
  /** Users of the central database, for the functions that read it. */
  readonly central?: readonly IamLogin[] | undefined;
  /** Users of the central database, for functions that only look tenants up there. Default: those of `central`. */
  readonly centralRead?: readonly IamLogin[] | undefined;
  /** Administrators of the database servers, for the functions that connect as them. */
  readonly admins?: readonly IamLogin[] | undefined;
  /** Users of tenants, for the functions that connect to their databases. */
  readonly tenants?: readonly IamLogin[] | undefined;
}

/** An id of AWS; any other text would become a part of an ARN unchecked. */
export const RESOURCE_ID = /^(?:db|cluster|prx)-[A-Za-z0-9]+$/;
/** A name of at most 32 characters as MySQL takes it, perhaps with an asterisk at its end. */
export const DATABASE_USER = /^(?:[^*?:/\s]{1,32}|[^*?:/\s]{0,31}\*)$/;

/** Grants the right to log in as these users of these servers, and as no other. */
export function allowIamLogins(
  grantee: IGrantable,
  logins: readonly IamLogin[] | undefined,
  scope: IConstruct,
): void {
  const resources = (logins ?? []).flatMap((login) => usersOf(login, scope));
  if (resources.length === 0) return;
  allow(grantee, {
    actions: ['rds-db:connect'],
    resources,
    wildcard:
      'The fleet names this pattern of database users itself (iamLogins): a policy has no room for thousands of names.',
  });
}

function usersOf({ resourceId, users, region, account }: IamLogin, scope: IConstruct): string[] {
  if (!Token.isUnresolved(resourceId) && !RESOURCE_ID.test(resourceId)) {
    throw new Error(
      `iamLogins: "${resourceId}" is not the resource id of a database server, such as db-ABCDEFGHIJKL or cluster-ABCDEFGHIJKL. \`aws rds describe-db-instances\` shows it as DbiResourceId, describe-db-clusters as DbClusterResourceId.`,
    );
  }
  if (users.length === 0) throw new Error(`iamLogins: ${resourceId} names no users.`);
  return users.map((user) => {
    if (!Token.isUnresolved(user) && !DATABASE_USER.test(user)) {
      throw new Error(
        `iamLogins: "${user}" is not a database user: 1 to 32 characters, with an asterisk at the end only.`,
      );
    }
    const stack = Stack.of(scope);
    return `arn:${stack.partition}:rds-db:${region ?? stack.region}:${account ?? stack.account}:dbuser:${resourceId}/${user}`;
  });
}
