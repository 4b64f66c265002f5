import { StatesError } from './errors.mjs';

// "Step Functions service quotas": 256 KiB of UTF-8 for the input or output of a task, state or execution; 25,000 history events;
// 40 concurrent iterations of an inline Map; 1 MB for a request, which bounds a definition.
export const MAX_DATA_BYTES = 262_144;
export const MAX_HISTORY_EVENTS = 25_000;
export const MAX_INLINE_CONCURRENCY = 40;
export const MAX_DEFINITION_BYTES = 1_048_576;

export const byteLength = (value) =>
  Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** Throws States.DataLimitExceeded, which States.ALL does not catch. */
export function checkSize(value, state) {
  if (byteLength(value) > MAX_DATA_BYTES)
    throw new StatesError(
      'States.DataLimitExceeded',
      `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  return value;
}
