import { PutObjectCommand } from '@aws-sdk/client-s3';
import { BRIEF_SETTINGS } from './clients/client-settings.ts';
import { createS3Client } from './clients/create-s3-client.ts';
import { JSON_TEXT } from './content-types.ts';
import { unwritable } from './run-store-error.ts';

/** Writes an object that a run can do without, within seconds. Throws `RunStoreUnwritable`. */
export async function putJson(bucket: string, key: string, value: unknown): Promise<void> {
  const client = createS3Client(BRIEF_SETTINGS);
  try {
    const Body = Buffer.from(`${JSON.stringify(value)}\n`);
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: JSON_TEXT }),
    );
  } catch (error) {
    throw unwritable(bucket, error, 'function');
  } finally {
    client.destroy();
  }
}
