import { usingScratchServer } from '../../compose/scratch-server.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { TenantDirectory } from '../../core/ports.ts';
import type { LintSettings } from '../../core/safety/lint/lint-migrations.ts';
import type { MigrationSource } from '../../core/safety/lint/migration-source.ts';
import { recordBundle } from '../../core/safety/record-bundle.ts';
import type { Recording } from '../../core/safety/recording.ts';
import type { ScratchOptions } from '../options/scratch-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { wireCentral } from './wire-central.ts';
import { connectionOf, type WiringContext } from './wiring-context.ts';

/** The analysis of migrations before they run. */
export interface SafetyWiring {
  /**
   * Runs migrations on a scratch server and records what they send. With a central database, a scratch database
   * that is a tenant's is refused.
   */
  recordBundle(
    options: SetupOptions & ScratchOptions,
    bundle: Bundle,
    notice: (message: string) => void,
  ): Promise<Recording>;
  /** The text of the migration files, by id. */
  readSources(options: SetupOptions): Promise<ReadonlyMap<string, MigrationSource>>;
  /** The rules of the project's configuration. */
  lintSettings(): LintSettings;
}

/** Wires the analysis of migrations. */
export function wireSafety(context: WiringContext): SafetyWiring {
  return {
    async recordBundle(options, bundle, notice) {
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
      return usingScratchServer(terms, (scratch) => recordBundle(bundle, scratch));
    },

    async readSources({ migrations }) {
      const { readMigrationSources } = await import('../../adapters/local/migration-sources.ts');
      return readMigrationSources(migrations);
    },

    lintSettings() {
      const { rules = {}, allow = {} } = context.project()?.section.safety ?? {};
      return { rules, allow };
    },
  };
}

/** The list of tenants, if this process has a central database. */
function directoryOf(options: SetupOptions, context: WiringContext) {
  if (context.environment.centralUrl === undefined) return undefined;
  const { usingCentral } = wireCentral(context);
  return (work: (directory: TenantDirectory) => Promise<void>) =>
    usingCentral(options, ({ directory }) => work(directory));
}
