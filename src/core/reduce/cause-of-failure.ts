import { type Failure, fingerprint } from '../failure.ts';
import type { FailureGroup } from './summary.ts';

/** Replaces the messages of all causes of one kind if there are too many to distinguish. */
const MANY = '|(many)';

/** A failure, or a group of equal ones. */
type Caused = Pick<Failure, 'code' | 'errno' | 'migration' | 'statement' | 'fingerprint'>;

/** The kind of a failure: its cause without the message. */
export function kindOfCause(failure: Caused): string {
  const { code, errno, migration, statement } = failure;
  const kind = fingerprint({ code, errno, migration, statement });
  // A cause that does not depend on the message, such as a server that is down, is a separate kind.
  return failure.fingerprint.startsWith(`${kind}|`) ? kind : failure.fingerprint;
}

/** The fingerprint of the group that takes all failures of a kind. */
export function causeOfKind(failure: Caused): string {
  return `${kindOfCause(failure)}${MANY}`;
}

/** Whether a summary counts the failure in this group. */
export function isInGroup(
  failure: Failure,
  { fingerprint: ofGroup }: Pick<FailureGroup, 'fingerprint'>,
): boolean {
  return failure.fingerprint === ofGroup || causeOfKind(failure) === ofGroup;
}

/** Finds the group of a failure among those of a summary; `undefined` if the summary did not keep it. */
export function groupFinder<Group extends Pick<FailureGroup, 'fingerprint'>>(
  groups: readonly Group[],
): (failure: Failure) => Group | undefined {
  const byFingerprint = new Map(groups.map((group) => [group.fingerprint, group]));
  return (failure) =>
    byFingerprint.get(failure.fingerprint) ?? byFingerprint.get(causeOfKind(failure));
}
