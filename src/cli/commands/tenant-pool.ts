import { Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { fillPool, type PoolFilling } from '../../core/pool/fill-pool.ts';
import type { PoolRegistry } from '../../core/pool/pool-registry.ts';
import { removePooled } from '../../core/pool/remove-pooled.ts';
import { type ServerAddress, serverName } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { confirmByName } from '../ask/confirm-by-name.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import {
  addProvisioningOptions,
  type ProvisioningOptions,
} from '../options/provisioning-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { fillingLines, pooledLines, shownPooled } from '../output/pool-lines.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { ProvisioningWiring } from '../wiring/wire-provisioning.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

type Needs = CentralWiring &
  MigrationFilesWiring &
  ProcessWiring &
  ProvisioningWiring &
  Pick<TenantsWiring, 'strayErrors'>;

interface Options extends ProvisioningOptions {
  readonly refill?: boolean;
  readonly drain?: boolean;
  readonly host?: string;
  readonly port: number;
  readonly size?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `tenant:pool`: lists, fills and empties the pool of databases that wait for new tenants. */
export function tenantPool(app: App<Needs>): Command {
  const command = new Command('tenant:pool')
    .description(
      'Lists the databases that are kept ready for new tenants, which provisionTenant() hands out at once. With --refill: resumes and migrates those that need it, and makes new ones up to provisioning.pool on each server of the list, or on --host. With --drain: drops all of them, with their users.',
    )
    .option('--refill', 'make the pool full and bring it up to date')
    .option('--drain', 'drop every pooled database')
    .option('--host <host>', 'only on this database server')
    .addOption(
      new Option('--port <port>', 'its port').argParser(wholeNumber(1, 65_535)).default(3306),
    )
    .addOption(
      new Option(
        '--size <count>',
        'databases on each server (default: provisioning.pool)',
      ).argParser(wholeNumber(0, 100)),
    )
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print one JSON object per line');
  return addProvisioningOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:pool',
        'fanfold tenant:pool --refill --host db1 --size 5',
        'fanfold tenant:pool --drain',
      ),
    )
    .action(
      app.action((options: Options) =>
        usingScreen(app.host, async (screen) => {
          const { wiring } = app;
          const only =
            options.host === undefined ? undefined : { host: options.host, port: options.port };
          return wiring.usingCentral(options, async ({ provisioning: registry, pool }) => {
            if (!(await pool.exists())) throw listMissing();
            if (options.refill === true) {
              const bundle = await wiring.loadBundle(options);
              const provisioning = await wiring.provisioning(registry, bundle, options);
              return refill(app, { provisioning, pool, only }, options, screen);
            }
            if (options.drain === true) {
              const bundle = await wiring.loadBundle(options);
              const provisioning = await wiring.provisioning(registry, bundle, options);
              const making = { ...provisioning, registry: pool.provisioning };
              return drain(app, { making, pool, only }, options, screen);
            }
            const all = await pool.list(only);
            screen.print(
              options.json === true
                ? all.map((each) => jsonLine(shownPooled(each)))
                : pooledLines(all),
            );
            return EXIT.ok;
          });
        }),
      ),
    );
}

type Provisioning = Awaited<ReturnType<ProvisioningWiring['provisioning']>>;

async function refill(
  { host, wiring }: App<Needs>,
  of: {
    readonly provisioning: Provisioning;
    readonly pool: PoolRegistry;
    readonly only: ServerAddress | undefined;
  },
  { size = wiring.poolSize(), json = false }: Options,
  screen: Screen,
): Promise<number> {
  const servers = of.only === undefined ? await of.pool.servers() : [of.only];
  if (servers.length === 0 || size === undefined) throw nothingToFill(size);
  const strayErrors = await wiring.strayErrors();
  const whenLeft = 'The same command resumes.';
  let isGood = true;
  for (const server of servers) {
    if (!json) screen.note([`⏳ Filling the pool of ${serverName(server)} up to ${size}`]);
    const filling: PoolFilling = await usingInterruption(
      { host, screen, wiring, whenLeft },
      (signal) =>
        usingMigrationCode({ host, screen, strayErrors, json }, () =>
          fillPool({ ...server, size, examines: true }, of.provisioning, of.pool, signal),
        ),
    );
    isGood &&= filling.failure === undefined;
    screen.print(
      json
        ? [jsonLine({ type: 'pool-filled', ...server, ...filling })]
        : fillingLines(server, filling, screen.out),
    );
  }
  return isGood ? EXIT.ok : EXIT.failed;
}

async function drain(
  { host }: App<Needs>,
  of: {
    readonly making: Provisioning;
    readonly pool: PoolRegistry;
    readonly only: ServerAddress | undefined;
  },
  options: Options,
  screen: Screen,
): Promise<number> {
  const all = await of.pool.list(of.only);
  const question = `${all.length} pooled database(s) and their users will be dropped.`;
  if (options.yes !== true && !(await confirmByName(host, question, 'drain'))) {
    screen.note(['Nothing was changed.']);
    return EXIT.usage;
  }
  let removed = 0;
  for (const each of all) if (await removePooled(each, of.making, of.pool)) removed += 1;
  await of.pool.forget(of.only);
  screen.print([
    options.json === true
      ? jsonLine({ type: 'pool-drained', removed })
      : `✅ Dropped ${removed} pooled database(s) and their users.`,
  ]);
  return EXIT.ok;
}

function listMissing(): FanfoldError {
  return new FanfoldError(
    'CentralDatabaseSchemaMismatch',
    'The central database has no table fanfold_pool.',
    { fault: 'configuration', nextStep: 'Create it: `fanfold migrate:latest`' },
  );
}

function nothingToFill(size: number | undefined): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    size === undefined
      ? 'The size of the pool is not known.'
      : 'The pool has no server yet, since nothing was made for it.',
    {
      fault: 'usage',
      nextStep:
        size === undefined
          ? 'Set provisioning.pool in the configuration, or name it with --size.'
          : 'Name the first server with --host.',
    },
  );
}
