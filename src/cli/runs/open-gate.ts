import type { Bundle } from '../../core/bundle/bundle.ts';
import { requestedBundle } from '../../core/bundle/requested-bundle.ts';
import { inPages } from '../../core/list/in-pages.ts';
import { type SelectionSources, selectTenants } from '../../core/list/select-tenants.ts';
import type { AttemptTenant } from '../../core/migrate/attempt.ts';
import { atATime } from '../../core/pace/at-a-time.ts';
import { FIRST_PACE } from '../../core/pace/auto-pace.ts';
import type { RunRequest } from '../../core/request.ts';
import { checkFleet } from '../../core/safety/gate/check-fleet.ts';
import { createGatedAttempt } from '../../core/safety/gate/gated-attempt.ts';
import { parseEvidence } from '../../core/safety/gate/parse-evidence.ts';
import { createRehearsalGate } from '../../core/safety/gate/rehearsal-gate.ts';
import type { Tenant } from '../../core/tenant.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import type { ShapesWiring } from '../wiring/wire-shapes.ts';

/** The evidence without which no tenant is migrated. */
export interface GateOptions {
  /** A file. */
  readonly requireRehearsal?: string;
}

/** The gate of a run; without evidence that is required it lets every tenant through. */
export interface OpenGate {
  /** Looks at the tenants of the run. Throws `RehearsalMissing` if one may not be migrated. */
  check(sources: SelectionSources): Promise<void>;
  /** Looks at each tenant once more just before it is migrated. */
  guard(attempt: AttemptTenant): AttemptTenant;
}

const ALL_PASS: OpenGate = { check: async () => {}, guard: (attempt) => attempt };

const OPTION = '--require-rehearsal';

/** Reads the evidence that a run requires. Plans and rollbacks need none. */
export async function openGate(
  wiring: Pick<ShapesWiring, 'shapeReading' | 'readFile'>,
  options: GateOptions & SetupOptions,
  request: RunRequest,
  bundle: Bundle,
): Promise<OpenGate> {
  const { requireRehearsal: file } = options;
  if (file === undefined || request.command !== 'migrate') return ALL_PASS;
  const evidence = parseEvidence(await wiring.readFile(file, OPTION), file);
  const wanted = requestedBundle(bundle, request);
  const gate = createRehearsalGate(evidence, { bundle, wanted, file, place: 'here' });
  const reading = await wiring.shapeReading(options);
  return {
    check: async (sources) => {
      const selection = await selectTenants(request, sources);
      const tenants = tenantsOf(selection.ids(), sources);
      const concurrency = atATime(request, FIRST_PACE);
      const refusals = await checkFleet(tenants, { concurrency }, gate, reading);
      refusals.throwIfAny('here');
    },
    guard: (attempt) => createGatedAttempt(attempt, gate, reading),
  };
}

const PAGE = 500;

async function* tenantsOf(
  ids: AsyncIterable<string>,
  { directory }: SelectionSources,
): AsyncGenerator<Tenant> {
  for await (const page of inPages(ids, PAGE)) {
    const tenants = await directory.findByIds(page);
    // The run itself reports tenants that are gone, or no longer active.
    yield* tenants.filter(({ status }) => status === 'ACTIVE');
  }
}
