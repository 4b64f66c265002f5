import { FanfoldError } from '../errors.ts';
import { parseVersionedJson } from '../wire/parse-versioned-json.ts';
import { snapshotHeaderSchema } from '../wire/snapshot-schema.ts';
import type { SnapshotHeader } from './snapshot.ts';

/**
 * Reads the first line of a snapshot.
 *
 * @param file its name, for people
 * @throws FanfoldError `SnapshotInvalid`
 */
export function parseSnapshotHeader(text: string, file: string): SnapshotHeader {
  return parseVersionedJson(text, snapshotHeaderSchema, {
    notJson: 'does not begin with a line of JSON',
    notIt: 'is not the snapshot of a bundle',
    invalid: (what) => invalid(file, what),
  });
}

function invalid(file: string, what: string): FanfoldError {
  return new FanfoldError('SnapshotInvalid', `The file ${file} ${what}.`, {
    fault: 'configuration',
    nextStep: 'Make it again: `fanfold migrate:snapshot`',
  });
}
