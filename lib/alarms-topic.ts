import { Annotations, Token } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** Throws if messages are to go to a FIFO topic: alarms cannot use one, and messages of runs have no group. */
export function refuseFifo(scope: Construct, property: string, topic: ITopic | undefined): void {
  if (topic === undefined) return;
  const isFifo =
    topic.fifo || (!Token.isUnresolved(topic.topicArn) && topic.topicArn.endsWith('.fifo'));
  if (!isFifo) return;
  throw new Error(
    `"${property}" of ${scope.node.path} is a FIFO topic, which takes no messages of alarms, and none of runs either, since they have no group. Give a standard topic.`,
  );
}

/**
 * Lets CloudWatch use the key of an encrypted topic: without that an alarm changes its state, and nobody is told. The policy
 * of a key that is not made in this app cannot be changed here, so that its owner is asked to.
 */
export function allowAlarms(scope: Construct, topic: ITopic | undefined): void {
  const key = topic?.masterKey;
  if (key === undefined) return;
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      // The key itself, of which this is the policy.
      resources: ['*'],
    }),
  );
  if (statementAdded) return;
  Annotations.of(scope).addWarningV2(
    'fanfold:alarmsTopicKey',
    `"alarmsTopic" is encrypted with a key that is not made here. Its policy must let cloudwatch.amazonaws.com use kms:Decrypt and kms:GenerateDataKey*, or alarms reach nobody; the policy of alias/aws/sns cannot.`,
  );
}
