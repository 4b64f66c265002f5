import { Command, Option } from 'commander';
import type { Examination } from '../../core/doctor/examine-tenant.ts';
import { addExamination, emptyFleetHealth } from '../../core/doctor/fleet-health.ts';
import { repairUntilWell } from '../../core/doctor/repair-until-well.ts';
import { FanfoldError } from '../../core/errors.ts';
import { forEachItem } from '../../core/list/for-each-tenant.ts';
import { type Tenant, tenantRef } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { confirmLot } from '../ask/confirm-lot.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import type { KeptRunsWiring } from '../kept-runs.ts';
import { namedOrAll } from '../named-or-all.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, checkNamedOnce, type OfOptions } from '../options/of-options.ts';
import { addConcurrencyOption, addHostsOption, CONCURRENCY } from '../options/run-options.ts';
import {
  addOutputOptions,
  addSetupOptions,
  type OutputOptions,
  type SetupOptions,
} from '../options/setup-options.ts';
import { examinationLines, healthLines, unwellLines } from '../output/doctor-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import { createProgressMeter } from '../output/progress.ts';
import { progressLine } from '../output/progress-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { wrapText } from '../output/wrap-text.ts';
import { type LotMember, lotOfRun } from '../tenant-lot.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring &
  CredentialsWiring &
  KeptRunsWiring &
  MigrationFilesWiring &
  ProcessWiring &
  TenantsWiring;

interface Options extends SetupOptions, OutputOptions, OfOptions {
  readonly fix?: boolean;
  readonly accountsFrom?: string;
  readonly yes?: boolean;
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
}

/** In a larger fleet only tenants with a problem are printed. */
const SMALL_FLEET = 50;

const QUESTION = 'Repair each of them as the administrator of its server?';

/** `migrate:doctor <tenant|all>`: checks what would block a migration. */
export function migrateDoctor(app: App<Needs>): Command {
  const command = new Command('migrate:doctor')
    .summary('check what would block a migration, and fix it')
    .description(
      "Checks the connection, TLS, server, privileges, fence, locks and journal of tenants, and unknown or changed migrations. Prints what to do about each problem. Exits with 1 if there is a problem. Without --fix it changes and locks nothing. With --fix, the administrator of the server (FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE) creates a missing database (empty) or account (with the stored password), grants missing privileges, and releases Knex's lock if nobody can hold it.",
    )
    .argument('[slug|id|all...]', 'tenants, or "all" for every ACTIVE tenant')
    .option('--fix', 'fix problems that need no decision, as administrator of the server')
    .addOption(
      new Option(
        '--accounts-from <host>',
        'with --fix: host of the account to grant to or create (default: %)',
      ),
    )
    .option('--yes', 'do not ask for confirmation');
  addOfOptions(addOutputOptions(addSetupOptions(addHostsOption(addConcurrencyOption(command)))));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:doctor acme-corp',
        'fanfold migrate:doctor all',
        'fanfold migrate:doctor --of last --cause 3 --fix',
        'fanfold migrate:doctor all --json | grep \'"unwell"\'',
      ),
    )
    .action(
      app.action((names: string[], options: Options) =>
        usingScreen(app.host, (screen) => examine(app, names, options, screen)),
      ),
    );
}

async function examine(
  app: App<Needs>,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring, host } = app;
  const { concurrency = CONCURRENCY, json = false, verbose = false, of, fix = false } = options;
  checkNamedOnce(names, options, 'fanfold migrate:doctor <slug>');
  const bundle = await wiring.loadBundle(options);
  const examineTenant = await wiring.examineTenant(options);
  const repairs = fix ? await wiring.repairs(options) : undefined;
  const meter = createProgressMeter(wiring.now);
  let health = emptyFleetHealth();
  let printsAll = true;
  let isConfirmed = true;

  const tellRepaired = (tenant: Tenant, done: readonly string[]) => {
    if (json) {
      screen.print([jsonLine({ type: 'tenant-repaired', tenant: tenantRef(tenant), done })]);
      return;
    }
    const width = screen.out.width;
    screen.print(
      done.flatMap((each) => wrapText(printable(`🔧 ${tenant.slug}: ${each}`), width, '   ')),
    );
  };

  const onExamination = (examination: Examination) => {
    meter.finished(examination.status === 'unwell');
    health = addExamination(health, examination);
    if (json) screen.print([jsonLine({ type: 'tenant-examined', ...examination })]);
    else if (fix && !verbose && examination.status === 'well') {
      screen.print([printable(`✅ ${examination.tenant.slug}: no problem`)]);
    } else if (printsAll) screen.print(examinationLines(examination, screen.out));
    else screen.print(unwellLines(examination, screen.out));
  };

  const whenLeft = fix
    ? 'Repairs that were made stay; run the command again.'
    : 'Nothing was changed.';
  return usingInterruption({ host, screen, wiring, whenLeft }, async (signal) => {
    await wiring.usingCentral(options, async ({ directory }) => {
      const { hosts } = options;
      if (of !== undefined && hosts !== undefined) throw hostsOfRun();
      const gone = (id: string) => screen.warn(`Note: ${id} is no longer in the central database.`);
      const lot = of === undefined ? undefined : await lotOfRun(app, { ...options, of });
      const chosen =
        lot === undefined
          ? await namedOrAll(directory, names, { hosts, command: 'migrate:doctor' })
          : { count: async () => lot.count };
      const total = await chosen.count();
      if (fix && total > 0) {
        const words = lot?.words ?? countOf(total, 'tenant');
        const meant = { count: total, words: names.includes('all') || of ? words : undefined };
        isConfirmed = await confirmLot(host, screen, meant, QUESTION, options.yes);
        if (!isConfirmed) return;
      }
      printsAll = verbose || total <= SMALL_FLEET;
      if (!json) screen.print([`📋 Found ${formatCount(total)} tenant(s) to check`]);
      meter.start(total);
      if (total > 0) screen.showProgress((look) => progressLine(meter.read(), look));
      const look = async ({ tenant, outcome }: LotMember) => {
        const examination = await examineTenant(tenant, bundle);
        const failedWith = outcome?.status === 'failed' ? outcome.failure.code : undefined;
        const { after, done } =
          repairs === undefined
            ? { after: examination, done: [] }
            : await repairUntilWell({ tenant, examination, failedWith }, repairs, () =>
                examineTenant(tenant, bundle),
              );
        if (done.length > 0) tellRepaired(tenant, done);
        onExamination(after);
      };
      const members =
        'tenants' in chosen ? membersOf(chosen.tenants) : lot?.members(directory, gone);
      if (members !== undefined) await forEachItem(members, concurrency, look, signal);
    });
    if (!isConfirmed) {
      screen.print(['Nothing was changed.']);
      return EXIT.failed;
    }
    screen.hideProgress();
    if (json) screen.print([jsonLine({ type: 'fleet-examined', ...health })]);
    else if (health.total > 1) screen.print(healthLines(health, screen.out));
    if (signal.aborted) screen.warn(`Interrupted after ${countOf(health.total, 'tenant')}.`);
    if (signal.aborted) return EXIT.interrupted;
    return health.unwell > 0 ? EXIT.failed : EXIT.ok;
  });
}

async function* membersOf(
  tenants: AsyncIterable<Tenant>,
): AsyncGenerator<LotMember, void, undefined> {
  for await (const tenant of tenants) yield { tenant };
}

function hostsOfRun(): FanfoldError {
  return new FanfoldError('RequestInvalid', '--hosts cannot be combined with --of.', {
    fault: 'usage',
    nextStep: 'Leave it out, or choose the tenants by their cause: --cause <n>',
  });
}
