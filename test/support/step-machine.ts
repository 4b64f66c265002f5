import { type Bundle, createBundle, type Migration } from '../../src/core/bundle/bundle.ts';
import type { ReadTenantDigests } from '../../src/core/digests/look-at-digests.ts';
import type { Attempt, AttemptTenant } from '../../src/core/migrate/attempt.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { RunRequest } from '../../src/core/request.ts';
import type { RenderReport } from '../../src/core/run/finished-run.ts';
import { askApproval } from '../../src/core/states/ask-approval.ts';
import { compareWave } from '../../src/core/states/compare-digests.ts';
import { dropUnchanged } from '../../src/core/states/drop-unchanged.ts';
import { listTenants } from '../../src/core/states/list-tenants.ts';
import { migrateItem } from '../../src/core/states/migrate-item.ts';
import { openRun } from '../../src/core/states/open-run.ts';
import { passGates } from '../../src/core/states/pass-gates.ts';
import { probeTenants } from '../../src/core/states/probe-tenants.ts';
import { readDigests } from '../../src/core/states/read-digests.ts';
import { recordOutcomes } from '../../src/core/states/record-outcomes.ts';
import { reduceOutcomes } from '../../src/core/states/reduce-outcomes.ts';
import { settleRun } from '../../src/core/states/settle-run.ts';
import type { Alarms, OtherExecution } from '../../src/core/states/step-ports.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import type { RunNotification } from '../../src/core/wire/notification-schema.ts';
import { parseResultLine } from '../../src/core/wire/parse-result-line.ts';
import {
  type Continuation,
  executionSchema,
  gateSchema,
  itemRunSchema,
  type RoundItem,
  roundItemSchema,
  roundSchema,
  type StepExecution,
  type StepGate,
  type StepRound,
} from '../../src/core/wire/step-data.ts';
import {
  compareDigestsResultSchema,
  dropUnchangedEventSchema,
  type ListTenantsResult,
  listTenantsResultSchema,
  openRunResultSchema,
  passGatesResultSchema,
  probeTenantsEventSchema,
  reduceOutcomesResultSchema,
  type SettleRunResult,
  settleRunResultSchema,
} from '../../src/core/wire/step-schemas.ts';
import { directoryOf, fleetOf, migratedAttempt } from './fleet.ts';
import { memoryDigestStore } from './memory-digest-store.ts';
import { memoryRunStore } from './memory-run-store.ts';

export function migrationOf(id: string, checksum = id): Migration {
  const load = () => Promise.reject(new Error('not loaded'));
  return { id, extension: '.ts', checksum, load };
}

export const FIRST = migrationOf('20250101090000_create_tasks');
export const SECOND = migrationOf('20250201090000_add_note');

/** The result of a child of the Map, beyond that of an attempt. */
export type ChildFate = 'silent' | 'killed' | 'aborted';

/** How long an execution may take. */
const LIMIT_SECONDS = 604_800;

export interface StepMachineOptions {
  /** The output or the error with which the wait for an approval of a wave ends. Default: nobody decides. */
  readonly answer?: (wave: number) => Readonly<Record<string, string>>;
  readonly tenants?: Tenant[];
  readonly attempt?: (
    slug: string,
    item: RoundItem,
    run: ListTenantsResult['run'],
  ) => Attempt | ChildFate;
  /**
   * The answer of a tenant's database to the question of the probe. Default: it has something to do. `killed`
   * fails the whole batch.
   */
  readonly probe?: (slug: string) => Attempt | 'killed';
  readonly others?: OtherExecution[];
  readonly quota?: number;
  /** Default: all alarms are there and well. */
  readonly alarms?: Alarms;
  /** The counters of a tenant's server. Default: it counts nothing. */
  readonly readDigests?: ReadTenantDigests;
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
  /** The same if a wave was held there. */
  holding?: { readonly round: StepRound; readonly gate: StepGate } | undefined;
  /** The states that held a wave, in order. */
  gates: StepGate['next'][];
  /** Slugs that the Map handed to a migrator, round by round. */
  attempted: string[][];
  /** Slugs that the probe asked. */
  asked: string[];
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
  const alarms = options.alarms ?? {
    checkThere: async () => {},
    look: async () => ({ isWell: true }),
  };
  const readings = memoryDigestStore();
  const read = options.readDigests ?? (async () => ({ statements: new Map(), isCut: false }));
  const watching = { directory, store: { ...store, ...readings }, read };
  const told: RunNotification[] = [];
  const notify = async (notification: RunNotification) => void told.push(notification);
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
      const fate = attempt?.(item.tenant.slug, item, run) ?? migratedAttempt;
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

  /** As the Map of the probe goes through batches of two; a batch that is killed leaves no outcome. */
  const probed = async (under: StepExecutionUnderTest, listed: ListTenantsResult) => {
    const { round, run, probe } = listed;
    if (listed.decision !== 'RUN' || probe === undefined) return listed;
    const items = store.runs.get(run.runId)?.items.get(`${round.wave}-${round.round}`) ?? [];
    const outcomes: Outcome[] = [];
    for (let from = 0; from < items.length; from += 2) {
      let isKilled = false;
      const attemptTenant: AttemptTenant = async ({ slug }, { request }) => {
        if (request.command !== 'plan') throw new Error('A probe only asks.');
        under.asked.push(slug);
        const answer = options.probe?.(slug) ?? { status: 'planned', pending: ['a.ts'], notes: [] };
        isKilled ||= answer === 'killed';
        return answer === 'killed' ? { status: 'planned', pending: [], notes: [] } : answer;
      };
      const { atATime, perHost } = probe;
      const event = { step: 'probe', run, items: items.slice(from, from + 2), atATime, perHost };
      const settled = await probeTenants(wired(probeTenantsEventSchema, event), {
        ...{ attemptTenant, bundle: deployed.bundle, now, isOver: () => false },
      });
      if (isKilled) continue;
      for (const outcome of settled) {
        outcomes.push(parseResultLine(JSON.stringify(outcome)) as Outcome);
      }
    }
    store.putProbed(run.runId, round, outcomes);
    const event = { ...listed, step: 'drop-unchanged', execution: under.execution };
    return wired(
      listTenantsResultSchema,
      await invoked(() => dropUnchanged(wired(dropUnchangedEventSchema, event), { store })),
    );
  };

