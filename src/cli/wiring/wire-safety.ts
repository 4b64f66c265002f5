import type { Bundle } from '../../core/bundle/bundle.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { LintSettings } from '../../core/safety/lint/lint-migrations.ts';
import type { MigrationSource } from '../../core/safety/lint/migration-source.ts';
import { recordBundle } from '../../core/safety/record-bundle.ts';
import type { Recording } from '../../core/safety/recording.ts';
import type { RehearsalTerms } from '../../core/safety/rehearsal/rehearsal-context.ts';
import type { RehearsalServer } from '../../core/safety/rehearsal/rehearsal-ports.ts';
import type { ExportedShape } from '../../core/shapes/exported-shape.ts';
import type { ScratchOptions } from '../options/scratch-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { usingScratch } from './using-scratch.ts';
import type { WiringContext } from './wiring-context.ts';

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
  /** Hands a scratch server to `work`, with the same refusals. */
  usingRehearsalServer<Result>(
    options: SetupOptions & ScratchOptions,
    notice: (message: string) => void,
    work: (server: RehearsalServer) => Promise<Result>,
  ): Promise<Result>;
  /** Reads a file of shapes that `fleet:shapes --export` has written. */
  readShapeFile(path: string): Promise<readonly ExportedShape[]>;
  /** The text of the migration files, by id. */
  readSources(options: SetupOptions): Promise<ReadonlyMap<string, MigrationSource>>;
  /** Ids of the migrations that git has in a revision; `undefined` if the folder is in no repository. */
  committedMigrations(
    options: SetupOptions,
    revision: string,
  ): Promise<ReadonlySet<string> | undefined>;
  /** The rules of the project's configuration. */
  lintSettings(): LintSettings;
  /** Severities of the rules of a rehearsal, and those that are allowed for a migration, with the reason. */
  rehearsalRules(options: SetupOptions): Promise<Pick<RehearsalTerms, 'severities' | 'allowed'>>;
}

/** Wires the analysis of migrations. */
export function wireSafety(context: WiringContext): SafetyWiring {
  return {
    recordBundle: (options, bundle, notice) =>
      usingScratch(options, context, notice, (scratch) => recordBundle(bundle, scratch)),

    usingRehearsalServer: (options, notice, work) => usingScratch(options, context, notice, work),

    async readShapeFile(path) {
      const { readFile } = await import('node:fs/promises');
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new FanfoldError(
          'ShapesFileInvalid',
          `${path} cannot be read: ${error.code ?? error.message}.`,
          {
            fault: 'configuration',
            nextStep: 'Name a file that `fleet:shapes` has written with --export.',
          },
        );
      });
      // Late, because it loads the schemas.
      const { parseShapeFile } = await import('../../core/shapes/shape-file.ts');
      return parseShapeFile(text, path);
    },

    async readSources({ migrations }) {
      const { readMigrationSources } = await import('../../adapters/local/migration-sources.ts');
      return readMigrationSources(migrations);
    },

    async committedMigrations({ migrations }, revision) {
      const { committedMigrations } = await import('../../adapters/local/committed-migrations.ts');
      return committedMigrations(migrations, revision);
    },

    lintSettings: () => settingsOf(context),

    async rehearsalRules({ migrations }) {
      const { readMigrationSources } = await import('../../adapters/local/migration-sources.ts');
      const { rules, allow } = settingsOf(context);
      const sources = await readMigrationSources(migrations);
      const allowed = [...sources].map(([id, source]): [string, Map<string, string>] => {
        const comments = source.allowed.filter(({ reason }) => reason !== '');
        return [
          id,
          new Map([
            ...comments.map(({ rule, reason }): [string, string] => [rule, reason]),
            ...Object.entries(allow[id] ?? {}).map(([rule, reason]): [string, string] => [
              rule,
              reason ?? '',
            ]),
          ]),
        ];
      });
      return { severities: rules, allowed: new Map(allowed) };
    },
  };
}

function settingsOf(context: WiringContext): LintSettings {
  const { rules = {}, allow = {} } = context.project()?.section.safety ?? {};
  return { rules, allow };
}
