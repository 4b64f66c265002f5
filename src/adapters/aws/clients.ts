import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';

/**
 * Settings of the clients in Lambda functions; region and credentials come from the environment. The
 * client makes five attempts within about 10 s; after that the state machine retries. Without timeouts,
 * an unanswered packet (for example if a VPC lacks an endpoint) would block a function until it times out.
 */
const SETTINGS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, socketTimeout: 30_000 },
};

// Separate functions, so that a bundle contains only the clients that its function uses.
export const createS3Client = (): S3Client => new S3Client(SETTINGS);
export const createSecretsClient = (): SecretsManagerClient => new SecretsManagerClient(SETTINGS);
export const createStatesClient = (): SFNClient => new SFNClient(SETTINGS);
export const createLambdaClient = (): LambdaClient => new LambdaClient(SETTINGS);
export const createAlarmsClient = (): CloudWatchClient => new CloudWatchClient(SETTINGS);
export const createStacksClient = (): CloudFormationClient => new CloudFormationClient(SETTINGS);

/** A notification holds up its run until it is sent: three attempts and about 20 s at the most. */
const NOTIFICATION_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
};
export const createEventsClient = (): EventBridgeClient =>
  new EventBridgeClient(NOTIFICATION_SETTINGS);
export const createTopicsClient = (): SNSClient => new SNSClient(NOTIFICATION_SETTINGS);
