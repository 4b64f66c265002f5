import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunRequest } from '../../core/request.ts';
import { BYTE_SIZE_SHAPES, parseByteSize } from '../../core/safety/guard/byte-size.ts';
import {
  GUARD_LOCKS,
  type GuardSettings,
  mergeGuards,
  ONLINE_CHANGES,
} from '../../core/safety/guard/guard-settings.ts';
import { wholeNumber } from './parse-number.ts';

/** The options of a guard; an option that was not typed is absent. */
export interface GuardOptions {
  readonly safetyLock?: GuardSettings['lock'];
  readonly safetyCopyBytes?: string;
  readonly safetyQueueMs?: number;
  readonly safetyKeep?: boolean;
  readonly safetyOnlineChange?: GuardSettings['onlineChange'];
}

/** The keys of `safety` that limit statements, and the options that name them. */
export const GUARD_OPTIONS = [
  { key: 'lock', attribute: 'safetyLock' },
  { key: 'copyBytes', attribute: 'safetyCopyBytes' },
  { key: 'queueMs', attribute: 'safetyQueueMs' },
  { key: 'onlineChange', attribute: 'safetyOnlineChange' },
  { key: 'keep', attribute: 'safetyKeep' },
] as const satisfies readonly {
  readonly key: keyof GuardSettings;
  readonly attribute: keyof GuardOptions;
}[];

/** Adds the limits for statements that change existing tables. */
export function addGuardOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--safety-lock <lock>',
        'strongest lock that a statement may hold on a table (default: any)',
      ).choices(GUARD_LOCKS),
    )
    .addOption(
      new Option(
        '--safety-copy-bytes <size>',
        'largest table that a statement may copy, such as 2GiB or 0 (default: any)',
      ).argParser(byteSize),
    )
    .addOption(
      new Option(
        '--safety-queue-ms <ms>',
        'longest time for which a statement that waits for a lock may hold up others (default: 0, no limit)',
      ).argParser(wholeNumber(0, 60_000)),
    )
    .addOption(
      new Option(
        '--safety-online-change <way>',
        'change a table beside its users where the limits refuse a statement (default: never)',
      ).choices(ONLINE_CHANGES),
    )
    .option(
      '--safety-keep',
      'keep dropped tables and columns aside, for a rollback (default: they are gone)',
    );
}

/** The keys of a request of the options that were typed or configured. */
export function guardRequest(options: GuardOptions): Pick<RunRequest, 'safety'> {
  const safety = mergeGuards(undefined, {
    lock: options.safetyLock,
    copyBytes: options.safetyCopyBytes,
    queueMs: options.safetyQueueMs,
    onlineChange: options.safetyOnlineChange,
    keep: options.safetyKeep,
  });
  return safety === undefined ? {} : { safety };
}

/** The size as it was typed, which a request keeps. */
function byteSize(text: string): string {
  if (parseByteSize(text) !== undefined) return text;
  throw new InvalidArgumentError(`It must be ${BYTE_SIZE_SHAPES}.`);
}
