import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { streamUtf8 } from './stream-utf8.ts';

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** What a run store does with its bucket. Every method throws what the client throws. */
export interface Bucket {
  readonly name: string;
  /** An object's text; `undefined` where there is none. */
  readText(key: string): Promise<string | undefined>;
  /** Lines without their line breaks; the last one may lack it. None where there is no object. */
  readLines(key: string): AsyncGenerator<string, void, undefined>;
  /** Writes an object as a whole. */
  writeText(key: string, text: string, contentType: string): Promise<void>;
  /** Writes an object where there is none; returns whether it did. */
  createText(key: string, text: string, contentType: string): Promise<boolean>;
  /** Writes an object of any size, whole or not at all; what `chunks` throws is thrown as it is. */
  writeStream(key: string, chunks: AsyncIterable<string>, contentType: string): Promise<void>;
  /** Objects whose key begins with the prefix, in the order of their keys. */
  list(prefix: string): AsyncGenerator<ListedObject, void, undefined>;
  /** The folders right below a prefix that ends in `/`: each once, with its `/`. */
  listFolders(prefix: string): AsyncGenerator<string, void, undefined>;
  delete(keys: readonly string[]): Promise<void>;
}

/** S3 wants parts of at least 5 MiB, and at most 10,000 of them: this makes room for 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
/** Keys that one call deletes. */
const DELETE_AT_ONCE = 1_000;

export function createBucket(client: S3Client, name: string): Bucket {
  const listPages = async function* (prefix: string, delimiter?: string) {
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: name,
          Prefix: prefix,
          ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      yield page;
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  };
  const put = (key: string, text: string, contentType: string, ifNoneMatch?: '*') =>
    client.send(
      new PutObjectCommand({
        Bucket: name,
        Key: key,
        Body: text,
        ContentType: contentType,
        ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch }),
      }),
    );

  return {
    name,

    async readText(key) {
      const object = await orMissing(client.send(new GetObjectCommand({ Bucket: name, Key: key })));
      return object?.Body?.transformToString('utf8');
    },

    async *readLines(key) {
      let rest = '';
      for await (const text of streamUtf8((range) => getObject(client, name, key, range))) {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
      }
      if (rest !== '') yield rest;
    },

    async writeText(key, text, contentType) {
      await put(key, text, contentType);
    },

    async createText(key, text, contentType) {
      try {
        await put(key, text, contentType, '*');
        return true;
      } catch (error) {
        if (isThere(error)) return false;
        throw error;
      }
    },

    async writeStream(key, chunks, contentType) {
      let thrown: { readonly error: unknown } | undefined;
      async function* remembering() {
        try {
          for await (const chunk of chunks) yield Buffer.from(chunk);
        } catch (error) {
          thrown = { error };
          throw error;
        }
      }
      const upload = new Upload({
        client,
        params: {
          Bucket: name,
          Key: key,
          Body: Readable.from(remembering(), { objectMode: false }),
          ContentType: contentType,
        },
        partSize: PART_BYTES,
        // One part is filled while another is on its way.
        queueSize: 2,
      });
      try {
        await upload.done();
      } catch (error) {
        throw thrown === undefined ? error : thrown.error;
      }
    },

    async *list(prefix) {
      for await (const { Contents = [] } of listPages(prefix)) {
        for (const { Key = '', Size = 0, LastModified } of Contents) {
          yield { key: Key, size: Size, modifiedAt: LastModified?.getTime() ?? 0 };
        }
      }
    },

    async *listFolders(prefix) {
      for await (const { CommonPrefixes = [] } of listPages(prefix, '/')) {
        for (const { Prefix = '' } of CommonPrefixes) yield Prefix;
      }
    },

    async delete(keys) {
      for (let from = 0; from < keys.length; from += DELETE_AT_ONCE) {
        const Objects = keys.slice(from, from + DELETE_AT_ONCE).map((Key) => ({ Key }));
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }),
        );
        const [first] = Errors;
        if (first !== undefined) {
          // It comes in an answer of success, so that the client makes no error of it.
          throw Object.assign(new Error(`${first.Key}: ${first.Message}`), { name: first.Code });
        }
      }
    },
  };
}

/** From a byte on, where `range` says so, and only of the object that was being read. */
async function getObject(
  client: S3Client,
  bucket: string,
  key: string,
  range: { readonly from: number; readonly etag: string | undefined } | undefined,
): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly etag: string | undefined }> {
  const object = await orMissing(
    client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(range === undefined ? {} : { Range: `bytes=${range.from}-`, IfMatch: range.etag }),
      }),
    ),
  );
  const body = object?.Body as AsyncIterable<Uint8Array> | undefined;
  return { body: body ?? none(), etag: object?.ETag };
}

async function* none(): AsyncGenerator<Uint8Array> {}

async function orMissing(
  answer: Promise<GetObjectCommandOutput>,
): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** `ConditionalRequestConflict`: another request is writing the same key, and one of them will be. */
function isThere(error: unknown): boolean {
  const { name } = error as Error;
  return name === 'PreconditionFailed' || name === 'ConditionalRequestConflict';
}
