import { FanfoldError } from '../../core/errors.ts';
import type { RoundRef } from '../../core/ports.ts';
import { awsError } from './aws-error.ts';

/** Explains a write to the bucket that failed. */
export function unwritable(bucket: string, error: unknown): FanfoldError {
  return storeError('RunStoreUnwritable', `The run store s3://${bucket} cannot be written`, error);
}

/** Explains a read from the bucket that failed. */
export function unreadable(bucket: string, error: unknown): FanfoldError {
  return storeError('RunStoreUnreadable', `The run store s3://${bucket} cannot be read`, error);
}

/** Explains an object that does not hold what was written into it, or is gone. */
export function damaged(bucket: string, key: string, why: string, cause?: unknown): FanfoldError {
  return new FanfoldError('RunStoreUnreadable', `s3://${bucket}/${key} ${why}.`, {
    fault: 'configuration',
    nextStep:
      'Restore an earlier version of the object, or start a new run: tenants that are done are left as they are.',
    cause,
  });
}

/** Explains a result file of Step Functions that cannot be what it wrote. */
export function resultFileDamaged(
  bucket: string,
  key: string,
  why: string,
  cause?: unknown,
): FanfoldError {
  return new FanfoldError('ResultFileDamaged', `The result file s3://${bucket}/${key} ${why}.`, {
    fault: 'configuration',
    nextStep:
      'Restore the file and press Redrive, or delete the manifest.json beside it and press Redrive: the tenants of the round then count as unknown and are looked at again.',
    cause,
  });
}

function storeError(code: string, what: string, error: unknown): FanfoldError {
  if (error instanceof FanfoldError) return error;
  if (error instanceof Error && error.name === 'NoSuchBucket') {
    return new FanfoldError(code, `${what}: there is no such bucket.`, {
      fault: 'configuration',
      nextStep: 'Deploy the stack again: it makes the bucket. Or name the stack that has it.',
      cause: error,
    });
  }
  const known = awsError(error, { action: 'use the run store' });
  return new FanfoldError(code, `${what}: ${known.message}`, {
    fault: 'configuration',
    nextStep: known.nextStep,
    retryable: known.retryable,
    cause: error,
  });
}

/** Explains that an id is taken. */
export function runExists(runId: string, location: string): FanfoldError {
  return new FanfoldError('RunExists', `There is a run "${runId}" already: ${location}`, {
    fault: 'usage',
    nextStep: `Start the execution under another name. To run what that run left, start one with {"retryOf": "${runId}"}.`,
  });
}

/** Explains that there is no such run. */
export function runUnknown(runId: string, bucket: string): FanfoldError {
  return new FanfoldError('RunUnknown', `There is no run "${runId}" in s3://${bucket}.`, {
    fault: 'usage',
    nextStep:
      'A run has the name of its execution: look it up in the list of executions of the state machine.',
  });
}

/** Explains that a run came to nothing. */
export function runNotListed(runId: string): FanfoldError {
  return new FanfoldError(
    'RunNotListed',
    `Run "${runId}" ended before its tenants were listed; no tenant was touched.`,
    { fault: 'usage', nextStep: 'There is nothing to retry: start a new run.' },
  );
}

/** Explains that a round's summary is asked for before it was written. */
export function roundNotReduced(runId: string, { wave, round }: RoundRef): FanfoldError {
  return new FanfoldError(
    'RoundNotReduced',
    `Round ${round} of wave ${wave} of run "${runId}" has no summary.`,
    {
      fault: 'configuration',
      nextStep:
        'ReduceOutcomes writes it before SettleRun reads it. Was it deleted? Start an execution with `retryOf` to run what is left.',
    },
  );
}
