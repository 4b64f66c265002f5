import type { Attempt } from '../../../../src/core/migrate/attempt.ts';
import type { Pace } from '../../../../src/core/pace/pace.ts';
import type { Tenant } from '../../../../src/core/tenant.ts';

/** A database server in simulated time. */
export interface SimulatedServer {
  /** Milliseconds of network in one tenant, in which nobody works. */
  readonly latencyMs: number;
  /** Statements that it executes at the same speed at a time. */
  readonly cores: number;
  /** Milliseconds of work in one tenant. */
  readonly workMs: number;
  /** Part by which each further statement slows all of them down. */
  readonly contention?: number;
  /** Connections that it takes; more are refused. */
  readonly most?: number;
}

export interface Simulation {
  readonly tenants: number;
  readonly server: (at: number) => SimulatedServer;
  /** Milliseconds of the client's one thread in one tenant. */
  readonly clientMs: number;
  /** Spread of the work: 0 is none, 1 from nothing to twice as much. */
  readonly noise: number;
  readonly random: () => number;
  readonly kindOf?: (tenant: number) => { readonly applied: number; readonly times: number };
  readonly host?: (tenant: number) => string;
  /** Called with the attempts that run. */
  readonly onRunning?: (running: number) => void;
}

export interface Simulated {
  readonly seconds: number;
  readonly refused: number;
  /** Seconds until all tenants of a host were done. */
  readonly hosts: ReadonlyMap<string, number>;
}

/** Runs a fleet of tenants with a pace, in simulated time; `makePace` gets the clock. */
export async function simulateFleet(
  simulation: Simulation,
  makePace: (now: () => number) => Pace,
): Promise<Simulated> {
  const { tenants, server, clientMs, noise, random } = simulation;
  const kindOf = simulation.kindOf ?? (() => ({ applied: 0, times: 1 }));
  const hostOf = simulation.host ?? (() => 'one');
  let at = 0;
  const events: { readonly at: number; readonly run: () => void }[] = [];
  const later = (ms: number, run: () => void) => {
    const due = at + ms;
    let place = events.length;
    while (place > 0 && (events[place - 1]?.at ?? 0) < due) place -= 1;
    events.splice(place, 0, { at: due, run });
  };
  const pace = makePace(() => at);
  const queue: (() => void)[] = [];
  let executing = 0;
  let clientFreeAt = 0;
  let running = 0;
  let refused = 0;
  const ofHost = new Map<string, number>();
  const waiting = Array.from({ length: tenants }, (_, index) => index);
  const hosts = new Map<string, number>();

  const client = (ms: number, next: () => void) => {
    clientFreeAt = Math.max(at, clientFreeAt) + ms;
    later(clientFreeAt - at, next);
  };
  const serve = (ms: number, next: () => void) => {
    const start = () => {
      executing += 1;
      const { contention = 0 } = server(at);
      const slower = 1 + contention * (executing + queue.length - 1);
      later(ms * slower * (1 + noise * (2 * random() - 1)), () => {
        executing -= 1;
        if (executing < server(at).cores) queue.shift()?.();
        next();
      });
    };
    if (executing < server(at).cores) start();
    else queue.push(start);
  };

  const attempt = (tenant: number) => {
    const host = hostOf(tenant);
    const { applied, times } = kindOf(tenant);
    const { latencyMs, workMs, most = Number.POSITIVE_INFINITY } = server(at);
    running += 1;
    simulation.onRunning?.(running);
    ofHost.set(host, (ofHost.get(host) ?? 0) + 1);
    const paced = pace.begin(host, { id: String(tenant) } as Tenant);
    const end = (result: Attempt) => {
      running -= 1;
      ofHost.set(host, (ofHost.get(host) ?? 0) - 1);
      hosts.set(host, at / 1_000);
      paced.ended(result);
      fill();
    };
    if (running > most) {
      refused += 1;
      waiting.push(tenant);
      const failure = {
        code: 'TooManyConnections',
        message: '',
        nextStep: '',
        retryable: true,
        fingerprint: '',
      } as const;
      later(latencyMs / 4, () => end({ status: 'failed', failure, applied: [], notes: [] }));
      return;
    }
    client(clientMs / 2, () =>
      later(latencyMs, () =>
        serve(workMs / 5, () => {
          paced.answered();
          serve((workMs * 4 * times) / 5, () =>
            client(clientMs / 2, () => {
              const migrations = Array.from({ length: applied }, () => ({
                name: '',
                durationMs: 1,
              }));
              end(
                applied > 0
                  ? { status: 'migrated', applied: migrations, notes: [] }
                  : { status: 'unchanged', notes: [] },
              );
            }),
          );
        }),
      ),
    );
  };
  const fill = () => {
    while (running < pace.limit) {
      const next = waiting.findIndex(
        (tenant) => (ofHost.get(hostOf(tenant)) ?? 0) < pace.limitOn(hostOf(tenant)),
      );
      const [tenant] = next < 0 ? [] : waiting.splice(next, 1);
      if (tenant === undefined) return;
      attempt(tenant);
    }
  };

  fill();
  for (let event = events.pop(); event !== undefined; event = events.pop()) {
    at = event.at;
    event.run();
    // Loads are read beside the attempts.
    await null;
  }
  return { seconds: at / 1_000, refused, hosts };
}
