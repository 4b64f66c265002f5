import { Command } from 'commander';
import type { Examination } from '../../core/doctor/examine-tenant.ts';
import { addExamination, emptyFleetHealth } from '../../core/doctor/fleet-health.ts';
import { forEachTenant } from '../../core/list/for-each-tenant.ts';
import type { Tenant } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { namedOrAll } from '../named-or-all.ts';
import { examples } from '../options/examples.ts';
import { addConcurrencyOptions, CONCURRENCY } from '../options/run-options.ts';
import {
  addOutputOptions,
  addSetupOptions,
  type OutputOptions,
  type SetupOptions,
} from '../options/setup-options.ts';
import { examinationLines, healthLines, unwellLines } from '../output/doctor-lines.ts';
import { jsonLine } from '../output/json-line.ts';
import { createProgressMeter } from '../output/progress.ts';
import { progressLine } from '../output/progress-line.ts';
import { type Screen, usingScreen } from '../output/screen.ts';

interface Options extends SetupOptions, OutputOptions {
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
}

/** Up to here every tenant is printed; in a larger fleet only those with whom something is wrong. */
const SMALL_FLEET = 50;

/** `migrate:doctor <tenant|all>`: what would keep a tenant from being migrated. */
export function migrateDoctor(app: App): Command {
  const command = new Command('migrate:doctor')
    .summary('look what would keep tenants from being migrated')
    .description(
      'Looks at one tenant, at several, or at every ACTIVE one (all): connection, TLS, server, privileges, fence, locks, journal, and unknown or changed migrations. Says of each that it is ok or what to do. Changes and locks nothing. The exit code is 1 if something is wrong.',
    )
    .argument('<slug|id|all...>', 'which tenants');
  addOutputOptions(addSetupOptions(addConcurrencyOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'npm run migrate:doctor acme-corp',
        'npm run migrate:doctor all',
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
  { wiring, host }: App,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { concurrency = CONCURRENCY, json = false, verbose = false } = options;
  const bundle = await wiring.loadBundle(options);
  const examineTenant = await wiring.examineTenant(options);
  const meter = createProgressMeter(wiring.now);
  let health = emptyFleetHealth();
  let printsAll = true;

  const onExamination = (examination: Examination) => {
    meter.finished(examination.status === 'unwell');
    health = addExamination(health, examination);
    if (json) screen.print([jsonLine({ type: 'tenant-examined', ...examination })]);
    else if (printsAll) screen.print(examinationLines(examination, screen.out));
    else screen.print(unwellLines(examination, screen.out));
  };

  return usingInterruption(
    { host, screen, wiring, whenLeft: 'Nothing was changed.' },
    async (signal) => {
      await wiring.usingCentral(options, async ({ directory }) => {
        const { hosts } = options;
        const chosen = await namedOrAll(directory, names, { hosts, command: 'migrate:doctor' });
        const total = await chosen.count();
        printsAll = verbose || total <= SMALL_FLEET;
        if (!json) screen.print([`📋 Found ${formatCount(total)} tenant(s) to look at`]);
        meter.start(total);
        if (total > 0) screen.showProgress((look) => progressLine(meter.read(), look));
        const look = async (tenant: Tenant) => onExamination(await examineTenant(tenant, bundle));
        await forEachTenant(chosen.tenants, concurrency, look, signal);
      });
      screen.hideProgress();
      if (json) screen.print([jsonLine({ type: 'fleet-examined', ...health })]);
      else if (health.total > 1) screen.print(healthLines(health, screen.out));
      if (signal.aborted) screen.warn(`Interrupted after ${countOf(health.total, 'tenant')}.`);
      if (signal.aborted) return EXIT.interrupted;
      return health.unwell > 0 ? EXIT.failed : EXIT.ok;
    },
  );
}
