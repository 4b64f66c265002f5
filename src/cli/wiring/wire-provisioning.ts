import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Provisioning } from '../../core/provision/provisioning.ts';
import type { ProvisioningRegistry } from '../../core/provision/provisioning-registry.ts';
import type { ProvisioningOptions } from '../options/provisioning-options.ts';
import { tenantAccessOptions } from './tenant-access-options.ts';
import type { WiringContext } from './wiring-context.ts';

/** Provisioning of tenants from this machine. */
export interface ProvisioningWiring {
  /** The parts that provision tenants, from their row to ACTIVE. */
  provisioning(
    registry: ProvisioningRegistry,
    bundle: Bundle,
    options: ProvisioningOptions,
  ): Promise<Provisioning>;
  /** How many databases are kept ready on each server; `undefined` if the configuration does not say. */
  poolSize(): number | undefined;
}

/** Wires the provisioning of tenants. */
export function wireProvisioning(context: WiringContext): ProvisioningWiring {
  return {
    poolSize: () => context.project()?.section.provisioning?.pool,
    async provisioning(registry, bundle, options) {
      const { provisioningParts } = await import('../../compose/provisioning-parts.ts');
      const parts = await provisioningParts({
        tenants: await tenantAccessOptions(options, context),
        admins: context.environment.adminLogins(),
        passwordFormat: context.environment.passwordFormat(),
        auth: options.auth,
        collation: options.collation,
        accountsFrom: options.accountsFrom,
        privileges: options.privileges,
        migrationPrivileges: options.migrationPrivileges,
        requireTls: options.requireTls,
      });
      const { loadSnapshot } = await import('../../compose/load-snapshot.ts');
      const project = context.project();
      const snapshot = await loadSnapshot(project?.folder ?? '.', project?.section.provisioning);
      return { ...parts, registry, bundle, snapshot };
    },
  };
}
