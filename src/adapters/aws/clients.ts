import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';

/**
 * Settings of the clients within functions; region and credentials come with the environment. Five
 * tries spread over some 10 s at most, then the state machine tries again. Without limits a packet
 * that nobody answers, as where a VPC lacks an endpoint, holds a function until its own.
 */
const SETTINGS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, socketTimeout: 30_000 },
};

// Each by itself, so that a bundle holds those that its function uses.
export const createS3Client = (): S3Client => new S3Client(SETTINGS);
export const createSecretsClient = (): SecretsManagerClient => new SecretsManagerClient(SETTINGS);
export const createStatesClient = (): SFNClient => new SFNClient(SETTINGS);
export const createLambdaClient = (): LambdaClient => new LambdaClient(SETTINGS);
export const createStacksClient = (): CloudFormationClient => new CloudFormationClient(SETTINGS);
