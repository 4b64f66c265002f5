import { resolveNames } from '../../core/list/resolve-names.ts';
import { reportFromJson } from '../../core/operator/report-as-json.ts';
import type { HalfAppliedReport } from '../../core/resolve/half-applied-report.ts';
import type { ByHand, ResolutionKind } from '../../core/resolve/resolution.ts';
import {
  RESOLVE_LOCK_WAIT_SECONDS,
  type ResolveRequest,
} from '../../core/resolve/resolve-tenant.ts';
import type { Tenant, TenantRef } from '../../core/tenant.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import type { Screen } from '../output/screen.ts';
import { remoteTenants } from '../remote/remote-tenants.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';
import type { LotRow, LotSource } from './tenant-lot.ts';

/** The groups of the wiring that a resolution uses. */
type ResolvingWiring = CentralWiring &
  MigrationFilesWiring &
  ProcessWiring &
  RemoteWiring &
  TenantsWiring;

interface ResolvingOptions extends SetupOptions {
  readonly withValues?: boolean;
}

/** The decision of a person. */
export interface Chosen {
  readonly kind: ResolutionKind;
  readonly migration: string;
  readonly byHand: ByHand | undefined;
}

/** The operations on half-applied migrations, here or on AWS. */
export interface Resolving<Row extends LotRow> {
  readonly source: LotSource<Row>;
  look(tenant: Row): Promise<readonly HalfAppliedReport[]>;
  resolve(
    tenant: Row,
    chosen: Chosen,
    confirm: ResolveRequest['confirm'],
  ): Promise<'resolved' | 'declined'>;
}

/** Resolves in this process. */
export async function resolvingHere(
  wiring: ResolvingWiring,
  options: ResolvingOptions,
): Promise<Resolving<Tenant>> {
  const bundle = await wiring.loadBundle(options);
  const resolveTenant = await wiring.resolveTenant(options);
  const { withValues } = options;
  const look = { bundle, withValues, lockWaitTimeoutSeconds: RESOLVE_LOCK_WAIT_SECONDS };
  const runId = wiring.newRunId();
  const by = wiring.operator();
  return {
    // Nothing stays connected while a person decides.
    source: {
      resolve: (names) =>
        wiring.usingCentral(options, ({ directory }) => resolveNames(directory, names)),
      findByIds: (ids) => wiring.usingCentral(options, ({ directory }) => directory.findByIds(ids)),
    },
    look: (tenant) => resolveTenant.look(tenant, look),
    resolve: (tenant, chosen, confirmed) =>
      resolveTenant.resolve(tenant, { ...look, ...chosen, by, runId, confirm: confirmed }),
  };
}

/** Has a function of the stack resolve: it holds the fence while it looks, and again while it acts. */
export async function resolvingOnAws(
  wiring: ResolvingWiring,
  { aws, withValues }: ResolvingOptions & { readonly aws: string },
  screen: Screen,
): Promise<Resolving<TenantRef>> {
  const operator = await wiring.remoteOperator(aws, 'resolve', (message) => screen.warn(message));
  const runId = wiring.newRunId();
  const by = wiring.operator();
  return {
    source: remoteTenants(operator),
    async look({ id: tenantId }) {
      const { reports } = await operator.ask('look-at-half-applied', { tenantId, withValues });
      return reports.map(reportFromJson);
    },
    async resolve({ id: tenantId }, chosen, confirmed) {
      const decision = { tenantId, ...chosen, withValues };
      const { report, way, seen } = await operator.ask('foresee-resolution', decision);
      if (!(await confirmed(reportFromJson(report), way))) return 'declined';
      await operator.ask('resolve', { ...decision, by, runId, seen });
      return 'resolved';
    },
  };
}
