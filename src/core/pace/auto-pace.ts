import type { Attempt } from '../migrate/attempt.ts';
import type { Tenant } from '../tenant.ts';
import type { Ceiling } from './next-limit.ts';
import type { Pace, PaceStanding } from './pace.ts';
import { gravestReason } from './pace-reason.ts';
import { createPacedScope, type PacedScope } from './paced-scope.ts';
import { ceilingOf, isBusy, type ReadServerLoad, type ServerLoad } from './server-load.ts';
import { NO_THROTTLE, type Throttle } from './throttle.ts';
import { createWorkWeights, kindOfAttempt } from './work-weights.ts';

export interface AutoPaceOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Tenants at a time on one host that are never exceeded. */
  readonly maxPerHost?: number | undefined;
  /** Default: loads cannot be read. */
  readonly readLoad?: ReadServerLoad | undefined;
  /** Default: nobody can throttle it. */
  readonly throttle?: Throttle | undefined;
  /** Called when the pace has changed, but for tries. */
  readonly onChange?: ((standing: PaceStanding) => void) | undefined;
}

/** Tenants at a time with which a run that chooses its own pace begins, on each host and altogether. */
export const FIRST_PACE = 8;
/** Tenants at a time, on all hosts together: a process is busy with fewer. */
const MOST = 256;
/** A load is a second old at most, and reading it costs a connection. */
const LOAD_MS = 1_000;
/** Limit of a host from which its load has to be known soon. */
const ASK_FROM = 16;
/** Loads in a row that could not be read, and that server is not asked any more. */
const MOST_UNREAD = 3;
/** Codes of failures by which a server refuses connections: errno 1040 and 1203. */
const REFUSED: ReadonlySet<string> = new Set(['TooManyConnections']);

interface HostPace {
  readonly scope: PacedScope;
  readonly known: KnownLoad;
}

interface KnownLoad {
  load: ServerLoad | undefined;
  /** Attempts of this run when it was asked last. */
  own: number;
  /** `Infinity` while it is read. */
  askedAt: number;
  unread: number;
}

/**
 * A pace that follows the servers: it grows while that brings speed, on each host and altogether, and yields to
 * a server that refuses connections, answers late or is busy.
 */
export function createAutoPace(options: AutoPaceOptions): Pace {
  const { now, maxPerHost, readLoad, throttle = NO_THROTTLE, onChange } = options;
  const weights = createWorkWeights();
  const hosts = new Map<string, HostPace>();
  const all = createPacedScope({
    now,
    first: FIRST_PACE,
    ceiling: () =>
      throttle.atATime === undefined
        ? { limit: MOST, why: 'most' }
        : { limit: throttle.atATime, why: 'throttled' },
  });
  let told = standing();

  function hostOf(name: string): HostPace {
    const before = hosts.get(name);
    if (before !== undefined) return before;
    const known: KnownLoad = { load: undefined, own: 0, askedAt: now(), unread: 0 };
    const ceiling = (): Ceiling => {
      const most = ceilingOf(known.load, known.own);
      return maxPerHost !== undefined && maxPerHost <= most.limit
        ? { limit: maxPerHost, why: 'max-per-host' }
        : most;
    };
    const host = { scope: createPacedScope({ now, first: FIRST_PACE, ceiling }), known };
    hosts.set(name, host);
    return host;
  }

  /** The lower of what the run and its hosts may have, with the reason that matters most. */
  function standing(): PaceStanding {
    const total = all.settled;
    const each = [...hosts.values()].map(({ scope }) => scope.settled);
    const sum = each.reduce((most, { limit }) => most + limit, 0);
    if (each.length === 0 || total.limit < sum) return { atATime: total.limit, why: total.why };
    const reasons = sum < total.limit ? each : [...each, total];
    return { atATime: sum, why: gravestReason(reasons.map(({ why }) => why)) };
  }

  const tell = () => {
    const next = standing();
    if (next.atATime === told.atATime) return;
    told = next;
    onChange?.(next);
  };

  let before = Number.POSITIVE_INFINITY;
  throttle.onChange(() => {
    const { atATime = MOST } = throttle;
    if (atATime > before) all.grow();
    before = atATime;
    tell();
  });

  const askLoad = async ({ scope, known }: HostPace, tenant: Tenant, read: ReadServerLoad) => {
    known.askedAt = Number.POSITIVE_INFINITY;
    known.own = scope.running;
    try {
      const load = await read(tenant);
      known.load = load;
      known.unread = 0;
      if (load.hasLateReplicas === true) scope.trouble('replicas');
      if (isBusy(load)) scope.trouble('busy');
    } catch {
      known.unread += 1;
    }
    known.askedAt = now();
    tell();
  };

  const isLoadDue = ({ scope, known: { load, askedAt, unread } }: HostPace) => {
    const isFirst = load === undefined && unread === 0 && askedAt <= now();
    return (
      unread < MOST_UNREAD && (now() - askedAt >= LOAD_MS || (isFirst && scope.limit > ASK_FROM))
    );
  };

  return {
    isByHost: true,
    onChange: (listener) => throttle.onChange(listener),
    get limit() {
      return all.limit;
    },
    limitOn: (name) => hostOf(name).scope.limit,
    get standing() {
      return standing();
    },
    begin(name, tenant) {
      const host = hostOf(name);
      if (readLoad !== undefined && isLoadDue(host)) void askLoad(host, tenant, readLoad);
      const began = now();
      let answerMs: number | undefined;
      host.scope.begin();
      all.begin();
      return {
        answered() {
          answerMs ??= now() - began;
        },
        ended(attempt: Attempt) {
          const work = weights.of(kindOfAttempt(attempt), now() - began);
          host.scope.end(work, answerMs);
          all.end(work, answerMs);
          if (attempt.status === 'failed' && REFUSED.has(attempt.failure.code)) {
            host.scope.trouble('refused');
          }
          tell();
        },
      };
    },
  };
}
