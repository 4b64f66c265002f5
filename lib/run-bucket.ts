import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { RUN_STORE_PREFIXES } from '../src/core/wire/run-store-prefixes.ts';
import { acknowledge } from './acknowledge.ts';

export interface RunBucketProps {
  readonly encryptionKey: IKey;
  /** The time for which a run is kept. */
  readonly keepRuns: Duration;
  readonly accessLogs?: IBucket | undefined;
  /** With DESTROY the bucket is emptied and deleted with the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** The bucket that the states of the machine share; its keys are those of the run store. */
export class RunBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: RunBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: props.encryptionKey,
      // One data key serves many objects, because a request to KMS for each would cost more than S3 does.
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      ...(props.accessLogs === undefined ? {} : { serverAccessLogsBucket: props.accessLogs }),
      removalPolicy: props.removalPolicy,
      autoDeleteObjects: props.removalPolicy === RemovalPolicy.DESTROY,
      lifecycleRules: [
        {
          id: 'Items',
          // Items hold addresses and ciphertext and are deleted at the end of their round. A round that was
          // stopped can be redriven for 14 days and then needs them again.
          prefix: RUN_STORE_PREFIXES.items,
          expiration: Duration.days(15),
        },
        { id: 'Runs', prefix: RUN_STORE_PREFIXES.runs, expiration: props.keepRuns },
        { id: 'Uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    if (props.accessLogs === undefined) {
      acknowledge(this.bucket, {
        'AwsSolutions-S1':
          'Read by three functions and one state machine; runBucketAccessLogs names a bucket for a log of each request.',
      });
    }
  }
}
