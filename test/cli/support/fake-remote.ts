import type { RemoteAccess } from '../../../src/cli/remote/remote-access.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { FailedOutcome, Note, Outcome } from '../../../src/core/outcome.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import type { RemoteRound, RemoteRun, RemoteStatus } from '../../../src/core/remote/remote-runs.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import type { Rollout } from '../../../src/core/rollout/rollout.ts';
import type { RunState, Wave } from '../../../src/core/run-store.ts';
import { parseRunRequest } from '../../../src/core/wire/parse-run-request.ts';

/** The state of a run on AWS between two polls. */
export interface Frame {
  readonly status?: RemoteStatus;
  readonly waves?: readonly Wave[];
  readonly wavesEntered?: number;
  /** Map Runs so far. */
  readonly rounds?: number;
  /** The counts of the newest of them. */
  readonly counts?: Partial<RemoteRound['counts']>;
  readonly roundStatus?: RemoteRound['status'];
  /** The Map Run that asks tenants what they have to do. */
  readonly probe?: {
    readonly status?: RemoteRound['status'];
    readonly counts: Partial<RemoteRound['counts']>;
  };
  /** The Map Run that reads shapes. */
  readonly shapes?: Frame['probe'];
  readonly state?: Partial<RunState>;
  readonly rollout?: Rollout;
  /** The outcomes of the tenants once they are known; then there is a summary. */
  readonly outcomes?: readonly Outcome[];
  /** The outcomes of a second round. */
  readonly laterOutcomes?: readonly Outcome[];
  readonly error?: string;
  readonly cause?: string;
  readonly output?: string;
  /** Thrown by what reads the run. */
  readonly broken?: FanfoldError;
  /** Thrown by what reads the run store. */
  readonly denied?: FanfoldError;
}

export interface FakeRemoteOptions {
  /** The states that successive polls see; the last one stays. */
  readonly frames: readonly Frame[];
  readonly request?: Partial<RunRequest>;
  readonly notes?: readonly Note[];
  /** Earlier runs, the newest first, beside the one of the frames. */
  readonly earlier?: readonly Partial<RemoteRun>[];
  /** Happens at the end of every pause. */
  readonly onPause?: () => void;
}

export interface FakeRemote {
  readonly access: RemoteAccess;
  /** The calls of AWS that change something. */
  readonly calls: readonly string[];
  /** Pauses between polls, in milliseconds. */
  readonly pauses: readonly number[];
}

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:fanfold';
const STARTED = new Date('2026-11-23T08:00:00Z');
const STOPPED = new Date('2026-11-23T08:00:42Z');

function batchOf(id: string, { probe, shapes }: Frame): Frame['probe'] {
  if (id === 'probe-0') return probe;
  return id === 'shapes-0' ? shapes : undefined;
}

