import { Aws, Fn, type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface LogGroupSettings {
  readonly encryptionKey: IKey;
  readonly retention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** Beginnings of the names of all log groups of a prefix; the key's policy lets logs use it for these. */
export function logGroupNames(prefix: string): readonly string[] {
  return [`/aws/lambda/${prefix}-`, `/aws/vendedlogs/${prefix}-`];
}

/** Log group of a function. */
export function functionLogGroup(
  scope: Construct,
  functionName: string,
  settings: LogGroupSettings,
): LogGroup {
  return encryptedLogGroup(scope, `/aws/lambda/${functionName}`, settings);
}

/**
 * Log group to which a service delivers. With any other beginning of its name, each log group adds a line to
 * one policy of the account, which is full after some fifty.
 */
export function deliveredLogGroup(
  scope: Construct,
  name: string,
  settings: LogGroupSettings,
): LogGroup {
  return encryptedLogGroup(scope, `/aws/vendedlogs/${name}`, settings);
}

function encryptedLogGroup(
  scope: Construct,
  name: string,
  { encryptionKey, retention, removalPolicy }: LogGroupSettings,
): LogGroup {
  // A part of the stack's id makes the name unique: logs that were kept do not block a stack that is made again.
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  const logGroupName = `${name}-${Fn.select(4, Fn.split('-', stackUuid))}`;
  return new LogGroup(scope, 'Logs', { logGroupName, encryptionKey, retention, removalPolicy });
}
