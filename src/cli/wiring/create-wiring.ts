import { keepHeapSmall } from '../../adapters/local/keep-heap-small.ts';
import { processEnvironment } from '../../compose/process-environment.ts';
import { type AdoptionWiring, wireAdoption } from './wire-adoption.ts';
import { type CentralWiring, wireCentral } from './wire-central.ts';
import { type ChecksWiring, wireChecks } from './wire-checks.ts';
import { type CredentialsWiring, wireCredentials } from './wire-credentials.ts';
import { type ForecastWiring, wireForecast } from './wire-forecast.ts';
import { type MigrationFilesWiring, wireMigrationFiles } from './wire-migration-files.ts';
import { type NotificationsWiring, wireNotifications } from './wire-notifications.ts';
import { type ProcessWiring, wireProcess } from './wire-process.ts';
import { type ProjectWiring, wireProject } from './wire-project.ts';
import { type ProvisioningWiring, wireProvisioning } from './wire-provisioning.ts';
import { type RemoteWiring, wireRemote } from './wire-remote.ts';
import { type RunsWiring, wireRuns } from './wire-runs.ts';
import { type SafetyWiring, wireSafety } from './wire-safety.ts';
import { type ShapesWiring, wireShapes } from './wire-shapes.ts';
import { type SnapshotWiring, wireSnapshot } from './wire-snapshot.ts';
import { type TenantsWiring, wireTenants } from './wire-tenants.ts';
import { type WorkersWiring, wireWorkers } from './wire-workers.ts';
import type { WiringContext } from './wiring-context.ts';

/**
 * Everything that the commands get from outside, one group of members for each group of commands. A
 * command declares the groups that it uses. Every member reads its part of the environment when it is
 * called, so that a command needs no more than it uses: listing tenants takes no key.
 *
 * Members load adapters when they are called: `--help` should not wait for three database drivers.
 */
export type Wiring = ProcessWiring &
  ProjectWiring &
  MigrationFilesWiring &
  TenantsWiring &
  CentralWiring &
  AdoptionWiring &
  CredentialsWiring &
  ProvisioningWiring &
  RunsWiring &
  WorkersWiring &
  SafetyWiring &
  ShapesWiring &
  SnapshotWiring &
  ForecastWiring &
  ChecksWiring &
  NotificationsWiring &
  RemoteWiring;

/** Wires every group for one command line. */
export function createWiring(env: WiringContext['env']): Wiring {
  keepHeapSmall();
  const { project, ...projectWiring } = wireProject(env);
  const context: WiringContext = { env, environment: processEnvironment(env), project };
  return {
    ...wireProcess(),
    ...projectWiring,
    ...wireMigrationFiles(context),
    ...wireTenants(context),
    ...wireCentral(context),
    ...wireAdoption(context),
    ...wireCredentials(context),
    ...wireProvisioning(context),
    ...wireRuns(),
    ...wireWorkers(),
    ...wireSafety(context),
    ...wireShapes(context),
    ...wireSnapshot(context),
    ...wireForecast(context),
    ...wireChecks(context),
    ...wireNotifications(context),
    ...wireRemote(context),
  };
}
