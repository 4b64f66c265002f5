import { inject } from 'vitest';
import { type CliProcess, startCli } from '../../cli/support/spawn-cli.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

/** Starts a command line against the stack; its calls are recorded under the access key. */
export async function remoteCli(
  argv: string,
  accessKey: string,
  stdin?: string,
): Promise<CliProcess> {
  const { environment, recording, stack } = inject('aws');
  const recorded =
    recording === undefined
      ? {}
      : { AWS_ENDPOINT_URL: recording.url, AWS_ACCESS_KEY_ID: accessKey };
  return startCli([...argv.split(' '), '--aws', stack.stackName], {
    cwd: await fixtureFolder(),
    env: { ...environment, ...recorded },
    ...(stdin === undefined ? {} : { stdin }),
  });
}
