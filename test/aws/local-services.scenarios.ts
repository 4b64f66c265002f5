import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { packagesFolder } from '../../tools/aws-local/launch.ts';
import { serviceClients, serviceProbes } from '../../tools/aws-local/probes/service-probes.mjs';

const { environment, localFolder } = inject('aws');
const packages = await packagesFolder();

// An endpoint that was given is for others to test.
describe.runIf(localFolder)('the services of aws-local that tell each other something', () => {
  const load = createRequire(join(packages, 'modules/package.json'));
  const on = serviceClients(load, environment.AWS_ENDPOINT_URL ?? '');

  test.each(serviceProbes)('probe: $id', async ({ run }) => {
    expect(await run(on)).toBe(true);
  });
});
