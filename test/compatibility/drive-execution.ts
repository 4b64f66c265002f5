import type { TenantDirectory } from '../../src/core/ports.ts';
import type { listTenants } from '../../src/core/states/list-tenants.ts';
import type { migrateItem } from '../../src/core/states/migrate-item.ts';
import type { openRun } from '../../src/core/states/open-run.ts';
import type { recordOutcomes } from '../../src/core/states/record-outcomes.ts';
import type { reduceOutcomes } from '../../src/core/states/reduce-outcomes.ts';
import type { settleRun } from '../../src/core/states/settle-run.ts';
import type { RoundItem, StepExecution, StepRound } from '../../src/core/wire/step-data.ts';
import type * as wire from '../../src/core/wire/step-schemas.ts';

/** The functions of the state machine's states, of this version or of an earlier one. */
export interface States {
  readonly openRun: typeof openRun;
  readonly listTenants: typeof listTenants;
  readonly migrateItem: typeof migrateItem;
  readonly reduceOutcomes: typeof reduceOutcomes;
  readonly recordOutcomes: typeof recordOutcomes;
  readonly settleRun: typeof settleRun;
  readonly wire: typeof wire;
}

type Ports = Parameters<typeof listTenants>[1];
type Attempt = Awaited<ReturnType<Parameters<typeof migrateItem>[1]['attemptTenant']>>;

export interface Driving {
  readonly states: States;
  readonly store: Ports['store'];
  readonly directory: TenantDirectory;
  readonly bundle: Ports['bundle'];
  readonly attempt: (slug: string) => Attempt;
  /** Reads the items that were written for a round's Map. */
  readonly readItems: (key: string) => RoundItem[];
  /** Writes the Map's result files below a prefix. */
  readonly writeResults: (
    prefix: string,
    rows: readonly object[],
    failed: readonly object[],
  ) => void;
  /** Each event that a state was invoked with, as JSON. */
  readonly onEvent: (event: object) => void;
}

const executions = {
  otherRunning: async () => [],
  concurrencyQuota: async () => 1_000,
  redriveCount: async () => 0,
};
const now = () => Date.parse('2026-11-23T06:00:00.000Z');
const renderReport = () => 'report';
const notify = async () => {};

/** Goes through an execution of the state machine from its start. Rejects as SettleRun does. */
export async function startExecution(driving: Driving, execution: StepExecution): Promise<unknown> {
  const { states, store } = driving;
  const { wire } = states;
  const opening = invoked(driving, wire.openRunEventSchema, {
    step: 'open',
    execution,
    request: {},
  });
  const opened = passed(
    wire.openRunResultSchema,
    await states.openRun(opening, {
      store,
      executions,
      alarms: { checkThere: async () => {} },
      requestDefaults: {},
      notify,
      now,
    }),
  );
  return rounds(driving, execution, opened.round);
}

/** Enters SettleRun again, with the event that it was invoked with, as the console's Redrive does. */
export async function redriveExecution(driving: Driving, settling: object): Promise<unknown> {
  const event = invoked(driving, driving.states.wire.settleRunEventSchema, settling);
  const settled = await settle(driving, event);
  if (settled.decision === 'DONE') return settled;
  return rounds(driving, event.execution, settled.round);
}

async function rounds(driving: Driving, execution: StepExecution, first: StepRound) {
  const { states, store, directory, bundle } = driving;
  const { wire } = states;
  let round = first;
  for (;;) {
    const listing = invoked(driving, wire.listTenantsEventSchema, {
      step: 'list',
      execution,
      round,
    });
    const listed = passed(
      wire.listTenantsResultSchema,
      await states.listTenants(listing, { directory, store, bundle, now }),
    );
    const rows: object[] = [];
    const failed: object[] = [];
    for (const item of driving.readItems(listed.map.itemsKey)) {
      const event = invoked(driving, wire.migrateTenantEventSchema, {
        run: listed.run,
        item,
        retryCount: 0,
      });
      const result = await states.migrateItem(event, {
        attemptTenant: async () => driving.attempt(item.tenant.slug),
        bundle,
        now,
        random: () => 0.5,
        pause: () => false,
        maxHoursPerTenant: 24,
      });
      if (result.kind !== 'thrown') rows.push(result.value);
      else failed.push(failedRow(result, { run: listed.run, item }));
    }
    driving.writeResults(listed.map.resultsPrefix, rows, failed);
    const reducing = invoked(driving, wire.reduceOutcomesEventSchema, {
      execution,
      round: listed.round,
      breakerTripped: false,
    });
    const reduced = passed(
      wire.reduceOutcomesResultSchema,
      await states.reduceOutcomes(reducing, { store }),
    );
    const recording = { step: 'record', execution, round: reduced.round };
    await states.recordOutcomes(invoked(driving, wire.recordOutcomesEventSchema, recording), {
      directory,
      store,
      now,
    });
    const settled = await settle(
      driving,
      invoked(driving, wire.settleRunEventSchema, {
        step: 'settle',
        execution,
        round: reduced.round,
        breakerTripped: false,
        notRecorded: 0,
      }),
    );
    if (settled.decision === 'DONE') return settled;
    round = settled.round;
  }
}

async function settle({ states, store }: Driving, event: Parameters<typeof settleRun>[0]) {
  const settled = await states.settleRun(event, { store, executions, renderReport, notify, now });
  return passed(states.wire.settleRunResultSchema, settled);
}

/** The row of a child that has thrown. */
function failedRow({ name, message }: { name: string; message: string }, input: object): object {
  return {
    Status: 'FAILED',
    Error: name,
    Cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }),
    Input: JSON.stringify(input),
  };
}

interface Schema<Value> {
  parse(value: unknown): Value;
}

/** A value as the next state sees it: only JSON crosses the state machine. */
function passed<Value>(schema: Schema<Value>, value: unknown): Value {
  return schema.parse(JSON.parse(JSON.stringify(value)));
}

function invoked<Event>(driving: Driving, schema: Schema<Event>, event: object): Event {
  driving.onEvent(event);
  return passed(schema, event);
}
