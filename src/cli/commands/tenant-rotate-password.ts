import { Command } from 'commander';
import { rotatePassword } from '../../core/credentials/rotate-password.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import {
  addConnectionOptions,
  type ConnectionSetupOptions,
} from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & CredentialsWiring & ProcessWiring;

interface Options extends ConnectionSetupOptions {
  readonly keepOld?: boolean;
}

/** `tenant:rotate-password <slug|id>`: sets a new password without downtime. */
export function tenantRotatePassword({ host, wiring, action }: App<Needs>): Command {
  const command = new Command('tenant:rotate-password')
    .summary('replace the password of a tenant')
    .description(
      'Sets a new random password, which nobody sees, for the database user of a tenant. The server accepts both passwords until the new one is stored; then the old one is revoked. If interrupted, the same command resumes. The administrator of the server comes from FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE.',
    )
    .argument('<slug|id>', 'tenant')
    .option('--keep-old', 'keep the old password valid; run again without this flag to revoke it');
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:rotate-password acme-corp',
        'fanfold tenant:rotate-password acme-corp --keep-old',
      ),
    )
    .action(
      action((name: string, options: Options) =>
        usingScreen(host, async (screen) => {
          const tools = await wiring.credentials(options);
          const whenLeft = `The stored password works. Resume with: ${commandSpan('tenant:rotate-password', name)}`;
          const { slug, result, interrupted } = await usingInterruption(
            { host, screen, wiring, whenLeft },
            (signal) =>
              wiring.usingCentral(options, async ({ directory, credentials: registry }) => {
                const tenant = await resolveName(directory, name);
                const keepOld = options.keepOld === true;
                const rotation = { ...tools, registry, keepOld };
                const rotated = await rotatePassword(tenant.id, rotation);
                return { slug: tenant.slug, result: rotated, interrupted: signal.aborted };
              }),
          );
          const old = result.oldIsValid ? 'the old one is still valid' : 'the old one is revoked';
          screen.print([`✅ ${printable(slug)} has a new password; ${old}`]);
          return interrupted ? EXIT.interrupted : EXIT.ok;
        }),
      ),
    );
}
