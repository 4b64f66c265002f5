import { ERROR_CODES, isErrorCode } from '../../core/error-codes.ts';
import type { RemoteRun } from '../../core/remote/remote-runs.ts';
import { TENANT_PROVISIONING_FAILED } from '../../core/wire/error-names.ts';
import { type ProvisionRequest, parseProvisionRequest } from '../../core/wire/provision-request.ts';
import {
  type ProvisionProgress,
  provisionProgressSchema,
} from '../../core/wire/provision-schemas.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import { stepTimeLines } from '../output/provision-lines.ts';
import type { Screen } from '../output/screen.ts';
import { wrapText } from '../output/wrap-text.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import { causeText } from './cause-text.ts';
import { isUnderWay } from './follow-run.ts';
import { patiently } from './patience.ts';
import { remoteCommand } from './remote-command.ts';

export interface ProvisionRemotelyOptions {
  /** Name of the stack. */
  readonly aws: string;
  readonly json?: boolean | undefined;
}

/** Provisioning takes seconds. */
const PAUSE_MS = 1_000;

/**
 * Provisions a tenant with the state machine of a stack and reports how it ends; resolves to the exit code.
 * Ctrl-C only stops following.
 */
export async function provisionRemotely(
  { host, wiring }: App<ProcessWiring & RemoteWiring>,
  request: Extract<ProvisionRequest, { readonly slug: string }>,
  { aws, json = false }: ProvisionRemotelyOptions,
  screen: Screen,
): Promise<number> {
  // A wrong request is refused before anything is started.
  parseProvisionRequest(request);
  const { clock, ...remote } = await wiring.remoteProvisioning(aws);
  const { slug } = request;
  const arn = await remote.start(wiring.newRunId(), request);
  screen.note([`⏳ ${remote.consoleUrl(arn) ?? arn}`]);
  const controller = new AbortController();
  const stopListening = host.onSignal(() => controller.abort());
  const { signal } = controller;
  const warn = ({ message }: Error) => screen.warn(`${message} Retrying.`);
  const again = remoteCommand('tenant:provision', slug, aws);
  try {
    for (;;) {
      const run = await patiently(() => remote.read(arn), { clock, signal, warn });
      if (!isUnderWay(run)) return tell(run, slug, json, screen);
      if (signal.aborted) {
        screen.warn(`Detached: the provisioning of ${printable(slug)} continues.`);
        return EXIT.interrupted;
      }
      await clock.sleep(PAUSE_MS, signal);
    }
  } catch (error) {
    screen.warn(
      `The provisioning of ${printable(slug)} continues on AWS. If it was interrupted, resume it with: ${again}`,
    );
    throw error;
  } finally {
    stopListening();
  }
}

function tell(run: RemoteRun, slug: string, json: boolean, screen: Screen): number {
  if (run.status === 'SUCCEEDED') {
    const progress = provisionProgressSchema.parse(JSON.parse(run.output ?? ''));
    screen.print(
      json
        ? [jsonLine({ type: 'tenant-provisioned', executionArn: run.arn, ...progress })]
        : successLines(progress),
    );
    return EXIT.ok;
  }
  const { status, error = '' } = run;
  const cause = causeText(run.cause);
  const isTenants = error === TENANT_PROVISIONING_FAILED;
  const words =
    status === 'FAILED'
      ? `${isTenants ? '' : `${slug}: ${error}: `}${cause}`
      : `${slug}: the execution is ${status}; the same command resumes it.`;
  screen.print(
    json
      ? [
          jsonLine({
            type: 'tenant-not-provisioned',
            executionArn: run.arn,
            slug,
            status,
            error,
            cause,
          }),
        ]
      : wrapText(`❌ ${printable(words)}`, screen.out.width, '   '),
  );
  // The execution ended before there was a tenant: another request is needed.
  if (isErrorCode(error) && ERROR_CODES[error].fault === 'usage') return EXIT.usage;
  return isTenants || status !== 'FAILED' ? EXIT.failed : EXIT.configuration;
}

function successLines({ slug, steps, applied, fromPool }: ProvisionProgress): string[] {
  const total = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const ran = `${countOf(applied, 'migration')} in ${formatDuration(total)}`;
  return [
    `✅ ${printable(`${slug} is ACTIVE: ${ran}`)}`,
    ...poolLines(fromPool),
    ...stepTimeLines(steps),
  ];
}

function poolLines(fromPool: boolean | undefined): string[] {
  if (fromPool === undefined) return [];
  return [
    fromPool ? '  The database was taken from the pool.' : '  The pool had no database that fits.',
  ];
}
