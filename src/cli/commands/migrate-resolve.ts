import { Command, InvalidArgumentError } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { RESOLUTIONS, type ResolutionKind } from '../../core/resolve/resolution.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { App } from '../app.ts';
import { confirm } from '../ask/confirm.ts';
import { confirmByName } from '../ask/confirm-by-name.ts';
import { confirmLot } from '../ask/confirm-lot.ts';
import { EXIT } from '../exit-codes.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { BY_A_FUNCTION, refuseLocalOptions } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, checkNamedOnce, type OfOptions } from '../options/of-options.ts';
import { addConcurrencyOption, CONCURRENCY } from '../options/run-options.ts';
import { addSetupOptions, type SetupOptions } from '../options/setup-options.ts';
import { halfAppliedLines, ofTenant, wayOutLines } from '../output/half-applied-lines.ts';
import { printable } from '../output/printable.ts';
import { IN_EACH, questionByHand, RESOLUTION_WORDING } from '../output/resolution-wording.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import { changeLot } from '../tenants/change-lot.ts';
import { createLotLook } from '../tenants/look-at-lot.ts';
import {
  type Chosen,
  type Resolving,
  resolvingHere,
  resolvingOnAws,
} from '../tenants/resolving.ts';
import { type LotRow, lotOfRun, type TenantLot } from '../tenants/tenant-lot.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & KeptRunsWiring & MigrationFilesWiring & ProcessWiring & TenantsWiring;

interface Options extends SetupOptions, OfOptions, Partial<Record<ResolutionKind, string>> {
  readonly concurrency?: number;
  readonly byHand?: true | readonly number[];
  readonly withValues?: boolean;
  readonly yes?: boolean;
}

/** `migrate:resolve <tenant>`: shows half-applied migrations, and resolves one of them. */
export function migrateResolve(app: App<Needs>): Command {
  const command = new Command('migrate:resolve')
    .description(
      "Marks a half-applied migration as applied, reverted or to be retried. Without --applied, --retry or --revert it only shows each statement of a migration that was interrupted and cannot be resumed automatically (HalfApplied), and exits with 1 if there is one. The statements are checked against the database first; a resolution that contradicts it is refused. Each resolution, and who made it, is recorded in the tenant's table fanfold_resolutions.",
    )
    .argument('[slug|id]', 'tenant')
    .option('--applied <migration>', 'mark it as applied: all its changes are in the database')
    .option('--retry <migration>', 'run it from the start next time: it has changed nothing')
    .option('--revert <migration>', 'roll it back by its down')
    .option(
      '--by-hand [statements]',
      'you applied the open statements by hand; numbers (3,4) also vouch for statements that the database contradicts',
      parseStatements,
    )
    .option('--with-values', 'print the values of the remaining statements; they may be secret')
    .option('--yes', 'do not ask for confirmation');
  addOfOptions(addConcurrencyOption(addSetupOptions(command)), BY_A_FUNCTION);
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:resolve acme-corp',
        'fanfold migrate:resolve acme-corp --applied 2_add_priority --by-hand',
        'fanfold migrate:resolve --of last --cause 4 --retry 2_add_priority',
        'fanfold migrate:resolve acme-corp --retry 20250127120000_add_priority --yes',
        'fanfold migrate:resolve acme-corp --aws Fanfold',
      ),
    )
    .action(
      app.action((name: string | undefined, options: Options) =>
        usingScreen(app.host, async (screen) => {
          const { host, wiring } = app;
          const { of } = options;
          const names = name === undefined ? [] : [name];
          checkNamedOnce(names, options, 'fanfold migrate:resolve <slug>');
          const work = <Row extends LotRow>(resolving: Resolving<Row>) =>
            of === undefined
              ? resolve(app, String(name), options, screen, resolving)
              : resolveLot(app, { ...options, of }, screen, resolving);
          // A wrong combination is refused before anything is asked.
          chosenOf(options);
          const { aws } = options;
          if (aws !== undefined) {
            refuseLocalOptions(command);
            return work(await resolvingOnAws(wiring, { ...options, aws }, screen));
          }
          const strayErrors = await wiring.strayErrors();
          return usingMigrationCode({ host, screen, strayErrors, json: false }, async () =>
            work(await resolvingHere(wiring, options)),
          );
        }),
      ),
    );
}

