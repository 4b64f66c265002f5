import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The parts of the central database's address that its secret lacks. */
export interface CentralDatabaseAddress {
  /** Such as `cluster.clusterEndpoint.hostname`. */
  readonly host?: string | undefined;
  /** Default: 3306. */
  readonly port?: number | undefined;
  /** Name of the database. */
  readonly name?: string | undefined;
}

/** The address as the functions and the command line read it; `undefined` if the secret has all of it. */
export function centralDatabaseText(
  address: CentralDatabaseAddress | undefined,
  scope: IConstruct,
): string | undefined {
  const given = Object.entries(address ?? {}).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Stack.of(scope).toJsonString(Object.fromEntries(given));
}
