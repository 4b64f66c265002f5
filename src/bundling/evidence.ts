import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Bundle } from '../core/bundle/bundle.ts';
import { FanfoldError } from '../core/errors.ts';
import { parseEvidence } from '../core/safety/gate/parse-evidence.ts';
import { createRehearsalGate } from '../core/safety/gate/rehearsal-gate.ts';

/** Name of the evidence beside a function's code. */
export const EVIDENCE_FILE = 'rehearsal.json';

/** The evidence that is deployed with the functions that migrate. */
export interface BundledEvidence {
  /** Its path in the project, for people. */
  readonly file: string;
  /** The part of it that the gate of a run reads. */
  readonly text: string;
}

/**
 * Reads the evidence that a deployment requires, and checks that it is about the migrations that are deployed.
 *
 * @param path the full path; absent if none is required
 * @param folder the project's
 * @throws FanfoldError `EvidenceInvalid`, `RehearsalMissing`
 */
export async function readEvidence(
  path: string | undefined,
  folder: string,
  bundle: Bundle,
): Promise<BundledEvidence | undefined> {
  if (path === undefined) return undefined;
  const file = relative(folder, path).split(sep).join('/');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new FanfoldError(
      'EvidenceInvalid',
      `The file "${path}" of requireRehearsal cannot be read: ${error.code ?? error.message}.`,
      {
        fault: 'configuration',
        nextStep: 'Write it with `fanfold migrate:rehearse --shapes <file> --evidence <file>`',
      },
    );
  });
  const evidence = parseEvidence(text, file);
  createRehearsalGate(evidence, { bundle, wanted: bundle, file, place: 'bundling' });
  // The results of single migrations are for people, and may be many.
  return { file, text: JSON.stringify({ ...evidence, migrations: [] }) };
}
