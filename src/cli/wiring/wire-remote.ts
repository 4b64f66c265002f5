import type { StackSecrets } from '../../adapters/aws/connect-to-secrets.ts';
import type { CentralDatabase } from '../../adapters/prisma/central-database.ts';
import { chooseTls, verifiedTls } from '../../compose/choose-tls.ts';
import { iamToken } from '../../compose/iam-token.ts';
import { usingCentral } from '../../compose/using-central.ts';
import type { Clock } from '../../core/ports.ts';
import type { RemoteApprovals } from '../../core/remote/remote-approvals.ts';
import type { RemoteOperator } from '../../core/remote/remote-operator.ts';
import type { RemoteProvisioning } from '../../core/remote/remote-provisioning.ts';
import type { ServerAddress } from '../../core/tenant.ts';
import type { OperatorFunction } from '../../core/wire/operator-functions.ts';
import type { TlsSetupOptions } from '../options/setup-options.ts';
import type { RemoteAccess } from '../remote/remote-access.ts';
import { tenantsMappingOf } from './central-access-of.ts';
import { tlsChoice, type WiringContext } from './wiring-context.ts';

/** A deployed stack; region and credentials are looked for as the AWS SDK does it. */
export interface RemoteWiring {
  /** The runs of a deployed stack. */
  remote(stack: string): Promise<RemoteAccess>;
  /** The runs of a deployed stack that wait for an approval. */
  remoteApprovals(stack: string): Promise<RemoteApprovalAccess>;
  /** The key ring of a deployed stack, and its central database. */
  remoteKeys(stack: string, options: RemoteKeysOptions): Promise<RemoteKeys>;
  /** The ProvisionTenant of a deployed stack. */
  remoteProvisioning(stack: string): Promise<RemoteProvisioning & { readonly clock: Clock }>;
  /** A function of a deployed stack that works for an operator; `onWait` hears why it takes long to begin. */
  remoteOperator(
    stack: string,
    by: OperatorFunction,
    onWait: (message: string) => void,
  ): Promise<RemoteOperator>;
}

/** The access of a command that decides about a run. */
export interface RemoteApprovalAccess extends RemoteAccess {
  readonly approvals: RemoteApprovals;
}

/** Options of a change of keys. */
export interface RemoteKeysOptions extends TlsSetupOptions {
  /** `host:port` of the central database, unless the address in its secret can be reached from here. */
  readonly centralAddress?: ServerAddress | undefined;
}

/** Dependencies for changing the key of a deployed stack. */
export interface RemoteKeys extends Pick<StackSecrets, 'ring' | 'runningRuns'> {
  /** Connects to the central database for the time of `work`. */
  usingCentral<Result>(work: (central: CentralDatabase) => Promise<Result>): Promise<Result>;
}

/** Wires a deployed stack. */
export function wireRemote(context: WiringContext): RemoteWiring {
  const { env } = context;
  return {
    async remote(stack) {
      const { connectToStack } = await import('../../adapters/aws/connect-to-stack.ts');
      const { systemClock } = await import('../../adapters/local/system-clock.ts');
      return { ...(await connectToStack(stack, env)), clock: systemClock };
    },

    async remoteApprovals(stack) {
      const { connectToApprovals } = await import('../../adapters/aws/connect-to-stack.ts');
      const { systemClock } = await import('../../adapters/local/system-clock.ts');
      return { ...(await connectToApprovals(stack, env)), clock: systemClock };
    },

    async remoteKeys(stack, { centralAddress, ...options }) {
      const { connectToSecrets } = await import('../../adapters/aws/connect-to-secrets.ts');
      const { ring, centralLogin, runningRuns } = await connectToSecrets(stack);
      const login = { ...centralLogin, ...centralAddress };
      const tls = verifiedTls(await chooseTls(tlsChoice(options)), login.host);
      return {
        ring,
        runningRuns,
        usingCentral: (work) =>
          usingCentral({ login, tls, iamToken, tenants: tenantsMappingOf(context) }, work),
      };
    },

    async remoteProvisioning(stack) {
      const { connectToProvisioning } = await import('../../adapters/aws/remote-provisioning.ts');
      const { systemClock } = await import('../../adapters/local/system-clock.ts');
      return { ...(await connectToProvisioning(stack, env)), clock: systemClock };
    },

    async remoteOperator(stack, by, onWait) {
      const { connectToOperator } = await import('../../adapters/aws/remote-operator.ts');
      const { systemClock } = await import('../../adapters/local/system-clock.ts');
      const { ownPackage } = await import('../../compose/project/own-package.ts');
      const { version } = ownPackage();
      return connectToOperator(stack, { by, clock: systemClock, version, onWait });
    },
  };
}
