import { Command } from 'commander';
import { type KeyRotationResult, rotateKeys } from '../../core/credentials/rotate-keys.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { examples } from '../options/examples.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import { failureLines } from '../output/failure-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { shownTenant } from '../output/shown-tenant.ts';

interface Options extends TlsSetupOptions {
  readonly keepOld?: boolean;
  readonly json?: boolean;
}

/** `secrets:rotate`: a new key, and every password encrypted with it. */
export function secretsRotate({ host, wiring, action }: App): Command {
  const command = new Command('secrets:rotate')
    .summary('encrypt every password with a new key')
    .description(
      'Adds a key to the key ring, encrypts the password of every tenant with it (version 2), checks each, and drops the old key once nothing needs it. What was interrupted goes on with the same command. Migrations may run meanwhile. The ring has to be in the file that DB_ENCRYPTION_KEY_FILE names; where it is in DB_ENCRYPTION_KEY, add the key there yourself and run this to encrypt with it.',
    )
    .option('--keep-old', 'leave the old key in the ring; the same command without this drops it')
    .option('--json', 'the result as one line of JSON');
  return addTlsOptions(command)
    .addHelpText(
      'after',
      examples(
        'DB_ENCRYPTION_KEY_FILE=/run/secrets/keys npm run secrets:rotate -- --keep-old',
        'fanfold secrets:rotate',
      ),
    )
    .action(
      action((options: Options) =>
        usingScreen(host, async (screen) => {
          const ring = await wiring.keyRing();
          const whenLeft = 'Every password can be opened. It goes on with: npm run secrets:rotate';
          const result = await usingInterruption({ host, screen, wiring, whenLeft }, (signal) =>
            wiring.usingCentral(options, ({ credentials: registry }) => {
              const keepOld = options.keepOld === true;
              const onPage = (seen: number) => {
                if (seen >= 500 && options.json !== true) {
                  screen.note([`⏳ ${formatCount(seen)} tenants`]);
                }
              };
              return rotateKeys({ registry, ring, keepOld, onPage }, signal);
            }),
          );
          if (options.json === true) screen.print([jsonLine(shownRotation(result))]);
          else tell(result, screen);
          if (result.interrupted) return EXIT.interrupted;
          return result.failed.length > 0 ? EXIT.failed : EXIT.ok;
        }),
      ),
    );
}

function tell(result: KeyRotationResult, screen: Screen): void {
  const { active, added, seen, changed, failed, dropped, interrupted } = result;
  for (const { tenant, failure } of failed) {
    screen.print([
      `❌ ${printable(`${tenant.slug}: ${failure.message}`)}`,
      ...failureLines(failure, screen.out),
    ]);
  }
  const key = `"${active}"${added ? ', a new key' : ''}`;
  const done = `${countOf(changed, 'password')} of ${countOf(seen, 'tenant')} encrypted anew with ${key}`;
  const old =
    dropped.length === 0
      ? 'No key was dropped.'
      : `Dropped, as nothing needs it: ${dropped.map((id) => `"${id}"`).join(', ')}.`;
  screen.print([`${failed.length === 0 && !interrupted ? '✅' : '⏸️ '} ${done}`, old]);
  if (dropped.length === 0) screen.note(['It goes on with: npm run secrets:rotate']);
}

function shownRotation({ failed, ...result }: KeyRotationResult): object {
  return {
    type: 'keys-rotated',
    ...result,
    failed: failed.map(({ tenant, failure }) => ({ tenant: shownTenant(tenant), failure })),
  };
}
