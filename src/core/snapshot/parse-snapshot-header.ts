import { FanfoldError } from '../errors.ts';
import { snapshotHeaderSchema } from '../wire/snapshot-schema.ts';
import type { SnapshotHeader } from './snapshot.ts';

/**
 * Reads the first line of a snapshot.
 *
 * @param file its name, for people
 * @throws FanfoldError `SnapshotInvalid`
 */
export function parseSnapshotHeader(text: string, file: string): SnapshotHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(file, 'does not begin with a line of JSON');
  }
  const parsed = snapshotHeaderSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(
    file,
    issue?.path[0] === 'format'
      ? 'is of a format that this version of Fanfold does not read'
      : `is not the snapshot of a bundle (${issue?.path.join('.') ?? ''})`,
  );
}

function invalid(file: string, what: string): FanfoldError {
  return new FanfoldError('SnapshotInvalid', `The file ${file} ${what}.`, {
    fault: 'configuration',
    nextStep: 'Make it again: `fanfold migrate:snapshot`',
  });
}
