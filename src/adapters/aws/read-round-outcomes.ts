import type { Outcome } from '../../core/outcome.ts';
import type { RoundRef } from '../../core/run-store.ts';
import { parseResultLine } from '../../core/wire/parse-result-line.ts';
import type { Bucket } from './bucket.ts';
import { readManifests } from './result-files.ts';
import type { RunKeys } from './run-keys.ts';
import { resultFileDamaged } from './run-store-error.ts';

/**
 * Reads all outcomes of a round: first those that the lister wrote itself, then those of its Map, then those of
 * its probe. Throws `ResultFileDamaged`.
 *
 * @param unwritten the lines of outcomes that this process could not write
 */
export async function* readRoundOutcomes(
  bucket: Bucket,
  keys: RunKeys,
  round: RoundRef,
  unwritten: readonly string[],
): AsyncGenerator<Outcome, void, undefined> {
  for await (const { key } of bucket.list(keys.listedParts(round))) {
    yield* outcomesIn(bucket, key);
  }
  for (const text of unwritten) {
    for (const line of text.split('\n')) yield* outcomesOfLine(line);
  }
  yield* readMapOutcomes(bucket, keys.mapResults(round));
  // Last: if a tenant was attempted after all, its attempt counts.
  yield* readMapOutcomes(bucket, keys.probeResults(round));
}

/**
 * Reads the outcomes that Map Runs have written under a prefix, with the newest of each tenant; none before the
 * first of them has ended. Throws `ResultFileDamaged`.
 */
export async function* readMapOutcomes(
  bucket: Bucket,
  prefix: string,
): AsyncGenerator<Outcome, void, undefined> {
  const manifests = await readManifests(bucket, `${prefix}/`);
  const isNew = manifests.length > 1 ? firstOfEach() : () => true;
  for (const { files } of manifests) {
    for (const file of files) {
      for await (const outcome of outcomesIn(bucket, file)) if (isNew(outcome)) yield outcome;
    }
  }
}

async function* outcomesIn(
  bucket: Pick<Bucket, 'name' | 'readLines'>,
  key: string,
): AsyncGenerator<Outcome, void, undefined> {
  let number = 0;
  for await (const line of bucket.readLines(key)) {
    number += 1;
    try {
      yield* outcomesOfLine(line);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw resultFileDamaged(bucket.name, key, `is not JSON in line ${number}`, error);
    }
  }
}

function outcomesOfLine(line: string): Outcome[] {
  const outcome = line === '' ? undefined : parseResultLine(line);
  return outcome === undefined ? [] : [outcome];
}

/** Returns a function that determines whether an outcome is the first one of its tenant. */
function firstOfEach(): (outcome: Outcome) => boolean {
  const seen = new Map<number, Set<number>>();
  return ({ wave, position }) => {
    const inWave = seen.get(wave) ?? new Set();
    seen.set(wave, inWave);
    const { size } = inWave;
    return inWave.add(position).size > size;
  };
}
