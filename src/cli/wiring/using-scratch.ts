import { usingScratchServer } from '../../compose/scratch-server.ts';
import type { TenantDirectory } from '../../core/ports.ts';
import type { ScratchServer } from '../../core/safety/recording.ts';
import type { RehearsalServer } from '../../core/safety/rehearsal/rehearsal-ports.ts';
import type { SnapshotServer } from '../../core/snapshot/snapshot-ports.ts';
import type { ScratchOptions } from '../options/scratch-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { wireCentral } from './wire-central.ts';
import { connectionOf, type WiringContext } from './wiring-context.ts';

/** Hands the scratch server of a command line to `work`. With a central database, a tenant's database is refused. */
export async function usingScratch<Result>(
  options: SetupOptions & ScratchOptions,
  context: WiringContext,
  notice: (message: string) => void,
  work: (scratch: ScratchServer & RehearsalServer & SnapshotServer) => Promise<Result>,
): Promise<Result> {
  const { projectDatabases } = await import('../../compose/project/project-databases.ts');
  const databases = {
    ...(await connectionOf(options)),
    tableName: options.tableName,
    disableTransactions: options.disableTransactions,
    ...projectDatabases(context.project(), options.migrations),
  };
  const terms = {
    url: options.scratchUrl,
    wanted: options.scratch,
    env: context.env,
    databases,
    usingDirectory: directoryOf(options, context),
    notice,
  };
  return usingScratchServer(terms, work);
}

/** The list of tenants, if this process has a central database. */
function directoryOf(options: SetupOptions, context: WiringContext) {
  if (context.environment.centralUrl === undefined) return undefined;
  const { usingCentral } = wireCentral(context);
  return (work: (directory: TenantDirectory) => Promise<void>) =>
    usingCentral(options, ({ directory }) => work(directory));
}