async function resolve<Row extends LotRow>(
  { host }: App<Needs>,
  name: string,
  options: Options,
  screen: Screen,
  resolving: Resolving<Row>,
): Promise<number> {
  const chosen = chosenOf(options);
  const onStack = options.aws === undefined ? [] : ['--aws', options.aws];
  const [tenant] = await resolving.source.resolve([name]);
  if (tenant === undefined) throw new Error(`No tenant was found by the name "${name}".`);
  const { slug } = tenant;
  if (chosen === undefined) {
    const reports = await resolving.look(tenant);
    for (const report of reports) {
      screen.print([
        ...halfAppliedLines(report, slug, screen.out),
        ...wayOutLines(report, ofTenant(slug, onStack), screen.out),
      ]);
    }
    if (reports.length > 0) return EXIT.failed;
    screen.print([`✅ ${printable(slug)}: no migration is half-applied.`]);
    return EXIT.ok;
  }
  const { kind, migration } = chosen;
  const outcome = await resolving.resolve(tenant, chosen, async (report, way) => {
    screen.print(halfAppliedLines(report, slug, screen.out));
    if (options.yes === true) return true;
    if (!way.byHand) return confirm(host, RESOLUTION_WORDING[kind].question(report.migration, ''));
    screen.note([printable(way.why)]);
    return confirmByName(host, questionByHand(kind, report.migration, ''), report.migration);
  });
  if (outcome === 'declined') {
    screen.print(['Nothing was changed.']);
    return EXIT.failed;
  }
  screen.print([`✅ ${printable(slug)}: ${printable(migration)} ${RESOLUTION_WORDING[kind].done}`]);
  screen.note([`Next: ${printable(commandSpan('migrate:tenant', slug, ...onStack))}`]);
  return EXIT.ok;
}

/** Shows the half-applied migrations in every tenant of a run, or resolves one in all of them after one question. */
async function resolveLot<Row extends LotRow>(
  app: App<Needs>,
  options: Options & { readonly of: string },
  screen: Screen,
  { source, ...resolving }: Resolving<Row>,
): Promise<number> {
  const { host } = app;
  const chosen = chosenOf(options);
  const { concurrency = CONCURRENCY } = options;
  const lot = await lotOfRun<Row>(app, options);
  const isAsked =
    chosen === undefined || (await confirmResolution(host, screen, lot, chosen, options.yes));
  if (!isAsked) {
    screen.print(['Nothing was changed.']);
    return EXIT.failed;
  }
  const lookAtOne = createLotLook(options, screen);
  return changeLot(app, screen, {
    lot,
    source,
    concurrency,
    json: false,
    separator: ': ',
    whenLeft: 'Tenants that were not reported are unchanged; run the command again.',
    change: async ({ tenant }) => {
      if (chosen === undefined) return lookAtOne(tenant, await resolving.look(tenant));
      // One question covered all of them. A resolution that contradicts the database is still refused.
      await resolving.resolve(tenant, chosen, async () => true);
      return `${chosen.migration} ${RESOLUTION_WORDING[chosen.kind].done}`;
    },
  });
}

/** Asks once for all of them; somebody who vouches for changes by hand types the migration's name. */
async function confirmResolution(
  host: App['host'],
  screen: Screen,
  lot: Pick<TenantLot, 'count' | 'words'>,
  { kind, migration, byHand }: Chosen,
  yes: boolean | undefined,
): Promise<boolean> {
  if (byHand === undefined) {
    return confirmLot(
      host,
      screen,
      lot,
      RESOLUTION_WORDING[kind].question(migration, IN_EACH),
      yes,
    );
  }
  if (lot.count === 0 || yes === true) return true;
  screen.warn(printable(lot.words ?? ''));
  return confirmByName(host, questionByHand(kind, migration, IN_EACH), migration);
}

/** The requested resolution; `undefined` if nothing is to be changed. */
function chosenOf(options: Options): Chosen | undefined {
  const { byHand } = options;
  const given = RESOLUTIONS.flatMap((kind) => {
    const migration = options[kind];
    return migration === undefined ? [] : [{ kind, migration }];
  });
  const [only] = given;
  if (given.length === 0 && byHand === undefined) return undefined;
  if (given.length === 1 && only !== undefined) {
    return { ...only, byHand: byHand === true ? 'all' : byHand };
  }
  throw new FanfoldError(
    'RequestInvalid',
    `Exactly one of --applied, --retry and --revert is needed; ${given.length} were given.`,
    {
      fault: 'usage',
      nextStep: 'Choose one and name the migration, such as --applied <migration>',
    },
  );
}

/** Parses `3,4`. */
function parseStatements(text: string): number[] {
  const numbers = text.split(',').map((each) => Number(each.trim()));
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  throw new InvalidArgumentError('It must be a list of statement numbers, such as 3,4.');
}
