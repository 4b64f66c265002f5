import { tenantAccess } from '../../compose/tenant-access.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { MigrationBody } from '../../core/bundle/migration-body.ts';
import { createPasswordOpener } from '../../core/encryption/password-opener.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { ScratchServerFacts } from '../../core/safety/recording.ts';
import { createExpectShape, type ExpectShape } from '../../core/shapes/drift/expected-shapes.ts';
import type { SharedDifference } from '../../core/shapes/drift/shared-differences.ts';
import { createFindHostReader } from '../../core/shapes/host-readers.ts';
import type { ReadFleetShapesDependencies } from '../../core/shapes/read-fleet-shapes.ts';
import type { ConnectionSetupOptions } from '../options/connection-options.ts';
import type { ScratchOptions } from '../options/scratch-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { tenantAccessOptions } from './tenant-access-options.ts';
import { usingScratch } from './using-scratch.ts';
import { connectionOf, type WiringContext } from './wiring-context.ts';

/** The definitions of tenants. */
export interface ShapesWiring {
  /** How the shapes of tenants are read, with the logins of the project's configuration. */
  shapeReading(
    options: ConnectionSetupOptions & Pick<SetupOptions, 'tableName'>,
  ): Promise<ReadFleetShapesDependencies>;
  /** Hands the shapes that recorded migrations make to `work`; they are made on a scratch server. */
  usingExpectedShapes<Result>(
    options: SetupOptions & ScratchOptions,
    bundle: Bundle,
    notice: (message: string) => void,
    work: (expectShape: ExpectShape, scratch: ScratchServerFacts) => Promise<Result>,
  ): Promise<Result>;
  /** The code of a migration that repairs a difference. */
  repairFile(shared: SharedDifference): Promise<{ name: string; body: MigrationBody }>;
  /** The text of a file that an option or the configuration names. */
  readFile(path: string, option: string): Promise<string>;
  /** Writes a file completely or not at all. Only its owner may read it. */
  writeFile(path: string, text: string, option: string): Promise<void>;
}

/** Wires the definitions of tenants. */
export function wireShapes(context: WiringContext): ShapesWiring {
  const { env, environment, project } = context;
  return {
    async shapeReading(options) {
      const { createShapeSource } = await import('../../adapters/mysql/shape-source.ts');
      const { tableName } = options;
      const readers = project()?.section.shapes?.hosts ?? {};
      const place = project()?.origin('shapes.hosts') ?? 'shapes.hosts';
      return {
        source: createShapeSource({ ...(await connectionOf(options)), tableName }),
        passwords: createPasswordOpener(environment.keyRing()),
        findHostReader: createFindHostReader(readers, env, place),
      };
    },

    async usingExpectedShapes(options, bundle, notice, work) {
      const { databases } = await tenantAccess(await tenantAccessOptions(options, context));
      return usingScratch(options, context, notice, (scratch) =>
        work(createExpectShape(bundle, scratch, databases), scratch.facts),
      );
    },

    async repairFile(shared) {
      const { repairBody, repairName } = await import('../../adapters/mysql/shapes/repair-body.ts');
      return { name: repairName(shared), body: repairBody(shared) };
    },

    async readFile(path, option) {
      const { readFile } = await import('node:fs/promises');
      return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new FanfoldError(
          'EvidenceInvalid',
          `The file "${path}" of ${option} cannot be read: ${error.code ?? error.message}.`,
          { fault: 'configuration', nextStep: `Name an existing file with ${option}.` },
        );
      });
    },

    async writeFile(path, text, option) {
      const { writeWhole } = await import('../../adapters/local/write-whole.ts');
      await writeWhole(path, (file) => file.writeFile(text)).catch((error: unknown) => {
        throw outputUnwritable(path, option, error);
      });
    },
  };
}

function outputUnwritable(path: string, option: string, error: unknown): FanfoldError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new FanfoldError('OutputUnwritable', `The file "${path}" cannot be written: ${code}.`, {
    fault: 'usage',
    nextStep: `Name a file with ${option} in an existing folder that this user may write to.`,
    cause: error,
  });
}
