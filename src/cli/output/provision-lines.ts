import type { ProvisionStep } from '../../core/provision/provision-step.ts';
import type { ProvisionOutcome, StepTime } from '../../core/provision/provision-tenant.ts';
import { serverName } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { failureLines } from './failure-lines.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { shownTenant } from './shown-tenant.ts';
import { wrapText } from './wrap-text.ts';

/** What each step does, while it does it. */
export const STEP_WORDS: Readonly<Record<ProvisionStep, string>> = {
  claim: 'Taking up the row',
  account: 'Making the user',
  database: 'Making the database',
  rights: 'Granting rights',
  migrations: 'Running the migrations',
  activation: 'Setting it to ACTIVE',
};

/** The time of each step, a line for each. */
export function stepTimeLines(steps: readonly StepTime[]): string[] {
  return steps.map(({ step, durationMs, done }) => {
    // The row is taken up by the command that adds it.
    const was = done || step === 'claim' ? '' : ' (was done already)';
    return printable(`- ${step}: ${formatStep(durationMs)}${was}`);
  });
}

/** Most steps take a few hundredths of a second. */
function formatStep(milliseconds: number): string {
  return milliseconds < 1_000
    ? `${(Math.max(0, milliseconds) / 1_000).toFixed(2)} s`
    : formatDuration(milliseconds);
}

/** What became of a tenant, with the time of each step. */
export function provisionLines(slug: string, outcome: ProvisionOutcome, look: Look): string[] {
  const { steps } = outcome;
  const total = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const times = stepTimeLines(steps);
  switch (outcome.status) {
    case 'active': {
      const { address } = outcome.tenant;
      const where = `${address.database} at ${serverName(address)}`;
      const ran = `${countOf(outcome.applied.length, 'migration')} in ${formatDuration(total)}`;
      return [`✅ ${printable(`${slug} is ACTIVE: ${where}, ${ran}`)}`, ...times];
    }
    case 'interrupted':
      return [`⏸️  ${printable(slug)} was interrupted and is PROVISIONING`, ...times];
    case 'failed': {
      const { failure, failedStep, leftBehind } = outcome;
      const left =
        leftBehind === undefined
          ? []
          : [`The user or the database may be left behind: ${leftBehind.message}`];
      const head = `❌ ${printable(`${slug}: ${failure.message}`)}`;
      return [
        ...wrapText(head, look.width, '   '),
        ...failureLines(failure, look, [`In the step ${failedStep}`, ...left]),
        ...times,
      ];
    }
  }
}

/** The same for programs. Holds no password, encrypted or not. */
export function shownProvisioning(outcome: ProvisionOutcome): object {
  const { tenant, ...rest } = outcome;
  return {
    type: 'tenant-provisioned',
    ...rest,
    ...(tenant !== undefined && { tenant: shownTenant(tenant) }),
  };
}
