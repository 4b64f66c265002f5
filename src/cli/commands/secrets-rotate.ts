import { Command } from 'commander';
import {
  type KeyRotation,
  type KeyRotationResult,
  rotateKeys,
} from '../../core/credentials/rotate-keys.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { ServerAddress } from '../../core/tenant.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
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
import { centralOfStack } from '../remote/central-of-stack.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteKeys, RemoteWiring } from '../wiring/wire-remote.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & CredentialsWiring & ProcessWiring & RemoteWiring;

interface Options extends TlsSetupOptions {
  readonly keepOld?: boolean;
  readonly json?: boolean;
  readonly aws?: string;
  readonly centralAddress?: string;
}

/** `secrets:rotate`: adds a new key and encrypts every password with it. */
export function secretsRotate({ host, wiring, action }: App<Needs>): Command {
  const command = new Command('secrets:rotate')
    .description(
      'Adds a new key to the key ring, encrypts every tenant password with it (version 2), checks each one, and removes the old key once nothing needs it. If interrupted, the same command resumes. Migrations may run meanwhile. The ring must be in the file that DB_ENCRYPTION_KEY_FILE names, or in the secret of a stack. If it is in DB_ENCRYPTION_KEY, add a key there yourself, then run this command to encrypt with it.',
    )
    .option('--keep-old', 'keep the old key in the ring; run again without this flag to remove it')
    .option('--json', 'print the result as one line of JSON')
    .optionsGroup('AWS:')
    .option('--aws <stack>', 'use the key ring and the central database of this stack')
    .option(
      '--central-address <host:port>',
      'with --aws: address of that central database, such as a tunnel',
    );
  return addTlsOptions(command)
    .addHelpText(
      'after',
      examples(
        'DB_ENCRYPTION_KEY_FILE=/run/secrets/keys fanfold secrets:rotate --keep-old',
        'fanfold secrets:rotate --aws Fanfold',
      ),
    )
    .action(
      action((options: Options) =>
        usingScreen(host, async (screen) => {
          const keys = await keysOf(options, wiring);
          const aws = options.aws === undefined ? [] : ['--aws', options.aws];
          const again = commandSpan('secrets:rotate', ...aws);
          const whenLeft = `Every password can still be decrypted. Resume with: ${again}`;
          const result = await usingInterruption({ host, screen, wiring, whenLeft }, (signal) =>
            keys.usingCentral(({ credentials: registry }) => {
              const { ring, holders } = keys;
              const keepOld = options.keepOld === true;
              const onPage = (seen: number) => {
                if (seen >= 500 && options.json !== true) {
                  screen.note([`⏳ ${formatCount(seen)} tenants`]);
                }
              };
              return rotateKeys({ registry, ring, keepOld, holders, onPage }, signal);
            }),
          );
          if (options.json === true) screen.print([jsonLine(shownRotation(result))]);
          else tell(result, again, screen);
          if (result.interrupted) return EXIT.interrupted;
          return result.failed.length > 0 ? EXIT.failed : EXIT.ok;
        }),
      ),
    );
}

interface Keys extends Pick<KeyRotation, 'ring' | 'holders'>, Pick<RemoteKeys, 'usingCentral'> {}

/** The key ring and the rows that belong to it: both of this environment, or both of a stack. */
async function keysOf(options: Options, wiring: Needs): Promise<Keys> {
  const { aws, centralAddress } = options;
  if (aws === undefined) {
    if (centralAddress !== undefined) {
      throw new FanfoldError(
        'OptionsExclude',
        '--central-address needs --aws: without it, CENTRAL_DATABASE_URL has the address.',
        { fault: 'usage', nextStep: 'Leave it out, or name the stack with --aws.' },
      );
    }
    return {
      ring: await wiring.keyRing(),
      usingCentral: (work) => wiring.usingCentral(options, work),
    };
  }
  const { ring, usingCentral, runningRuns } = await wiring.remoteKeys(aws, {
    ...options,
    centralAddress: centralAddress === undefined ? undefined : addressOf(centralAddress),
  });
  // The items of a run hold passwords that were encrypted when its tenants were listed.
  const holders = async () => (await runningRuns()).map((run) => `the run ${run}`);
  return {
    ring,
    holders,
    usingCentral: (work) =>
      usingCentral(work).catch((error: unknown) => {
        throw centralOfStack(error, aws);
      }),
  };
}

function addressOf(text: string): ServerAddress {
  const url = URL.parse(`mysql://${text}`);
  if (url !== null && url.hostname !== '' && url.host === text.toLowerCase()) {
    return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 3306) };
  }
  throw new FanfoldError(
    'RequestInvalid',
    // People may write a whole URL by mistake, with its password.
    `--central-address is ${/[@/]/.test(text) ? 'something else (not shown)' : JSON.stringify(text.slice(0, 100))}; it must be host:port.`,
    { fault: 'usage', nextStep: 'Write it as 127.0.0.1:3307.' },
  );
}

function tell(result: KeyRotationResult, again: string, screen: Screen): void {
  const { active, added, seen, changed, failed, dropped, heldBy, interrupted } = result;
  for (const { tenant, failure } of failed) {
    screen.print([
      `❌ ${printable(`${tenant.slug}: ${failure.message}`)}`,
      ...failureLines(failure, screen.out),
    ]);
  }
  const key = `${added ? 'the new key ' : 'key '}"${active}"`;
  const done = `Encrypted ${countOf(changed, 'password')} of ${countOf(seen, 'tenant')} with ${key}`;
  const old =
    dropped.length === 0
      ? 'No key was removed.'
      : `Removed, because nothing needs it: ${dropped.map((id) => `"${id}"`).join(', ')}.`;
  screen.print([`${failed.length === 0 && !interrupted ? '✅' : '⏸️ '} ${done}`, old]);
  if (heldBy.length > 0) {
    screen.note([
      `The old key may still be used by ${printable(heldBy.join(', '))}. After that has ended, remove the old key with: ${again}`,
    ]);
  } else if (dropped.length === 0) {
    screen.note([`Resume with: ${again}`]);
  }
}

function shownRotation({ failed, ...result }: KeyRotationResult): object {
  return {
    type: 'keys-rotated',
    ...result,
    failed: failed.map(({ tenant, failure }) => ({ tenant: shownTenant(tenant), failure })),
  };
}
