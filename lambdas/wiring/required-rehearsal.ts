import { readFile } from 'node:fs/promises';
import { createShapeSource } from '../../src/adapters/mysql/shape-source.ts';
import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import type { TenantAccessOptions } from '../../src/compose/tenant-access.ts';
import type { PasswordOpener } from '../../src/core/ports.ts';
import { parseEvidence } from '../../src/core/safety/gate/parse-evidence.ts';
import { createFindHostReader } from '../../src/core/shapes/host-readers.ts';
import type { RequiredRehearsal } from '../../src/core/states/required-rehearsal.ts';

/**
 * The evidence that was deployed with a function; `undefined` if none is required. Shapes are read with the login of a
 * server if the project has one by IAM, else with the tenants' own logins for migrations.
 */
export function requiredRehearsal(
  { rehearsal, shapeReaders = {} }: ShippedProject,
  options: TenantAccessOptions,
  passwords: PasswordOpener,
): RequiredRehearsal | undefined {
  if (rehearsal === undefined) return undefined;
  const { path, file } = rehearsal;
  let loading: ReturnType<RequiredRehearsal['load']> | undefined;
  const load = async () => ({ evidence: parseEvidence(await readFile(path, 'utf8'), file), file });
  return {
    load: () => {
      loading ??= load();
      return loading;
    },
    reading: {
      source: createShapeSource(options),
      passwords,
      findHostReader: createFindHostReader(shapeReaders, {}, 'shapes.hosts'),
    },
  };
}
