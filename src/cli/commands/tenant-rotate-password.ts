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

interface Options extends ConnectionSetupOptions {
  readonly keepOld?: boolean;
}

/** `tenant:rotate-password <slug|id>`: a new password, without a moment in which none works. */
export function tenantRotatePassword({ host, wiring, action }: App): Command {
  const command = new Command('tenant:rotate-password')
    .summary('give the user of a tenant a new password')
    .description(
      'Gives the user of a tenant a new random password that nobody sees. The server takes the old and the new one until the row has the new one; the old one ends then. If it is interrupted, the same command resumes it. The administrator of the server comes from FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE.',
    )
    .argument('<slug|id>', 'which tenant')
    .option('--keep-old', 'leave the old password valid; the same command without this ends it');
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
          const whenLeft = `The row has a password that works. Resume it with: ${commandSpan('tenant:rotate-password', name)}`;
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
          const old = result.oldIsValid ? 'the old one is still valid' : 'the old one has ended';
          screen.print([`✅ ${printable(slug)} has a new password; ${old}`]);
          return interrupted ? EXIT.interrupted : EXIT.ok;
        }),
      ),
    );
}
