import { Command } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import type { StatementStanding } from '../../core/half-applied.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import { RESOLUTIONS, type ResolutionKind } from '../../core/resolve/resolution.ts';
import type { App } from '../app.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { addSetupOptions, type SetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { standingLines } from '../output/standing-lines.ts';

interface Options extends SetupOptions, Partial<Record<ResolutionKind, string>> {
  readonly yes?: boolean;
}

/** How long a statement of a `down` waits for a lock. */
const LOCK_WAIT_SECONDS = 10;

/** What is asked, and what is said when it is done. */
const WORDING: Record<ResolutionKind, { readonly question: string; readonly done: string }> = {
  applied: { question: 'Record it as applied?', done: 'is recorded as applied' },
  retry: {
    question: 'Forget its statements, and run it from its beginning next time?',
    done: 'is run from its beginning next time',
  },
  revert: { question: 'Run its down, and forget its statements?', done: 'is taken back' },
};

/** `migrate:resolve <tenant>`: says how a half-way migration stands. */
export function migrateResolve(app: App): Command {
  const command = new Command('migrate:resolve')
    .summary('say how a half-applied migration stands')
    .description(
      "Says how a migration stands that has stopped half-way and cannot be gone on with by itself (HalfApplied). Shows what is known of its statements and asks first. Who said what is written into the tenant's table fanfold_resolutions.",
    )
    .argument('<slug|id>', 'which tenant')
    .option('--applied <migration>', 'all of it is there: record it')
    .option('--retry <migration>', 'nothing of it is there: run it from its beginning next time')
    .option('--revert <migration>', 'run its down')
    .option('--yes', 'do not ask');
  addSetupOptions(command);
  return command
    .addHelpText(
      'after',
      examples(
        'npm run migrate:resolve acme-corp -- --applied 20250127120000_add_priority',
        'fanfold migrate:resolve acme-corp --retry 20250127120000_add_priority --yes',
      ),
    )
    .action(
      app.action((name: string, options: Options) =>
        usingScreen(app.host, (screen) => resolve(app, name, options, screen)),
      ),
    );
}

async function resolve(
  { host, wiring }: App,
  name: string,
  options: Options,
  screen: Screen,
): Promise<number> {
  const { kind, migration } = chosen(options);
  const bundle = await wiring.loadBundle(options);
  const resolveTenant = await wiring.resolveTenant(options);
  const tenant = await wiring.usingCentral(options, ({ directory }) =>
    resolveName(directory, name),
  );
  const ask = async (statements: readonly StatementStanding[]) => {
    screen.print([
      `${printable(tenant.slug)}: ${printable(migration)} stands half-way.`,
      ...standingLines(statements, screen.out),
    ]);
    return options.yes === true || confirm(host, WORDING[kind].question);
  };
  const outcome = await resolveTenant(tenant, {
    kind,
    migration,
    bundle,
    by: wiring.operator(),
    runId: wiring.newRunId(),
    lockWaitTimeoutSeconds: LOCK_WAIT_SECONDS,
    confirm: ask,
  });
  if (outcome === 'declined') {
    screen.print(['Nothing was changed.']);
    return EXIT.failed;
  }
  screen.print([`✅ ${printable(tenant.slug)}: ${printable(migration)} ${WORDING[kind].done}`]);
  screen.note([`Next: npm run migrate:tenant ${printable(tenant.slug)}`]);
  return EXIT.ok;
}

function chosen(options: Options): { kind: ResolutionKind; migration: string } {
  const given = RESOLUTIONS.flatMap((kind) => {
    const migration = options[kind];
    return migration === undefined ? [] : [{ kind, migration }];
  });
  const [only] = given;
  if (given.length === 1 && only !== undefined) return only;
  throw new FanfoldError(
    'RequestInvalid',
    `One of --applied, --retry and --revert is needed, and ${given.length} are given.`,
    { fault: 'usage', nextStep: 'Say which, with the migration: --applied <migration>' },
  );
}
