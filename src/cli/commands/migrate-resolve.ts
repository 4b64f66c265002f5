import { Command, InvalidArgumentError } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import type { HalfAppliedReport } from '../../core/resolve/half-applied-report.ts';
import { type ByHand, RESOLUTIONS, type ResolutionKind } from '../../core/resolve/resolution.ts';
import type { WayOut } from '../../core/resolve/ways-out.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { App } from '../app.ts';
import { changeLot } from '../change-lot.ts';
import { confirm } from '../confirm.ts';
import { confirmByName } from '../confirm-by-name.ts';
import { confirmLot } from '../confirm-lot.ts';
import { EXIT } from '../exit-codes.ts';
import { createLotLook } from '../look-at-lot.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, checkNamedOnce, type OfOptions } from '../options/of-options.ts';
import { addConcurrencyOption, CONCURRENCY } from '../options/run-options.ts';
import { addSetupOptions, type SetupOptions } from '../options/setup-options.ts';
import { halfAppliedLines, ofTenant, wayOutLines } from '../output/half-applied-lines.ts';
import { printable } from '../output/printable.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { lotOfRun, type TenantLot } from '../tenant-lot.ts';

interface Options extends SetupOptions, OfOptions, Partial<Record<ResolutionKind, string>> {
  readonly concurrency?: number;
  readonly byHand?: true | readonly number[];
  readonly withValues?: boolean;
  readonly yes?: boolean;
}

/** How long a statement of a `down` waits for a lock. */
const LOCK_WAIT_SECONDS = 10;

/** The question, and the message when it is done. */
const WORDING: Record<ResolutionKind, { readonly question: string; readonly done: string }> = {
  applied: { question: 'Record it as applied?', done: 'is recorded as applied' },
  retry: {
    question: 'Forget its statements, and run it from its beginning next time?',
    done: 'is run from its beginning next time',
  },
  revert: { question: 'Run its down, and forget its statements?', done: 'is rolled back' },
};

/** `migrate:resolve <tenant>`: shows half-applied migrations, and resolves one. */
export function migrateResolve(app: App): Command {
  const command = new Command('migrate:resolve')
    .summary('mark a half-applied migration as applied, reverted or to be retried')
    .description(
      "Shows every statement of a migration that was interrupted and cannot be resumed by itself (HalfApplied), and what can be done about it; without one of --applied, --retry and --revert it changes nothing, and the exit code is 1 while a migration is half-applied. What would be wrong is refused: the statements are checked against the database first. Who decided what is written into the tenant's table fanfold_resolutions.",
    )
    .argument('[slug|id]', 'which tenant')
    .option('--applied <migration>', 'all of it is there: record it')
    .option('--retry <migration>', 'nothing of it is there: run it from its beginning next time')
    .option('--revert <migration>', 'run its down')
    .option(
      '--by-hand [statements]',
      'what the table shows as open was done by hand; with numbers (3,4): also those statements, which the database contradicts',
      parseStatements,
    )
    .option('--with-values', 'print the values of the statements that are left; they may be secret')
    .option('--yes', 'do not ask');
  addOfOptions(addConcurrencyOption(addSetupOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:resolve acme-corp',
        'fanfold migrate:resolve acme-corp --applied 2_add_priority --by-hand',
        'fanfold migrate:resolve --of last --cause 4 --retry 2_add_priority',
        'fanfold migrate:resolve acme-corp --retry 20250127120000_add_priority --yes',
      ),
    )
    .action(
      app.action((name: string | undefined, options: Options) =>
        usingScreen(app.host, async (screen) => {
          const { host, wiring } = app;
          const { of } = options;
          const names = name === undefined ? [] : [name];
          checkNamedOnce(names, options, 'fanfold migrate:resolve <slug>');
          const strayErrors = await wiring.strayErrors();
          return usingMigrationCode({ host, screen, strayErrors, json: false }, () =>
            of === undefined
              ? resolve(app, String(name), options, screen)
              : resolveLot(app, { ...options, of }, screen),
          );
        }),
      ),
    );
}