/** A stack on which one run goes from frame to frame as time passes. */
export function fakeRemote(options: FakeRemoteOptions): FakeRemote {
  const { frames, request = {}, notes, earlier = [], onPause } = options;
  const calls: string[] = [];
  const pauses: number[] = [];
  let at = 0;
  let time = STOPPED.getTime();
  let runId = 'run-0';
  const frame = (): Frame => frames[Math.min(at, frames.length - 1)] ?? {};
  const arnOf = (id: string) => `${MACHINE.replace(':stateMachine:', ':execution:')}:${id}`;
  const described = (): RemoteRun => {
    const { status = 'RUNNING', error, cause, output } = frame();
    const stoppedAt = status === 'RUNNING' ? undefined : STOPPED;
    const run = { id: runId, arn: arnOf(runId), startedAt: STARTED, redriveCount: 0 };
    return { ...run, status, stoppedAt, error, cause, output };
  };
  let earlierRuns = earlier.map((run, index) => {
    const id = run.id ?? `earlier-${index + 1}`;
    const given = { id, arn: arnOf(id), startedAt: STARTED, stoppedAt: STOPPED, redriveCount: 0 };
    return { ...given, status: 'FAILED', ...run } as RemoteRun;
  });
  const find = (id: string): RemoteRun => {
    if (id === runId) return described();
    const run = earlierRuns.find((candidate) => candidate.id === id);
    if (run !== undefined) return run;
    throw new FanfoldError('RunUnknown', `no run ${id}`, { fault: 'usage', nextStep: 'x' });
  };
  const act = (call: string) => {
    calls.push(call);
  };

  const access: RemoteAccess = {
    clock: {
      now: () => time,
      sleep: async (ms) => {
        pauses.push(ms);
        time += ms;
        at += 1;
        onPause?.();
      },
    },
    runs: {
      stack: {
        name: 'prod',
        region: 'eu-west-1',
        stateMachineArn: MACHINE,
        runBucket: 'runs',
        settleFunction: 'prod-settle-run',
      },
      consoleUrl: (id) => `https://console.example.com/${id}`,
      start: async (id, asked) => {
        act(`start ${JSON.stringify(asked)}`);
        runId = id;
        return { ...described(), status: 'RUNNING' };
      },
      read: async (id) => {
        const { broken } = frame();
        if (broken !== undefined) throw broken;
        return find(id);
      },
      newest: async (limit) => [described(), ...earlierRuns].slice(0, limit),
      listMapRuns: async () => ({
        rounds: Array.from({ length: frame().rounds ?? 0 }, (_, n) => `map-${n}`),
        probes: frame().probe === undefined ? [] : ['probe-0'],
        shapes: frame().shapes === undefined ? [] : ['shapes-0'],
      }),
      readRound: async (id) => ({
        id,
        status:
          batchOf(id, frame())?.status ??
          (id.startsWith('map') ? frame().roundStatus : undefined) ??
          'RUNNING',
        startedAt: STARTED,
        maxConcurrency: 50,
        counts: {
          total: 0,
          pending: 0,
          running: 0,
          succeeded: 0,
          failed: 0,
          aborted: 0,
          ...(id.startsWith('map') ? frame().counts : batchOf(id, frame())?.counts),
        },
      }),
      control: async ({ id }, wish) => act(`control ${id} ${JSON.stringify(wish)}`),
      throttle: async (id, n) => act(`throttle ${id} ${n}`),
      stop: async (id) => {
        act(`stop ${id}`);
        earlierRuns = earlierRuns.map((run) =>
          run.id === id ? { ...run, status: 'ABORTED', stoppedAt: STOPPED } : run,
        );
      },
      close: async ({ id }) => act(`close ${id}`),
      redrive: async (id) => {
        act(`redrive ${id}`);
        runId = id;
      },
      hasOldDefinition: async () => false,
    },
    store: {
      location: (id) => `s3://runs/runs/${id}`,
      readRun: async (id) => ({
        id,
        request: parseRunRequest(request),
        startedAt: STARTED.toISOString(),
        notes,
      }),
      readBundle: async () => ({ hash: 'hash', migrations: [] }),
      readRollout: async () => frame().rollout,
      readApprovalToken: async () => undefined,
      readState: async () => {
        const { waves, wavesEntered = waves?.length ?? 0, state, denied } = frame();
        if (denied !== undefined) throw denied;
        if (waves === undefined) {
          throw new FanfoldError('RunNotListed', 'x', { fault: 'usage', nextStep: 'x' });
        }
        return { status: 'running', waves, wavesEntered, ...state };
      },
      async *readWave(_, wave) {
        const { outcomes = [], waves = [] } = frame();
        const size = waves[wave - 1]?.size ?? 0;
        for (let position = 0; position < size; position += 1) {
          const heard = outcomes.find((each) => each.wave === wave && each.position === position);
          yield heard?.tenant.id ?? `id-${position}`;
        }
      },
      listRounds: async () => [
        { wave: 1, round: 1 },
        ...(frame().laterOutcomes === undefined ? [] : [{ wave: 1, round: 2 }]),
      ],
      async *readOutcomes(_, __, round) {
        const { outcomes = [], laterOutcomes = [] } = frame();
        yield* round === 1 ? outcomes : laterOutcomes;
      },
      readSummary: async () => {
        const { outcomes, waves = [] } = frame();
        const total = waves.reduce((sum, { size }) => sum + size, 0);
        return outcomes?.reduce(addOutcome, emptySummary(total));
      },
    },
  };
  return { access, calls, pauses };
}

/** Waves of the given sizes; with `canary` the first one is a canary. */
export function wavesOf(sizes: readonly number[], canary = false): Wave[] {
  return sizes.map((size, index) => ({ size, canary: canary && index === 0 }));
}

/** The outcome of a migrated tenant. */
export function migratedOutcome(position: number, slug = `tenant-${position}`): Outcome {
  return {
    ...common(position, slug),
    status: 'migrated',
    applied: [{ name: '20250127120000_add_priority_to_tasks.js', durationMs: 3 }],
  };
}

/** The outcome of a failed tenant. */
export function failedOutcome(position: number, slug = `tenant-${position}`): FailedOutcome {
  return {
    ...common(position, slug),
    status: 'failed',
    applied: [],
    failure: {
      code: 'TableExists',
      message: "Table 'tasks' already exists",
      nextStep: 'Look why the table is there.',
      retryable: false,
      fingerprint: 'TableExists|1050|20250127120000_add_priority_to_tasks|create table `tasks`',
      migration: '20250127120000_add_priority_to_tasks',
      statement: { number: 1, text: 'create table `tasks` (`id` int)' },
      errno: 1050,
      sqlState: '42S01',
    },
  };
}

function common(position: number, slug: string) {
  const database = `${slug}_db`;
  const tenant = { id: `id-${position}`, slug, name: slug, database };
  return { tenant, wave: 1, position, tries: 1, durationMs: 5, notes: [] } as const;
}
