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

/** The progress message of each step. */
export const STEP_WORDS: Readonly<Record<ProvisionStep, string>> = {
  claim: 'Adding the row',
  account: 'Creating the user',
  database: 'Creating the database',
  rights: 'Granting privileges',
  migrations: 'Running the migrations',
  activation: 'Setting the status to ACTIVE',
};

/** One line per step with its duration. */
export function stepTimeLines(steps: readonly StepTime[]): string[] {
  return steps.map(({ step, durationMs, done }) => {
    // The command itself adds the row, so that step is never done by an earlier one.
    const was = done || step === 'claim' ? '' : ' (already done)';
    return printable(`- ${step}: ${formatStep(durationMs)}${was}`);
  });
}

/** Most steps take only hundredths of a second. */
function formatStep(milliseconds: number): string {
  return milliseconds < 1_000
    ? `${(Math.max(0, milliseconds) / 1_000).toFixed(2)} s`
    : formatDuration(milliseconds);
}

/** The result of provisioning a tenant, with the duration of each step. */
export function provisionLines(slug: string, outcome: ProvisionOutcome, look: Look): string[] {
  const { steps } = outcome;
  const total = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const times = stepTimeLines(steps);
  switch (outcome.status) {
    case 'active': {
      const { address } = outcome.tenant;
      const where = `${address.database} at ${serverName(address)}`;
      const ran = `${countOf(outcome.applied.length, 'migration')} in ${formatDuration(total)}`;
      const notes = outcome.notes.flatMap(({ message }) =>
        wrapText(`  ${printable(message)}`, look.width, '  '),
      );
      return [`✅ ${printable(`${slug} is ACTIVE: ${where}, ${ran}`)}`, ...notes, ...times];
    }
    case 'interrupted':
      return [`⏸️  ${printable(slug)} was interrupted and is PROVISIONING`, ...times];
    case 'failed': {
      const { failure, failedStep, leftBehind } = outcome;
      const left =
        leftBehind === undefined
          ? []
          : [`The user or the database may still exist: ${leftBehind.message}`];
      const head = `❌ ${printable(`${slug}: ${failure.message}`)}`;
      return [
        ...wrapText(head, look.width, '   '),
        ...failureLines(failure, look, [`In the step ${failedStep}`, ...left]),
        ...times,
      ];
    }
  }
}

/** The same result for programs, without any password, encrypted or not. */
export function shownProvisioning(outcome: ProvisionOutcome): object {
  const { tenant, ...rest } = outcome;
  return {
    type: 'tenant-provisioned',
    ...rest,
    ...(tenant !== undefined && { tenant: shownTenant(tenant) }),
  };
}
