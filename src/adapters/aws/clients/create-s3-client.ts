import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from './client-settings.ts';

export const createS3Client = (settings = CLIENT_SETTINGS): S3Client => new S3Client(settings);
