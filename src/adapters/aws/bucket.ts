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
import type { AwsCaller } from './aws-error.ts';
import { damaged, unreadable, unwritable } from './run-store-error.ts';
import { type ResumeAt, type StreamedAnswer, streamUtf8 } from './stream-utf8.ts';

/** An object in a listing. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, with the precision of a second. */
  readonly modifiedAt: number;
}

/**
 * The operations of a run store on its bucket. They throw `RunStoreUnreadable` and `RunStoreUnwritable`
 * (`configuration`), after several attempts of the client; retryable if waiting may help.
 */
export interface Bucket {
  readonly name: string;
  /** The text of an object; `undefined` if there is no object. */
  readText(key: string): Promise<string | undefined>;
  /** The lines of an object, without line breaks; the last line may be incomplete. Throws if there is no object. */
  readLines(key: string): AsyncGenerator<string, void, undefined>;
  /** Writes an object completely. */
  writeText(key: string, text: string, contentType: string): Promise<void>;
  /** Writes an object if the key does not exist; returns whether it did. */
  createText(key: string, text: string, contentType: string): Promise<boolean>;
  /** Writes an object of any size completely or not at all; errors of `chunks` are thrown unchanged. */
  writeStream(key: string, chunks: AsyncIterable<string>, contentType: string): Promise<void>;
  /** Objects whose key begins with the prefix, in the order of their keys. */
  list(prefix: string): AsyncGenerator<ListedObject, void, undefined>;
  /** The folders directly below a prefix that ends in `/`: each once, with its `/`. */
  listFolders(prefix: string): AsyncGenerator<string, void, undefined>;
  /** Deletes objects; missing ones are not an error. */
  delete(keys: readonly string[]): Promise<void>;
}

/** S3 requires parts of at least 5 MiB and allows 10,000 of them, so 8 MiB allow 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
/** The maximum number of keys that one call deletes. */
const DELETE_AT_ONCE = 1_000;

/** A bucket that is accessed with an S3 client, by a person unless the caller is a function. */
export function createBucket(client: S3Client, name: string, caller?: AwsCaller): Bucket {
  const reading = <Result>(work: Promise<Result>) => explained(work, unreadable);
  const writing = <Result>(work: Promise<Result>) => explained(work, unwritable);

  async function explained<Result>(work: Promise<Result>, explain: typeof unreadable) {
    try {
      return await work;
    } catch (error) {
      throw explain(name, error, caller);
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

  /** Opens an object from its beginning, or the rest of one whose stream broke off. */
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
        // A buffer, because for an empty string the client would not send the length.
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
        throw isMissing(error)
          ? damaged(name, key, 'is missing', error)
          : unreadable(name, error, caller);
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
        // One part is filled while another is uploaded.
        queueSize: 2,
      });
      try {
        await upload.done();
      } catch (error) {
        throw thrown === undefined ? unwritable(name, error, caller) : thrown.error;
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
        // The error is part of a successful response, so the client does not throw it.
        const { Key, Message, Code = 'Error' } = first;
        throw unwritable(
          name,
          Object.assign(new Error(`${Key}: ${Message}`), { name: Code }),
          caller,
        );
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

/** Whether the key exists. `ConditionalRequestConflict` means that another request is writing it right now. */
function isThere(error: unknown): boolean {
  const { name } = error as Error;
  return name === 'PreconditionFailed' || name === 'ConditionalRequestConflict';
}
