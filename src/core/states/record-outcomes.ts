import { FanfoldError } from '../errors.ts';
import { inPages } from '../list/in-pages.ts';
import type { Outcome } from '../outcome.ts';
import type { TenantDirectory } from '../ports.ts';
import { hasReached, mayBeBetween, reachedVersion, showsSchema } from '../run/reached.ts';
import type { StepExecution, StepRound } from '../wire/step-data.ts';
import type { RecordOutcomesResult } from '../wire/step-schemas.ts';
import type { StepRunStore } from './step-ports.ts';

export interface RecordOutcomesDependencies {
  readonly directory: Pick<TenantDirectory, 'recordReached' | 'forgetReached'>;
  readonly store: Pick<StepRunStore, 'readRun' | 'readBundle' | 'readOutcomes'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Ids in one statement. */
const PAGE = 500;

/**
 * Records in the central database what the tenants of a round have reached, and clears the version of those
 * that may be between two; nothing for a plan.
 * Throws if waiting may help, since all of it may be written again; what the database refuses
 * take is counted.
 */
export async function recordOutcomes(
  { execution, round }: { readonly execution: StepExecution; readonly round: StepRound },
  { directory, store, now }: RecordOutcomesDependencies,
): Promise<RecordOutcomesResult> {
  const runId = execution.name;
  const { request } = await store.readRun(runId);
  const bundle = await store.readBundle(runId);
  if (!showsSchema(request) || bundle === undefined) return { notRecorded: 0 };
  const { schemaVersion, isCut } = reachedVersion(request, bundle.hash);

  async function* idsOf(takes: (outcome: Outcome) => boolean): AsyncGenerator<string> {
    for await (const outcome of store.readOutcomes(runId, round.wave, round.round)) {
      if (takes(outcome)) yield outcome.tenant.id;
    }
  }
  const reached = { schemaVersion, runId, at: new Date(now()) };
  let notRecorded = 0;
  const record = async (ids: AsyncIterable<string>, write: (page: string[]) => Promise<void>) => {
    for await (const page of inPages(ids, PAGE)) {
      try {
        await write(page);
      } catch (error) {
        if (!(error instanceof FanfoldError) || error.retryable) throw error;
        notRecorded += page.length;
      }
    }
  };
  await record(idsOf(mayBeBetween), (page) => directory.forgetReached(page));
  await record(
    idsOf((outcome) => hasReached(outcome, isCut)),
    (page) => directory.recordReached(page, reached),
  );
  return { notRecorded };
}
