import { Command, Option } from 'commander';
import { checkStatus } from '../../core/central/new-tenant.ts';
import { FanfoldError } from '../../core/errors.ts';
import { isOnHosts } from '../../core/list/is-on-hosts.ts';
import { TENANT_STATUSES, type Tenant } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, type OfOptions } from '../options/of-options.ts';
import { parseList } from '../options/parse-list.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { usingScreen } from '../output/screen.ts';
import { shownTenant } from '../output/shown-tenant.ts';
import { tenantTableHead, tenantTableRow } from '../output/tenant-table.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import { lotOfRun } from '../tenants/tenant-lot.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';

interface Options extends TlsSetupOptions, OfOptions {
  readonly status?: string;
  readonly hosts?: readonly string[];
  readonly json?: boolean;
}

/** `tenant:list`: lists the tenants of the central database or, with `--of`, those of a run to retry. */
export function tenantList(app: App<CentralWiring & KeptRunsWiring>): Command {
  const { host, wiring, action } = app;
  const command = new Command('tenant:list')
    .description(
      'Lists the tenants of the central database by slug or, with --of, the tenants of a run that failed or were not reached, in the order of the run. Never shows passwords.',
    )
    .addOption(
      new Option(
        '--status <status>',
        `only tenants with this status: ${TENANT_STATUSES.join(', ')}`,
      ),
    )
    .addOption(
      new Option(
        '--hosts <hosts>',
        'only tenants on these servers: host or host:port, separated by commas',
      ).argParser(parseList),
    )
    .option('--json', 'print one tenant per line as JSON');
  return addTlsOptions(addOfOptions(command))
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:list',
        'fanfold tenant:list --status SUSPENDED',
        'fanfold tenant:list --of last --cause 2',
        'fanfold tenant:list --json | jq -r .slug',
      ),
    )
    .action(
      action((options: Options) =>
        usingScreen(host, async (screen) => {
          const { of, hosts } = options;
          if (of === undefined && options.cause !== undefined) throw causeWithoutRun();
          const status =
            options.status === undefined ? undefined : checkStatus(options.status.toUpperCase());
          let count = 0;
          const show = (tenant: Tenant) => {
            if (options.json === true) screen.print([jsonLine(shownTenant(tenant))]);
            else {
              if (count === 0) screen.print(tenantTableHead(screen.out));
              screen.print([tenantTableRow(tenant, screen.out)]);
            }
            count += 1;
          };
          await wiring.usingCentral(options, async ({ registry, directory }) => {
            if (of === undefined) {
              for await (const tenant of registry.list({ status, hosts })) show(tenant);
              return;
            }
            const lot = await lotOfRun(app, { ...options, of });
            const gone = (id: string) =>
              screen.warn(`Note: ${id} is no longer in the central database.`);
            for await (const { tenant } of lot.members(directory, gone)) {
              const isMeant = status === undefined || tenant.status === status;
              if (isMeant && isOnHosts(tenant.address, hosts)) show(tenant);
            }
          });
          if (count === 0) screen.note([none(options)]);
          return EXIT.ok;
        }),
      ),
    );
}

function none({ of, status, hosts }: Options): string {
  if (of !== undefined) return 'The run has no such tenant to retry.';
  return status === undefined && hosts === undefined
    ? 'There are no tenants yet. Add one: `fanfold tenant:add --help`'
    : 'No tenant matches.';
}

function causeWithoutRun(): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    '--cause needs --of: it is a number in the summary of a run.',
    {
      fault: 'usage',
      nextStep: 'Name the run with --of <run>.',
    },
  );
}
