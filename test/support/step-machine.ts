import { type Bundle, createBundle, type Migration } from '../../src/core/bundle/bundle.ts';
import type { Attempt } from '../../src/core/migrate/attempt.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { RunRequest } from '../../src/core/request.ts';
import type { RenderReport } from '../../src/core/run/finished-run.ts';
import { listTenants } from '../../src/core/states/list-tenants.ts';
import { migrateItem } from '../../src/core/states/migrate-item.ts';
import { openRun } from '../../src/core/states/open-run.ts';
import { recordOutcomes } from '../../src/core/states/record-outcomes.ts';
import { reduceOutcomes } from '../../src/core/states/reduce-outcomes.ts';
import { settleRun } from '../../src/core/states/settle-run.ts';
import type { OtherExecution } from '../../src/core/step-ports.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import { parseResultLine } from '../../src/core/wire/parse-result-line.ts';
import {
  type Continuation,
  executionSchema,
  itemRunSchema,
  type ListTenantsResult,
  listTenantsResultSchema,
  openRunResultSchema,
  type RoundItem,
  reduceOutcomesResultSchema,
  roundItemSchema,
  roundSchema,
  type SettleRunResult,
  type StepExecution,
  type StepRound,
  settleRunResultSchema,
} from '../../src/core/wire/step-schemas.ts';
import { directoryOf, fleetOf, migratedAttempt } from './fleet.ts';
import { memoryRunStore } from './memory-run-store.ts';

export function migrationOf(id: string, checksum = id): Migration {
  const load = () => Promise.reject(new Error('not loaded'));
  return { id, extension: '.ts', checksum, load };
}

export const FIRST = migrationOf('20250101090000_create_tasks');
export const SECOND = migrationOf('20250201090000_add_note');

/** The result of a child of the Map, beyond that of an attempt. */
export type ChildFate = 'silent' | 'killed' | 'aborted';

export interface StepMachineOptions {
  readonly tenants?: Tenant[];
  readonly attempt?: (slug: string, item: RoundItem) => Attempt | ChildFate;
  readonly others?: OtherExecution[];
  readonly quota?: number;
  /** Each step is invoked so often, as a state that is retried is. */
  readonly invocations?: number;
  /** Default: no more than how the run ended. */
  readonly renderReport?: RenderReport;
}

export interface StepExecutionUnderTest {
  readonly execution: StepExecution;
  /** The state from which a redrive continues. */
  settling?: { readonly round: StepRound; readonly breakerTripped: boolean };
  rounds: StepRound[];
  /** Slugs that the Map handed to a migrator, round by round. */
  attempted: string[][];
}

