import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { logGroupNames } from './encrypted-log-group.ts';

export interface MigrationKeysProps {
  /** The beginning of the keys' aliases and of the names of the log groups. */
  readonly prefix: string;
  /** Whether there are secrets to encrypt; false if others own all of them. */
  readonly forSecrets: boolean;
  /** Removal policy of the key of the run data. The key of the secrets is always kept. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Two keys, so that the right to read run data is never the right to decrypt a secret: a grant on a
 * bucket gives `kms:Decrypt` on the bucket's whole key.
 */
export class MigrationKeys extends Construct {
  /** The key of the bucket, the logs, the state machine and the dead-letter queue. */
  readonly dataKey: Key;
  /** The key of the secrets that are made here. */
  readonly secretsKey: Key | undefined;

  constructor(scope: Construct, id: string, props: MigrationKeysProps) {
    super(scope, id);
    this.dataKey = new Key(this, 'DataKey', {
      alias: `${props.prefix}/run-data`,
      description: `Run data, logs and state machine of ${props.prefix}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: props.removalPolicy,
    });
    allowLogs(this.dataKey, props.prefix);
    this.secretsKey = props.forSecrets ? keyOfSecrets(this, props.prefix) : undefined;
  }
}

function keyOfSecrets(scope: Construct, prefix: string): Key {
  return new Key(scope, 'SecretsKey', {
    alias: `${prefix}/secrets`,
    description: `Secrets of ${prefix}. Without this key no password of a tenant opens.`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(30),
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** CloudWatch Logs names the log group as the encryption context. */
function allowLogs(key: Key, prefix: string): void {
  const stack = Stack.of(key);
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EncryptLogs',
      principals: [new ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': logGroupNames(prefix).map((name) =>
            stack.formatArn({ service: 'logs', resource: `log-group:${name}*` }),
          ),
        },
      },
    }),
  );
}
