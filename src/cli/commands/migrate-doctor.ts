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
import { confirmLot } from '../confirm-lot.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { namedOrAll } from '../named-or-all.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, checkNamedOnce, type OfOptions } from '../options/of-options.ts';
import { addConcurrencyOptions, CONCURRENCY } from '../options/run-options.ts';
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

interface Options extends SetupOptions, OutputOptions, OfOptions {
  readonly fix?: boolean;
  readonly accountsFrom?: string;
  readonly yes?: boolean;
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
}

/** Up to here every tenant is printed; in a larger fleet only those with whom something is wrong. */
const SMALL_FLEET = 50;

const QUESTION = 'Repair each of them as the administrator of its server?';

/** `migrate:doctor <tenant|all>`: what would keep a tenant from being migrated. */
export function migrateDoctor(app: App): Command {
  const command = new Command('migrate:doctor')
    .summary('check what would block a tenant, and repair what an administrator can')
    .description(
      "Looks at one tenant, at several, or at every ACTIVE one (all): connection, TLS, server, privileges, fence, locks, journal, and unknown or changed migrations. Says of each that it is ok or what to do. Changes and locks nothing without --fix. With it the administrator of the server (FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE) makes what is missing: the database (empty), the account (with the stored password), rights; and frees Knex's lock if nobody can hold it. The exit code is 1 if something is wrong.",
    )
    .argument('[slug|id|all...]', 'which tenants')
    .option('--fix', 'repair what takes no decision, as the administrator of the server')
    .addOption(
      new Option(
        '--accounts-from <host>',
        'with --fix: the host of the account that is meant, or is made (default: %)',
      ),
    )
    .option('--yes', 'do not ask');
  addOfOptions(addOutputOptions(addSetupOptions(addConcurrencyOptions(command))));
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
  app: App,
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
      screen.print([printable(`✅ ${examination.tenant.slug}: nothing is wrong`)]);
    } else if (printsAll) screen.print(examinationLines(examination, screen.out));
    else screen.print(unwellLines(examination, screen.out));
  };

  const whenLeft = fix ? 'What was repaired stays; run it again.' : 'Nothing was changed.';
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
      if (!json) screen.print([`📋 Found ${formatCount(total)} tenant(s) to look at`]);
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
  return new FanfoldError(
    'RequestInvalid',
    '--hosts chooses among all tenants, not those of a run.',
    {
      fault: 'usage',
      nextStep: 'Leave it out, or name the cause: --cause <n>',
    },
  );
}
