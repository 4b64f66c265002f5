import { Command, Option } from 'commander';
import type { Examination } from '../../core/doctor/examine-tenant.ts';
import { addExamination, emptyFleetHealth } from '../../core/doctor/fleet-health.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { TenantRef } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { confirmLot } from '../ask/confirm-lot.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { BY_A_FUNCTION, refuseLocalOptions } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, checkNamedOnce } from '../options/of-options.ts';
import { addConcurrencyOption, addHostsOption } from '../options/run-options.ts';
import { addOutputOptions, addSetupOptions, type OutputOptions } from '../options/setup-options.ts';
import { examinationLines, healthLines, unwellLines } from '../output/doctor-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import { createProgressMeter } from '../output/progress.ts';
import { progressLine } from '../output/progress-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { wrapText } from '../output/wrap-text.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import { type ExaminingOptions, examiningHere, examiningOnAws } from '../tenants/examining.ts';
import { tellPool } from '../tenants/tell-pool.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { ProvisioningWiring } from '../wiring/wire-provisioning.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring &
  CredentialsWiring &
  KeptRunsWiring &
  MigrationFilesWiring &
  ProcessWiring &
  ProvisioningWiring &
  TenantsWiring;

interface Options extends ExaminingOptions, OutputOptions {
  readonly yes?: boolean;
}

/** In a larger fleet only tenants with a problem are printed. */
const SMALL_FLEET = 50;

const QUESTION = 'Repair each of them as the administrator of its server?';

/** `migrate:doctor <tenant|all>`: checks what would block a migration. */
export function migrateDoctor(app: App<Needs>): Command {
  const command = new Command('migrate:doctor')
    .description(
      "Checks the connection, TLS, server, privileges, fence, locks and journal of tenants, and unknown or changed migrations. With all tenants also the pool of databases for new ones. Prints what to do about each problem. Exits with 1 if there is a problem. Without --fix it changes and locks nothing. With --fix, the administrator of the server (FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE) creates a missing database (empty) or account (with the stored password), grants missing privileges, and releases Knex's lock if nobody can hold it.",
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
  addOfOptions(
    addOutputOptions(addSetupOptions(addHostsOption(addConcurrencyOption(command)))),
    BY_A_FUNCTION,
  );
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:doctor acme-corp',
        'fanfold migrate:doctor all',
        'fanfold migrate:doctor --of last --cause 3 --fix',
        'fanfold migrate:doctor all --aws Fanfold',
        'fanfold migrate:doctor all --json | grep \'"unwell"\'',
      ),
    )
    .action(
      app.action((names: string[], options: Options) =>
        usingScreen(app.host, (screen) => examine(app, command, names, options, screen)),
      ),
    );
}

async function examine(
  app: App<Needs>,
  command: Command,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring, host } = app;
  const { aws, json = false, verbose = false, of, fix = false } = options;
  checkNamedOnce(names, options, 'fanfold migrate:doctor <slug>');
  if (of !== undefined && options.hosts !== undefined) throw hostsOfRun();
  if (aws !== undefined) refuseLocalOptions(command, ['accountsFrom']);
  const examining = await (aws === undefined
    ? examiningHere(app, names, options)
    : examiningOnAws(app, names, { ...options, aws }, screen));
  const meter = createProgressMeter(wiring.now);
  let health = emptyFleetHealth();
  let printsAll = true;

  const tellRepaired = ({ slug, ...tenant }: TenantRef, done: readonly string[]) => {
    if (json) {
      screen.print([jsonLine({ type: 'tenant-repaired', tenant: { ...tenant, slug }, done })]);
      return;
    }
    const width = screen.out.width;
    screen.print(done.flatMap((each) => wrapText(printable(`🔧 ${slug}: ${each}`), width, '   ')));
  };

  const onExamined = (examination: Examination, done: readonly string[]) => {
    if (done.length > 0) tellRepaired(examination.tenant, done);
    meter.finished(examination.status === 'unwell');
    health = addExamination(health, examination);
    if (json) screen.print([jsonLine({ type: 'tenant-examined', ...examination })]);
    else if (fix && !verbose && examination.status === 'well') {
      screen.print([printable(`✅ ${examination.tenant.slug}: no problem`)]);
    } else if (printsAll) screen.print(examinationLines(examination, screen.out));
    else screen.print(unwellLines(examination, screen.out));
  };

  const onFound = async (total: number, ofRun: string | undefined): Promise<boolean> => {
    if (fix && total > 0) {
      const words = ofRun ?? countOf(total, 'tenant');
      const meant = { count: total, words: names.includes('all') || of ? words : undefined };
      if (!(await confirmLot(host, screen, meant, QUESTION, options.yes))) return false;
    }
    printsAll = verbose || total <= SMALL_FLEET;
    if (!json) screen.print([`📋 Found ${formatCount(total)} tenant(s) to check`]);
    meter.start(total);
    if (total > 0) screen.showProgress((look) => progressLine(meter.read(), look));
    return true;
  };
  const onGone = (id: string) => screen.warn(`Note: ${id} is no longer in the central database.`);

  const whenLeft = fix
    ? 'Repairs that were made stay; run the command again.'
    : 'Nothing was changed.';
  return usingInterruption({ host, screen, wiring, whenLeft }, async (signal) => {
    if (!(await examining({ onFound, onExamined, onGone }, signal))) {
      screen.print(['Nothing was changed.']);
      return EXIT.failed;
    }
    screen.hideProgress();
    if (json) screen.print([jsonLine({ type: 'fleet-examined', ...health })]);
    else if (health.total > 1) screen.print(healthLines(health, screen.out));
    if (signal.aborted) screen.warn(`Interrupted after ${countOf(health.total, 'tenant')}.`);
    if (signal.aborted) return EXIT.interrupted;
    // A server's pool has databases of no tenant, so that only a look at the whole fleet includes it.
    if (names.includes('all') && aws === undefined && options.hosts === undefined) {
      await tellPool(app, options, screen);
    }
    return health.unwell > 0 ? EXIT.failed : EXIT.ok;
  });
}

function hostsOfRun(): FanfoldError {
  return new FanfoldError('RequestInvalid', '--hosts cannot be combined with --of.', {
    fault: 'usage',
    nextStep: 'Leave it out, or choose the tenants by their cause: --cause <n>',
  });
}
