import { readFile } from 'node:fs/promises';
import { readShapeLogins } from '../../src/adapters/aws/admin-secrets.ts';
import { createSecretsClient } from '../../src/adapters/aws/clients/create-secrets-client.ts';
import { createShapeSource } from '../../src/adapters/mysql/shape-source.ts';
import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import type { TenantAccessOptions } from '../../src/compose/tenant-access.ts';
import type { PasswordOpener } from '../../src/core/ports.ts';
import { parseEvidence } from '../../src/core/safety/gate/parse-evidence.ts';
import { createFindHostReader } from '../../src/core/shapes/host-readers.ts';
import type { RequiredRehearsal } from '../../src/core/states/required-rehearsal.ts';
import { hostKey } from '../../src/core/tenant.ts';
import type { LambdaEnvironment } from '../environment.ts';

/**
 * The evidence that was deployed with a function; `undefined` if none is required. Shapes are read with the login of a
 * server if a secret has one or the project one by IAM, else with the tenants' own logins for migrations.
 */
export function requiredRehearsal(
  { rehearsal, shapeReaders = {} }: ShippedProject,
  options: TenantAccessOptions,
  passwords: PasswordOpener,
  secrets: ReturnType<LambdaEnvironment['shapeSecrets']>,
): RequiredRehearsal | undefined {
  if (rehearsal === undefined) return undefined;
  const { path, file } = rehearsal;
  const byIam = createFindHostReader(shapeReaders, {}, 'shapes.hosts');
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
      findHostReader: byIam,
    },
    async loadHostReaders() {
      if (secrets.length === 0) return byIam;
      const logins = await readShapeLogins(createSecretsClient(), secrets);
      return (address) => logins.get(hostKey(address)) ?? byIam(address);
    },
  };
}
