import { FanfoldError } from '../../core/errors.ts';
import type { RoundRef } from '../../core/run-store.ts';
import { type AwsCaller, awsError } from './aws-error.ts';

/** Explains a failed write to the bucket. */
export function unwritable(bucket: string, error: unknown, caller?: AwsCaller): FanfoldError {
  const what = `The run store s3://${bucket} cannot be written`;
  return storeError('RunStoreUnwritable', what, error, caller);
}

/** Explains a failed read from the bucket. */
export function unreadable(bucket: string, error: unknown, caller?: AwsCaller): FanfoldError {
  const what = `The run store s3://${bucket} cannot be read`;
  return storeError('RunStoreUnreadable', what, error, caller);
}

/** Explains an object that is missing or whose contents are not what was written. */
export function damaged(bucket: string, key: string, why: string, cause?: unknown): FanfoldError {
  return new FanfoldError('RunStoreUnreadable', `s3://${bucket}/${key} ${why}.`, {
    fault: 'configuration',
    nextStep:
      'Restore an earlier version of the object, or start a new run: tenants that are up to date are not changed.',
    cause,
  });
}

/** Explains a result file whose contents are not what Step Functions wrote. */
export function resultFileDamaged(
  bucket: string,
  key: string,
  why: string,
  cause?: unknown,
): FanfoldError {
  return new FanfoldError('ResultFileDamaged', `The result file s3://${bucket}/${key} ${why}.`, {
    fault: 'configuration',
    nextStep:
      'Restore the file and redrive the execution. Or delete the manifest.json next to it and redrive: the tenants of the round then count as unknown and are checked again.',
    cause,
  });
}

function storeError(
  code: 'RunStoreUnwritable' | 'RunStoreUnreadable',
  what: string,
  error: unknown,
  caller: AwsCaller | undefined,
): FanfoldError {
  if (error instanceof FanfoldError) return error;
  if (error instanceof Error && error.name === 'NoSuchBucket') {
    return new FanfoldError(code, `${what}: there is no such bucket.`, {
      fault: 'configuration',
      nextStep: 'Deploy the stack again, which creates the bucket, or name the stack that has it.',
      cause: error,
    });
  }
  const known = awsError(error, { action: 'use the run store', caller });
  return new FanfoldError(code, `${what}: ${known.message}`, {
    fault: 'configuration',
    nextStep: known.nextStep,
    retryable: known.retryable,
    cause: error,
  });
}

/** The error for a run id that is already used. */
export function runExists(runId: string, location: string): FanfoldError {
  return new FanfoldError('RunExists', `There already is a run "${runId}": ${location}`, {
    fault: 'usage',
    nextStep: `Start the execution under another name. To retry that run's tenants that failed or were not reached, start one with {"retryOf": "${runId}"}.`,
  });
}

/** The error for a run that does not exist. */
export function runUnknown(runId: string, bucket: string): FanfoldError {
  return new FanfoldError('RunUnknown', `There is no run "${runId}" in s3://${bucket}.`, {
    fault: 'usage',
    nextStep:
      "A run has the name of its execution: look it up in the state machine's list of executions.",
  });
}

/** The error for a run that ended before its tenants were listed. */
export function runNotListed(runId: string): FanfoldError {
  return new FanfoldError(
    'RunNotListed',
    `Run "${runId}" ended before its tenants were listed; no tenant was touched.`,
    { fault: 'usage', nextStep: 'There is nothing to retry: start a new run.' },
  );
}

/** The error for a round whose summary does not exist. */
export function roundNotReduced(runId: string, { wave, round }: RoundRef): FanfoldError {
  return new FanfoldError(
    'RoundNotReduced',
    `Round ${round} of wave ${wave} of run "${runId}" has no summary.`,
    {
      fault: 'configuration',
      nextStep:
        'ReduceOutcomes writes it before SettleRun reads it, so it may have been deleted. Start an execution with `retryOf` to retry tenants that failed or were not reached.',
    },
  );
}
