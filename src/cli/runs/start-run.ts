import type { Command } from 'commander';
import type { App } from '../app.ts';
import { type AwsOptions, awsRequest, refuseLocalOptions } from '../options/aws-options.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import type { RunTenantsWiring, TenantRun, TenantRunOptions } from './run-tenants.ts';

/** The groups of the wiring that a run takes, here or on AWS. */
export type StartRunWiring = RunTenantsWiring & RemoteWiring;

/** Runs tenants in this process or, with `--aws`, on AWS, and reports the run. */
export async function startRun(
  app: App<StartRunWiring>,
  command: Command,
  options: TenantRunOptions & AwsOptions,
  run: TenantRun,
): Promise<number> {
  const { aws } = options;
  const asked = { ...run.request, ...awsRequest(options) };
  if (aws !== undefined) {
    refuseLocalOptions(command);
    const { runRemotely } = await import('../remote/run-remotely.ts');
    return runRemotely(app, { ...options, aws }, { ...run, request: asked });
  }
  const { runTenants } = await import('./run-tenants.ts');
  const request = { maxConcurrency: 'auto' as const, ...asked };
  return runTenants(app, command, options, { ...run, request });
}
