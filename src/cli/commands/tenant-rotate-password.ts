import { Command } from 'commander';
import { type RotatedPassword, rotatePassword } from '../../core/credentials/rotate-password.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { addOperatorOption, refuseLocalOptions } from '../options/aws-options.ts';
import {
  addConnectionOptions,
  type ConnectionSetupOptions,
} from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { printable } from '../output/printable.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { remoteTenant } from '../remote/remote-tenants.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & CredentialsWiring & ProcessWiring & RemoteWiring;

interface Options extends ConnectionSetupOptions {
  readonly keepOld?: boolean;
  readonly aws?: string;
}

/** Rotates the password of one tenant, here or on AWS. */
type Rotate = (name: string) => Promise<{
  readonly slug: string;
  readonly result: Pick<RotatedPassword, 'oldIsValid'>;
}>;

async function rotateHere(wiring: Needs, options: Options): Promise<Rotate> {
  const tools = await wiring.credentials(options);
  const keepOld = options.keepOld === true;
  return (name) =>
    wiring.usingCentral(options, async ({ directory, credentials: registry }) => {
      const { id, slug } = await resolveName(directory, name);
      return { slug, result: await rotatePassword(id, { ...tools, registry, keepOld }) };
    });
}

async function rotateOnAws(
  wiring: Needs,
  { aws, keepOld = false }: Options & { readonly aws: string },
  screen: Screen,
): Promise<Rotate> {
  const operator = await wiring.remoteOperator(aws, 'passwords', (message) => {
    screen.warn(message);
  });
  return async (name) => {
    const { id: tenantId, slug } = await remoteTenant(operator, name);
    return { slug, result: await operator.ask('rotate-password', { tenantId, keepOld }) };
  };
}

/** `tenant:rotate-password <slug|id>`: sets a new password without downtime. */
export function tenantRotatePassword({ host, wiring, action }: App<Needs>): Command {
  const command = new Command('tenant:rotate-password')
    .description(
      'Sets a new random password, which nobody sees, for the database user of a tenant. The server accepts both passwords until the new one is stored; then the old one is revoked. If interrupted, the same command resumes. The administrator of the server comes from FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE.',
    )
    .argument('<slug|id>', 'tenant')
    .option('--keep-old', 'keep the old password valid; run again without this flag to revoke it');
  return addOperatorOption(addConnectionOptions(command))
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:rotate-password acme-corp',
        'fanfold tenant:rotate-password acme-corp --keep-old',
        'fanfold tenant:rotate-password acme-corp --aws Fanfold',
      ),
    )
    .action(
      action((name: string, options: Options) =>
        usingScreen(host, async (screen) => {
          const { aws } = options;
          if (aws !== undefined) refuseLocalOptions(command);
          const rotate = await (aws === undefined
            ? rotateHere(wiring, options)
            : rotateOnAws(wiring, { ...options, aws }, screen));
          const onStack = aws === undefined ? [] : ['--aws', aws];
          const whenLeft = `The stored password works. Resume with: ${commandSpan('tenant:rotate-password', name, ...onStack)}`;
          const { slug, result, interrupted } = await usingInterruption(
            { host, screen, wiring, whenLeft },
            async (signal) => ({ ...(await rotate(name)), interrupted: signal.aborted }),
          );
          const old = result.oldIsValid ? 'the old one is still valid' : 'the old one is revoked';
          screen.print([`✅ ${printable(slug)} has a new password; ${old}`]);
          return interrupted ? EXIT.interrupted : EXIT.ok;
        }),
      ),
    );
}
