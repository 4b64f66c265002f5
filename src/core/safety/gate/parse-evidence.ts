import { FanfoldError } from '../../errors.ts';
import { evidenceSchema } from '../../wire/evidence-schema.ts';
import type { RehearsalEvidence } from '../rehearsal/evidence.ts';

/**
 * Reads the file that `migrate:rehearse --evidence` wrote.
 *
 * @param file its name, for people
 * @throws FanfoldError `EvidenceInvalid`
 */
export function parseEvidence(text: string, file: string): RehearsalEvidence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(file, 'is not JSON, or is truncated');
  }
  const parsed = evidenceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(
    file,
    issue?.path[0] === 'format'
      ? 'is of a format that this version of Fanfold does not read'
      : `is not the evidence of a rehearsal (${issue?.path.join('.') ?? ''})`,
  );
}

function invalid(file: string, what: string): FanfoldError {
  return new FanfoldError('EvidenceInvalid', `${file} ${what}.`, {
    fault: 'configuration',
    nextStep: 'Rehearse again: `fanfold migrate:rehearse --shapes <file> --evidence <file>`',
  });
}