async function resolve(
  { host, wiring }: App,
  name: string,
  options: Options,
  screen: Screen,
): Promise<number> {
  const chosen = chosenOf(options);
  const bundle = await wiring.loadBundle(options);
  const resolveTenant = await wiring.resolveTenant(options);
  const tenant = await wiring.usingCentral(options, ({ directory }) =>
    resolveName(directory, name),
  );
  const { withValues } = options;
  const look = { bundle, withValues, lockWaitTimeoutSeconds: LOCK_WAIT_SECONDS };
  const { slug } = tenant;
  if (chosen === undefined) {
    const reports = await resolveTenant.look(tenant, look);
    for (const report of reports) {
      screen.print([
        ...halfAppliedLines(report, slug, screen.out),
        ...wayOutLines(report, ofTenant(slug), screen.out),
      ]);
    }
    if (reports.length > 0) return EXIT.failed;
    screen.print([`✅ ${printable(slug)}: no migration is half-applied.`]);
    return EXIT.ok;
  }
  const { kind, migration, byHand } = chosen;
  const ask = async (report: HalfAppliedReport, way: WayOut) => {
    screen.print(halfAppliedLines(report, slug, screen.out));
    if (options.yes === true) return true;
    const { question } = WORDING[kind];
    if (!way.byHand) return confirm(host, question);
    screen.note([printable(way.why)]);
    return confirmByName(host, questionByHand(kind), report.migration);
  };
  const outcome = await resolveTenant.resolve(tenant, {
    ...look,
    kind,
    migration,
    byHand,
    by: wiring.operator(),
    runId: wiring.newRunId(),
    confirm: ask,
  });
  if (outcome === 'declined') {
    screen.print(['Nothing was changed.']);
    return EXIT.failed;
  }
  screen.print([`✅ ${printable(slug)}: ${printable(migration)} ${WORDING[kind].done}`]);
  screen.note([`Next: ${printable(commandSpan('migrate:tenant', slug))}`]);
  return EXIT.ok;
}

/** Looks at every tenant of a run, or resolves one migration in all of them after one question. */
async function resolveLot(
  app: App,
  options: Options & { readonly of: string },
  screen: Screen,
): Promise<number> {
  const { host, wiring } = app;
  const chosen = chosenOf(options);
  const bundle = await wiring.loadBundle(options);
  const resolveTenant = await wiring.resolveTenant(options);
  const { withValues, concurrency = CONCURRENCY } = options;
  const look = { bundle, withValues, lockWaitTimeoutSeconds: LOCK_WAIT_SECONDS };
  return wiring.usingCentral(options, async ({ directory }) => {
    const lot = await lotOfRun(app, options);
    const isAsked =
      chosen === undefined || (await confirmResolution(host, screen, lot, chosen, options.yes));
    if (!isAsked) {
      screen.print(['Nothing was changed.']);
      return EXIT.failed;
    }
    const runId = wiring.newRunId();
    const lookAtOne = createLotLook(options, screen);
    return changeLot(app, screen, {
      lot,
      directory,
      concurrency,
      json: false,
      separator: ': ',
      whenLeft: 'Tenants that were not reported are as they were; run it again.',
      change: async ({ tenant }) => {
        if (chosen === undefined) return lookAtOne(tenant, await resolveTenant.look(tenant, look));
        const { kind, migration, byHand } = chosen;
        await resolveTenant.resolve(tenant, {
          ...look,
          kind,
          migration,
          byHand,
          by: wiring.operator(),
          runId,
          // All of them were asked about at once; what would be wrong in one is refused all the same.
          confirm: async () => true,
        });
        return `${migration} ${WORDING[kind].done}`;
      },
    });
  });
}

/** One question for all of them; who vouches for what was done by hand types the migration's name. */
async function confirmResolution(
  host: App['host'],
  screen: Screen,
  lot: TenantLot,
  { kind, migration, byHand }: Chosen,
  yes: boolean | undefined,
): Promise<boolean> {
  if (byHand === undefined) {
    const question = `${WORDING[kind].question} It is ${migration}, in each of them.`;
    return confirmLot(host, screen, lot, question, yes);
  }
  if (lot.count === 0 || yes === true) return true;
  screen.warn(printable(lot.words ?? ''));
  return confirmByName(host, questionByHand(kind), migration);
}

function questionByHand(kind: ResolutionKind): string {
  return kind === 'revert'
    ? 'Forget it, as rolled back by hand? No code is run.'
    : WORDING[kind].question;
}

interface Chosen {
  readonly kind: ResolutionKind;
  readonly migration: string;
  readonly byHand: ByHand | undefined;
}

/** The resolution that was asked for; `undefined` to look only. */
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
    `One of --applied, --retry and --revert is needed, and ${given.length} are given.`,
    { fault: 'usage', nextStep: 'Say which, with the migration: --applied <migration>' },
  );
}

/** `3,4` */
function parseStatements(text: string): number[] {
  const numbers = text.split(',').map((each) => Number(each.trim()));
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  throw new InvalidArgumentError('Expected numbers of statements, such as 3,4.');
}
