import { Stack, Token } from 'aws-cdk-lib';
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

/**
 * The address as the functions and the command line read it; `undefined` if the secret has all of it. Throws if its port
 * is none.
 */
export function centralDatabaseText(
  address: CentralDatabaseAddress | undefined,
  scope: IConstruct,
): string | undefined {
  const { port } = address ?? {};
  const isKnown = port !== undefined && !Token.isUnresolved(port);
  if (isKnown && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new Error(
      `"centralDatabase.port" is ${port}; it must be a whole number from 1 to 65535.`,
    );
  }
  const given = Object.entries(address ?? {}).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Stack.of(scope).toJsonString(Object.fromEntries(given));
}
