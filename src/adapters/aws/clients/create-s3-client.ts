import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from './client-settings.ts';

export const createS3Client = (): S3Client => new S3Client(CLIENT_SETTINGS);
