import { Command, Option } from 'commander';
import { checkStatus } from '../../core/central/new-tenant.ts';
import { TENANT_STATUSES } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { parseList } from '../options/parse-list.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { usingScreen } from '../output/screen.ts';
import { shownTenant } from '../output/shown-tenant.ts';
import { tenantTableHead, tenantTableRow } from '../output/tenant-table.ts';

interface Options extends TlsSetupOptions {
  readonly status?: string;
  readonly hosts?: readonly string[];
  readonly json?: boolean;
}

/** `tenant:list`: the tenants of the central database, by slug. */
export function tenantList({ host, wiring, action }: App): Command {
  const command = new Command('tenant:list')
    .summary('list the tenants')
    .description('Lists the tenants of the central database by slug. Shows no passwords.')
    .addOption(
      new Option('--status <status>', `only one of ${TENANT_STATUSES.join(', ')} (default: all)`),
    )
    .addOption(
      new Option(
        '--hosts <hosts>',
        'only tenants on these hosts: host or host:port, with commas',
      ).argParser(parseList),
    )
    .option('--json', 'one tenant as JSON a line');
  return addTlsOptions(command)
    .addHelpText(
      'after',
      examples(
        'npm run tenant:list',
        'npm run tenant:list -- --status SUSPENDED',
        'fanfold tenant:list --json | jq -r .slug',
      ),
    )
    .action(
      action((options: Options) =>
        usingScreen(host, async (screen) => {
          const status =
            options.status === undefined ? undefined : checkStatus(options.status.toUpperCase());
          let count = 0;
          await wiring.usingCentral(options, async ({ registry }) => {
            for await (const tenant of registry.list({ status, hosts: options.hosts })) {
              if (options.json === true) screen.print([jsonLine(shownTenant(tenant))]);
              else {
                if (count === 0) screen.print(tenantTableHead(screen.out));
                screen.print([tenantTableRow(tenant, screen.out)]);
              }
              count += 1;
            }
          });
          if (count === 0) {
            screen.note([
              status === undefined && options.hosts === undefined
                ? 'There are no tenants yet. Add one: npm run tenant:add -- --help'
                : 'No tenant is like that.',
            ]);
          }
          return EXIT.ok;
        }),
      ),
    );
}
