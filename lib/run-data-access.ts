import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { RUN_STORE_PREFIXES } from '../src/core/wire/run-store-prefixes.ts';
import { allow } from './allow.ts';

/** A bucket and the key that encrypts its objects. */
export interface RunData {
  readonly bucket: IBucket;
  readonly key: IKey;
}

/**
 * Patterns of the keys of objects. Below the prefix of their run are also readings of statements, wishes for its
 * backfills, and what its outcomes leave out.
 */
const PATTERNS = {
  runs: `${RUN_STORE_PREFIXES.runs}*`,
  items: `${RUN_STORE_PREFIXES.items}*`,
  digests: `${RUN_STORE_PREFIXES.runs}*/digests/*`,
  controls: `${RUN_STORE_PREFIXES.runs}*/control.json`,
  rests: `${RUN_STORE_PREFIXES.runs}*/rests/*`,
} as const;

type Prefix = keyof typeof PATTERNS;

/** Rights on the objects below a prefix. */
export interface RunDataRights {
  readonly read?: readonly Prefix[];
  /** Includes uploads in several parts. */
  readonly write?: readonly Prefix[];
  /** Writes whole objects at once, and reads none, not even its own. */
  readonly put?: readonly Prefix[];
  readonly delete?: readonly Prefix[];
  /** Lists names, and learns that an object is missing: without this right S3 answers with a refusal. */
  readonly list?: readonly Prefix[];
}

/** Grants access to run data by prefix, and to the key for the objects of this bucket alone. */
export function allowRunData(grantee: IGrantable, data: RunData, rights: RunDataRights): void {
  const { read = [], write = [], put = [], delete: deleted = [], list = [] } = rights;
  const patterns = (prefixes: readonly Prefix[]) => prefixes.map((prefix) => PATTERNS[prefix]);
  const allowObjects = (actions: readonly string[], prefixes: readonly Prefix[]) => {
    if (prefixes.length === 0) return;
    const resources = patterns(prefixes).map((pattern) => data.bucket.arnForObjects(pattern));
    allow(grantee, { actions, resources, wildcard: 'Objects get their keys during a run.' });
  };
  allowObjects(['s3:GetObject'], read);
  allowObjects(['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:PutObject'], write);
  allowObjects(['s3:PutObject'], put);
  allowObjects(['s3:DeleteObject'], deleted);
  if (list.length > 0) {
    allow(grantee, {
      actions: ['s3:ListBucket'],
      resources: [data.bucket.bucketArn],
      // A request for a missing object has no prefix, and needs this right for its answer.
      conditions: { StringLikeIfExists: { 's3:prefix': patterns(list) } },
    });
  }
  // The parts of an upload are decrypted when they are put together.
  const decrypts = read.length + write.length > 0;
  const encrypts = write.length + put.length > 0;
  if (!decrypts && !encrypts) return;
  allow(grantee, {
    actions: [...(decrypts ? ['kms:Decrypt'] : []), ...(encrypts ? ['kms:GenerateDataKey'] : [])],
    resources: [data.key.keyArn],
    // The context of a bucket key is the bucket, that of an object without one the object.
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:s3:arn': [data.bucket.bucketArn, data.bucket.arnForObjects('*')],
      },
    },
  });
}
