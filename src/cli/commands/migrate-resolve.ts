import { Command, InvalidArgumentError } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import type { HalfAppliedReport } from '../../core/resolve/half-applied-report.ts';
import { type ByHand, RESOLUTIONS, type ResolutionKind } from '../../core/resolve/resolution.ts';
import type { WayOut } from '../../core/resolve/ways-out.ts';
import type { App } from '../app.ts';
import { confirm } from '../confirm.ts';
import { confirmByName } from '../confirm-by-name.ts';
import { EXIT } from '../exit-codes.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { examples } from '../options/examples.ts';
import { addSetupOptions, type SetupOptions } from '../options/setup-options.ts';
import { halfAppliedLines, wayOutLines } from '../output/half-applied-lines.ts';
import { printable } from '../output/printable.ts';
import { type Screen, usingScreen } from '../output/screen.ts';

interface Options extends SetupOptions, Partial<Record<ResolutionKind, string>> {
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
    .argument('<slug|id>', 'which tenant')
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
  addSetupOptions(command);
  return command
    .addHelpText(
      'after',
      examples(
        'npm run migrate:resolve acme-corp',
        'npm run migrate:resolve acme-corp -- --applied 2_add_priority --by-hand',
        'fanfold migrate:resolve acme-corp --retry 20250127120000_add_priority --yes',
      ),
    )
    .action(
      app.action((name: string, options: Options) =>
        usingScreen(app.host, async (screen) => {
          const { host, wiring } = app;
          const strayErrors = await wiring.strayErrors();
          return usingMigrationCode({ host, screen, strayErrors, json: false }, () =>
            resolve(app, name, options, screen),
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
        ...wayOutLines(report, slug, screen.out),
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
  screen.note([`Next: npm run migrate:tenant ${printable(slug)}`]);
  return EXIT.ok;
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