  /** As a Distributed Map goes through its items; whether more failed than it tolerates. */
  const map = async (under: StepExecutionUnderTest, listed: ListTenantsResult) => {
    const { round, run } = listed;
    const kept = store.runs.get(run.runId);
    const key = `${round.wave}-${round.round}`;
    const items = kept?.rest.get(key) ?? kept?.items.get(key) ?? [];
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
    const result = await invoked(() =>
      settleRun(event, { store, executions, renderReport, notify, now }),
    );
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
      const all = wired(
        listTenantsResultSchema,
        await invoked(() => listTenants(event, { directory, store, bundle: deployed.bundle, now })),
      );
      if (all.decision === 'RUN' && all.readsDigests) {
        await invoked(() => readDigests(event, watching));
      }
      const listed = await probed(under, all);
      const breakerTripped = listed.decision === 'RUN' ? await map(under, listed) : false;
      const reduced = wired(
        reduceOutcomesResultSchema,
        await invoked(() => reduceOutcomes({ ...event, breakerTripped }, { store })),
      );
      await invoked(() => recordOutcomes(event, { directory, store, now }));
      const settled = await settle(under, reduced.round, reduced.breakerTripped);
      if (settled.decision === 'DONE') return settled;
      if (settled.gate !== undefined) await pass(under, settled.round, settled.gate);
      round = settled.round;
    }
  };

  const compare = async (execution: StepExecution, round: StepRound, gate: StepGate) => {
    const event = { execution, round: wired(roundSchema, round), gate: wired(gateSchema, gate) };
    const compared = await invoked(() => compareWave(event, watching));
    return wired(compareDigestsResultSchema, compared).gate;
  };

  /** As the states Hold, Bake, AwaitWindow, AwaitApproval and Watch go about a wave. */
  const pass = async (
    under: StepExecutionUnderTest,
    round: StepRound,
    first: StepGate,
  ): Promise<void> => {
    const { execution } = under;
    let gate = first;
    while (gate.next !== 'open') {
      under.gates.push(gate.next);
      if (gate.next === 'bake' || gate.next === 'window') {
        clock.at = Math.max(clock.at, Date.parse(gate.until));
      }
      if (gate.next === 'approval') {
        const taskToken = `token-${under.gates.length}`;
        const ask = { execution, gate, taskToken };
        await invoked(() => askApproval(ask, { store, notify, now }));
        const {
          error,
          cause = '',
          ...said
        } = options.answer?.(gate.wave) ?? {
          error: 'States.Timeout',
        };
        if (error === 'States.Timeout') clock.at += gate.seconds * 1_000;
        gate =
          error === undefined
            ? { ...gate, approved: said }
            : { ...gate, refused: { error, cause, redriveCount: redrives.count } };
      }
      // The wait for an approval is left to Watch if it ends with an error.
      if (gate.comparesDigests && gate.next !== 'watch' && gate.refused === undefined) {
        gate = await compare({ ...execution, redriveCount: redrives.count }, round, gate);
      }
      const event = {
        execution,
        round: wired(roundSchema, round),
        gate: wired(gateSchema, gate),
        limitSeconds: LIMIT_SECONDS,
      };
      under.holding = { round, gate: event.gate };
      const passed = await invoked(() =>
        passGates(event, { store, executions, alarms, renderReport, notify, now }),
      );
      gate = wired(passGatesResultSchema, passed).gate;
    }
    under.holding = undefined;
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
    gates: [],
    asked: [],
  });

  return {
    store,
    readings,
    /** As they were sent, also more than once. */
    told,
    directory,
    tenants,
    clock,
    deployed,
    redrives,
    open: (request: unknown, under = begin(), requestDefaults: Partial<RunRequest> = {}) =>
      invoked(() =>
        openRun(
          {
            ...{ execution: under.execution, request },
            ...{ limitSeconds: LIMIT_SECONDS, canCompareDigests: true },
          },
          { store, executions, alarms, requestDefaults, notify, now },
        ),
      ),
    begin,
    /** A whole execution; rejects if it fails. */
    async run(request: unknown, under = begin()) {
      const opened = wired(openRunResultSchema, await this.open(request, under));
      if (opened.decision === 'DONE') throw new Error(opened.message);
      if (opened.gate !== undefined) await pass(under, opened.round, opened.gate);
      return from(under, opened.round);
    },
    /** As the button in the console: the state that failed is entered again. */
    async redrive(under: StepExecutionUnderTest) {
      redrives.count += 1;
      const { settling, holding } = under;
      under.gates = [];
      if (holding !== undefined) {
        under.rounds = [];
        under.attempted = [];
        const event = { execution: under.execution, ...holding, limitSeconds: LIMIT_SECONDS };
        const passed = await invoked(() =>
          passGates(event, { store, executions, alarms, renderReport, notify, now }),
        );
        await pass(under, holding.round, wired(passGatesResultSchema, passed).gate);
        return from(under, holding.round);
      }
      if (settling === undefined) throw new Error('There is nothing to redrive.');
      under.rounds = [];
      under.attempted = [];
      const settled = await settle(under, settling.round, settling.breakerTripped);
      return settled.decision === 'DONE' ? settled : from(under, settled.round);
    },
  };
}
