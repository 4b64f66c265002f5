import { Command } from 'commander';
import { checkStatus } from '../../core/central/new-tenant.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import { TENANT_STATUSES } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';

/** `tenant:status <slug|id> <STATUS>`: changes the status of a tenant. */
export function tenantStatus({ host, wiring, action }: App<CentralWiring>): Command {
  const command = new Command('tenant:status')
    .description('Changes the status of a tenant. Only ACTIVE tenants are migrated.')
    .argument('<slug|id>', 'tenant')
    .argument('<status>', `one of ${TENANT_STATUSES.join(', ')}`);
  return addTlsOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:status acme-corp SUSPENDED',
        'fanfold tenant:status acme-corp active',
      ),
    )
    .action(
      action((name: string, word: string, options: TlsSetupOptions) =>
        usingScreen(host, async (screen) => {
          const status = checkStatus(word.toUpperCase());
          const tenant = await wiring.usingCentral(options, async (central) => {
            const found = await resolveName(central.directory, name);
            if (found.status !== status) await central.registry.setStatus(found.id, status);
            return found;
          });
          const change =
            tenant.status === status
              ? `is already ${status}`
              : `is ${status} now, and was ${tenant.status}`;
          screen.print([`✅ ${printable(tenant.slug)} ${change}`]);
          return EXIT.ok;
        }),
      ),
    );
}
