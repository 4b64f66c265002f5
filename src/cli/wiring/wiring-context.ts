import { chooseTls } from '../../compose/choose-tls.ts';
import { iamToken } from '../../compose/iam-token.ts';
import type { ProcessEnvironment } from '../../compose/process-environment.ts';
import type { Project } from '../../compose/project/load-project.ts';
import type { TlsSetupOptions } from '../options/setup-options.ts';

/** The facts that the groups of the wiring share. */
export interface WiringContext {
  /** Variables of the process as they were when the command line started. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The same by name. */
  readonly environment: ProcessEnvironment;
  /** The project of the current folder once a command has read its configuration. */
  project(): Project | undefined;
}

/** The options of a command line for TLS, as they are composed. */
export function tlsChoice({ tls, ca }: TlsSetupOptions) {
  const nextStep = 'Name a PEM file with --ca or FANFOLD_CA_FILE that this user may read.';
  return { mode: tls, caFiles: ca === undefined ? [] : [{ path: ca, nextStep }] };
}

/** Connections to database servers as the options of a command line have them. */
export async function connectionOf(options: TlsSetupOptions & { readonly connectTimeout: number }) {
  return {
    connectTimeoutMs: options.connectTimeout * 1_000,
    tls: await chooseTls(tlsChoice(options)),
    iamToken,
  };
}
