import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BRIEF_SETTINGS } from './clients/client-settings.ts';
import { createS3Client } from './clients/create-s3-client.ts';
import { JSON_TEXT } from './content-types.ts';
import { damaged, unreadable, unwritable } from './run-store-error.ts';

/** Objects with JSON that a run can do without: a request ends within seconds, whatever comes of it. */
export interface JsonObjects {
  /** Throws `RunStoreUnreadable` and `RunStoreDamaged`. */
  read(key: string): Promise<unknown>;
  /** Throws `RunStoreUnwritable`. */
  write(key: string, value: unknown): Promise<void>;
}

/** JSON objects of a bucket, for a function. */
export function createJsonObjects(bucket: string): JsonObjects {
  const client = createS3Client(BRIEF_SETTINGS);
  return {
    async read(key) {
      const text = await get(key);
      try {
        return JSON.parse(text);
      } catch (error) {
        throw damaged(bucket, key, 'is not valid JSON', error);
      }
    },
    async write(key, value) {
      const Body = Buffer.from(`${JSON.stringify(value)}\n`);
      try {
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: JSON_TEXT }),
        );
      } catch (error) {
        throw unwritable(bucket, error, 'function');
      }
    },
  };

  async function get(key: string): Promise<string> {
    try {
      const answer: GetObjectCommandOutput = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key }),
      );
      return (await answer.Body?.transformToString('utf8')) ?? '';
    } catch (error) {
      throw unreadable(bucket, error, 'function');
    }
  }
}
