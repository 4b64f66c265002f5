import { FanfoldError } from '../../errors.ts';
import { evidenceSchema } from '../../wire/evidence-schema.ts';
import { parseVersionedJson } from '../../wire/parse-versioned-json.ts';
import type { RehearsalEvidence } from '../rehearsal/evidence.ts';

/**
 * Reads the file that `migrate:rehearse --evidence` wrote.
 *
 * @param file its name, for people
 * @throws FanfoldError `EvidenceInvalid`
 */
export function parseEvidence(text: string, file: string): RehearsalEvidence {
  return parseVersionedJson(text, evidenceSchema, {
    notJson: 'is not JSON, or is truncated',
    notIt: 'is not the evidence of a rehearsal',
    invalid: (what) => invalid(file, what),
  });
}

function invalid(file: string, what: string): FanfoldError {
  return new FanfoldError('EvidenceInvalid', `${file} ${what}.`, {
    fault: 'configuration',
    nextStep: 'Rehearse again: `fanfold migrate:rehearse --shapes <file> --evidence <file>`',
  });
}
