import type { Bundle } from '../bundle/bundle.ts';
import { FanfoldError } from '../errors.ts';
import { checkFleet } from '../safety/gate/check-fleet.ts';
import type { Refusal } from '../safety/gate/refusals.ts';
import { createRehearsalGate } from '../safety/gate/rehearsal-gate.ts';
import type { Tenant } from '../tenant.ts';
import type { RoundItem } from '../wire/step-data.ts';
import type { CheckShapesEvent } from '../wire/step-schemas.ts';
import { bytesOf } from '../wording/cut-to-bytes.ts';
import { deployedBundle } from './deployed-bundle.ts';
import { itemCandidate } from './item-candidate.ts';
import type { RequiredRehearsal } from './required-rehearsal.ts';

export interface CheckShapesDependencies {
  readonly rehearsal: RequiredRehearsal;
  /** All migrations that are deployed. */
  readonly bundle: Bundle;
  /** Aborted when the time of the batch is up. */
  readonly signal: AbortSignal;
}

/** Bytes of JSON that the refusals of a batch may come to: a state's output may have 256 KiB. */
const MOST_BYTES = 200 * 1024;
const REST = 'Further shapes were not rehearsed.';

/**
 * Reads the shapes of a batch of tenants before the first wave, and returns those that may not be migrated by their
 * reasons. It changes nothing, so that a batch may be read any number of times.
 *
 * @throws FanfoldError `ShapesNotChecked` if the batch is not done in its time; `RehearsalMissing` or `EvidenceInvalid`
 * if the deployed evidence is not about the deployed bundle
 */
export async function checkShapes(
  { run, items, atATime }: CheckShapesEvent,
  { rehearsal, bundle, signal }: CheckShapesDependencies,
): Promise<Refusal[]> {
  const wanted = deployedBundle(run, bundle);
  // The run ends with its own words in the next state.
  if (wanted === undefined) throw notDone('Other migrations were deployed while they were read.');
  const { evidence, file } = await rehearsal.load();
  const gate = createRehearsalGate(evidence, { bundle, wanted, file, place: 'aws' });
  const options = { concurrency: atATime, signal };
  const findHostReader = await rehearsal.loadHostReaders();
  const reading = { ...rehearsal.reading, findHostReader };
  const refusals = await checkFleet(tenantsOf(items), options, gate, reading);
  // Tenants that were not read by then were not looked at.
  if (signal.aborted) throw notDone('The time of a batch was up.');
  return withinBytes(refusals.list());
}

async function* tenantsOf(items: readonly RoundItem[]): AsyncGenerator<Tenant> {
  for (const item of items) yield itemCandidate(item).tenant;
}

/** As many refusals as fit, and one for the tenants of the others. */
function withinBytes(refusals: readonly Refusal[]): Refusal[] {
  const kept: Refusal[] = [];
  let bytes = 0;
  let rest = 0;
  for (const refusal of refusals) {
    bytes += bytesOf(JSON.stringify(refusal)) + 1;
    if (bytes <= MOST_BYTES) kept.push(refusal);
    else rest += refusal.tenants;
  }
  return rest === 0 ? kept : [...kept, { reason: REST, tenants: rest, named: [] }];
}

function notDone(why: string): FanfoldError {
  return new FanfoldError('ShapesNotChecked', `The shapes of tenants were not all read. ${why}`, {
    fault: 'configuration',
    nextStep: 'No tenant was touched. Redrive the execution, which reads all of them again.',
  });
}
