import type { Clock } from '../../core/ports.ts';
import type { RemoteOperator } from '../../core/remote/remote-operator.ts';
import type { RunRequest } from '../../core/request.ts';
import {
  addReading,
  emptyFleetStatus,
  type FleetBackfills,
} from '../../core/status/fleet-status.ts';
import type { PageToken } from '../../core/wire/operator-schemas.ts';

/** Each look asks the databases of the fleet, so that it is rare, and rarer the longer it takes. */
const SHORTEST_PAUSE_MS = 15_000;
/** Looks take at most this share of the time. */
const MOST_SHARE = 1 / 10;
/** Tenants at a time. */
const CONCURRENCY = 8;

export interface FleetBackfillsOptions {
  /** Connects to the function that looks at tenants. */
  readonly operator: () => Promise<RemoteOperator>;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
  /** Gets the sum of the backfills that the fleet has pending, if one has begun. */
  readonly onRead: (backfills: FleetBackfills) => void;
  /** Gets the error of a look, after which there is no other. */
  readonly onFailed: (error: Error) => void;
}

/**
 * Makes the function that looks at the backfills of a fleet on AWS, beside its caller and only if it is time to. The migrators
 * tell nobody how far they have come; the databases know.
 */
export function fleetBackfillsWatch({
  operator,
  clock,
  signal,
  onRead,
  onFailed,
}: FleetBackfillsOptions): (request: Pick<RunRequest, 'hosts'>) => void {
  let connecting: Promise<RemoteOperator> | undefined;
  let nextAt = Number.NEGATIVE_INFINITY;
  const look = async ({ hosts }: Pick<RunRequest, 'hosts'>) => {
    connecting ??= operator();
    const { ask } = await connecting;
    let status = emptyFleetStatus();
    let page: PageToken | undefined;
    do {
      const request = { hosts: hosts && [...hosts], concurrency: CONCURRENCY, page };
      const { readings, next } = await ask('status', request, signal);
      for (const reading of readings) status = addReading(status, reading);
      page = next;
    } while (page !== undefined && !signal.aborted);
    const { backfills } = status;
    const hasBegun = backfills !== undefined && backfills.rowsDone + backfills.running > 0;
    if (hasBegun && !signal.aborted) onRead(backfills);
  };
  return (request) => {
    const began = clock.now();
    if (began < nextAt || signal.aborted) return;
    nextAt = Number.POSITIVE_INFINITY;
    look(request).then(
      () => {
        const tookMs = clock.now() - began;
        nextAt = clock.now() + Math.max(SHORTEST_PAUSE_MS, tookMs / MOST_SHARE);
      },
      (error: Error) => {
        if (!signal.aborted) onFailed(error);
      },
    );
  };
}
