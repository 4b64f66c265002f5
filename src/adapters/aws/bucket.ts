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
import { damaged, unreadable, unwritable } from './run-store-error.ts';
import { type ResumeAt, type StreamedAnswer, streamUtf8 } from './stream-utf8.ts';

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, by the second. */
  readonly modifiedAt: number;
}

/**
 * What a run store does with its bucket. Throws `RunStoreUnreadable` and `RunStoreUnwritable`
 * (`configuration`), retryable where waiting helps; the client has tried several times by then.
 */
export interface Bucket {
  readonly name: string;
  /** An object's text; `undefined` where there is none. */
  readText(key: string): Promise<string | undefined>;
  /** Lines without their line breaks; the last one may lack it. Throws where there is no object. */
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
  /** Nothing to delete is no error. */
  delete(keys: readonly string[]): Promise<void>;
}

/** S3 wants parts of at least 5 MiB, and at most 10,000 of them: this makes room for 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
/** Keys that one call deletes. */
const DELETE_AT_ONCE = 1_000;

/** A bucket behind a client of S3. */
export function createBucket(client: S3Client, name: string): Bucket {
  const reading = <Result>(work: Promise<Result>) => explained(work, unreadable);
  const writing = <Result>(work: Promise<Result>) => explained(work, unwritable);

  async function explained<Result>(work: Promise<Result>, explain: typeof unreadable) {
    try {
      return await work;
    } catch (error) {
      throw explain(name, error);
    }
  }

  async function* listPages(prefix: string, delimiter?: string) {
    let token: string | undefined;
    do {
      const page = await reading(
        client.send(
          new ListObjectsV2Command({
            Bucket: name,
            Prefix: prefix,
            Delimiter: delimiter,
            ContinuationToken: token,
          }),
        ),
      );
      yield page;
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** An object from its beginning, or the rest of one whose stream broke off. */
  async function open(key: string, resume: ResumeAt | undefined): Promise<StreamedAnswer> {
    const { Body, ETag } = await client.send(
      new GetObjectCommand({
        Bucket: name,
        Key: key,
        Range: resume && `bytes=${resume.from}-`,
        IfMatch: resume?.etag,
      }),
    );
    return { body: Body as AsyncIterable<Uint8Array>, etag: ETag };
  }

  async function put(key: string, text: string, contentType: string, ifNoneMatch?: '*') {
    await client.send(
      new PutObjectCommand({
        Bucket: name,
        Key: key,
        // Of an empty text the client would not send the length.
        Body: Buffer.from(text),
        ContentType: contentType,
        IfNoneMatch: ifNoneMatch,
      }),
    );
  }

  return {
    name,

    readText: (key) =>
      reading(
        orMissing(client.send(new GetObjectCommand({ Bucket: name, Key: key }))).then((object) =>
          object?.Body?.transformToString('utf8'),
        ),
      ),

    async *readLines(key) {
      let rest = '';
      try {
        for await (const text of streamUtf8((resume) => open(key, resume))) {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          yield* lines;
        }
      } catch (error) {
        throw isMissing(error) ? damaged(name, key, 'is missing', error) : unreadable(name, error);
      }
      if (rest !== '') yield rest;
    },

    writeText: (key, text, contentType) => writing(put(key, text, contentType)),

    createText: (key, text, contentType) =>
      writing(
        put(key, text, contentType, '*').then(
          () => true,
          (error: unknown) => {
            if (isThere(error)) return false;
            throw error;
          },
        ),
      ),

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
        throw thrown === undefined ? unwritable(name, error) : thrown.error;
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
        const { Errors = [] } = await writing(
          client.send(new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } })),
        );
        const [first] = Errors;
        if (first === undefined) continue;
        // It comes in an answer of success, so that the client makes no error of it.
        const { Key, Message, Code = 'Error' } = first;
        throw unwritable(name, Object.assign(new Error(`${Key}: ${Message}`), { name: Code }));
      }
    },
  };
}

async function orMissing(
  answer: Promise<GetObjectCommandOutput>,
): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey';
}

/** `ConditionalRequestConflict`: another request is writing the same key right now. */
function isThere(error: unknown): boolean {
  const { name } = error as Error;
  return name === 'PreconditionFailed' || name === 'ConditionalRequestConflict';
}
