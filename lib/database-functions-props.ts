import type { Duration } from 'aws-cdk-lib';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { LogGroupSettings } from './encrypted-log-group.ts';
import type { IamLogins } from './iam-logins.ts';

/** The props that all functions which reach databases have in common. */
export interface DatabaseFunctionsProps {
  /** Begins the names of functions and state machines. */
  readonly prefix: string;
  /** Login for functions that change rows of the central database. */
  readonly centralSecret: ISecret;
  /** The parts of the address that the secret lacks, as JSON. */
  readonly centralDatabase?: string | undefined;
  readonly iamLogins?: IamLogins | undefined;
  readonly encryptionKeySecret: ISecret;
  readonly logs: LogGroupSettings;
  readonly functionTimeout: Duration;
  readonly architecture?: Architecture | undefined;
  readonly tls?: string | undefined;
  /** Path of further certificates to trust, in the function. */
  readonly certificates?: string | undefined;
  readonly tableName?: string | undefined;
}