/** The flow of the state machine over the real steps, a store in memory and made-up tenants. */
export function stepMachine(options: StepMachineOptions = {}) {
  const { tenants = fleetOf(4), attempt, others = [], quota = 1_000, invocations = 1 } = options;
  const directory = directoryOf(tenants);
  const store = memoryRunStore();
  const clock = { at: Date.parse('2026-11-23T06:00:00.000Z') };
  const now = () => clock.at;
  const deployed = { bundle: createBundle([FIRST, SECOND]) as Bundle };
  const redrives = { count: 0 };
  const executions = {
    otherRunning: async () => others,
    concurrencyQuota: async () => quota,
    redriveCount: async () => redrives.count,
  };
  const renderReport = options.renderReport ?? ((_, { state }) => state.status);

  /** Only JSON passes through the state machine. */
  const wired = <Value>(schema: { parse(value: unknown): Value }, value: unknown): Value =>
    schema.parse(JSON.parse(JSON.stringify(value)));
  const invoked = async <Result>(step: () => Promise<Result>): Promise<Result> => {
    for (let number = 1; number < invocations; number += 1) await step().catch(() => undefined);
    return step();
  };

  /** The row that the child of an item leaves in the result files. */
  const child = async (run: ListTenantsResult['run'], item: RoundItem): Promise<string> => {
    const row = (Status: string, more: object = {}) =>
      JSON.stringify({ Status, Input: JSON.stringify({ run, item }), ...more });
    let continuation: Continuation | undefined;
    for (;;) {
      const fate = attempt?.(item.tenant.slug, item) ?? migratedAttempt;
      if (fate === 'silent') return 'null';
      if (fate === 'aborted') return row('ABORTED');
      if (fate === 'killed') return row('FAILED', { Error: 'Runtime.ExitError' });
      const result = await migrateItem(
        { run: wired(itemRunSchema, run), item, retryCount: 0, continuation },
        {
          attemptTenant: async () => fate,
          bundle: deployed.bundle,
          now,
          random: () => 0.5,
          pause: () => false,
          maxHoursPerTenant: 24,
        },
      );
      if (result.kind === 'thrown') {
        const { name, message } = result;
        return row('FAILED', {
          Error: name,
          Cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }),
        });
      }
      if (result.value.status !== 'continue') return JSON.stringify(result.value);
      continuation = result.value.continuation;
    }
  };

  /** As a Distributed Map goes through its items; whether more failed than it tolerates. */
  const map = async (under: StepExecutionUnderTest, listed: ListTenantsResult) => {
    const { round, run } = listed;
    const items = store.runs.get(run.runId)?.items.get(`${round.wave}-${round.round}`) ?? [];
    const outcomes: Outcome[] = [];
    const slugs: string[] = [];
    let failed = 0;
    for (const written of items) {
      const item = wired(roundItemSchema, written);
      const tripped = failed > listed.map.toleratedFailureCount;
      const line = tripped
        ? JSON.stringify({ Status: 'PENDING', Input: JSON.stringify({ run, item }) })
        : await child(run, item);
      if (!tripped) slugs.push(item.tenant.slug);
      const outcome = parseResultLine(line);
      if (line.includes('"Status":"FAILED"')) failed += 1;
      if (outcome !== undefined) outcomes.push(outcome);
    }
    under.attempted.push(slugs);
    store.putResults(run.runId, round, outcomes);
    return failed > listed.map.toleratedFailureCount;
  };

  const settle = async (under: StepExecutionUnderTest, round: StepRound, tripped: boolean) => {
    under.settling = { round, breakerTripped: tripped };
    const event = { execution: under.execution, round, breakerTripped: tripped, notRecorded: 0 };
    const result = await invoked(() => settleRun(event, { store, executions, renderReport, now }));
    return wired(settleRunResultSchema, result);
  };

  const from = async (
    under: StepExecutionUnderTest,
    first: StepRound,
  ): Promise<SettleRunResult> => {
    const { execution } = under;
    let round = first;
    for (;;) {
      under.rounds.push(round);
      const event = { execution, round: wired(roundSchema, round) };
      const listed = wired(
        listTenantsResultSchema,
        await invoked(() => listTenants(event, { directory, store, bundle: deployed.bundle, now })),
      );
      const breakerTripped = listed.decision === 'RUN' ? await map(under, listed) : false;
      const reduced = wired(
        reduceOutcomesResultSchema,
        await invoked(() => reduceOutcomes({ ...event, breakerTripped }, { store })),
      );
      await invoked(() => recordOutcomes(event, { directory, store, now }));
      const settled = await settle(under, reduced.round, reduced.breakerTripped);
      if (settled.decision === 'DONE') return settled;
      round = settled.round;
    }
  };

  const begin = (name = 'run-1'): StepExecutionUnderTest => ({
    execution: executionSchema.parse({
      arn: `arn:aws:states:eu-west-1:123456789012:execution:acme:${name}`,
      name,
      startedAt: '2026-11-23T05:57:12.000Z',
      redriveCount: 0,
    }),
    rounds: [],
    attempted: [],
  });

  return {
    store,
    directory,
    tenants,
    clock,
    deployed,
    redrives,
    open: (request: unknown, under = begin(), requestDefaults: Partial<RunRequest> = {}) =>
      invoked(() =>
        openRun({ execution: under.execution, request }, { store, executions, requestDefaults }),
      ),
    begin,
    /** A whole execution; rejects if it fails. */
    async run(request: unknown, under = begin()) {
      const opened = wired(openRunResultSchema, await this.open(request, under));
      if (opened.decision === 'DONE') throw new Error(opened.message);
      return from(under, opened.round);
    },
    /** As the button in the console: the state that failed is entered again. */
    async redrive(under: StepExecutionUnderTest) {
      redrives.count += 1;
      const { settling } = under;
      if (settling === undefined) throw new Error('There is nothing to redrive.');
      under.rounds = [];
      under.attempted = [];
      const settled = await settle(under, settling.round, settling.breakerTripped);
      return settled.decision === 'DONE' ? settled : from(under, settled.round);
    },
  };
}
