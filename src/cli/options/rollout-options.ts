import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunRequest } from '../../core/request.ts';
import { parseList } from './parse-list.ts';

/** The options about what happens between two waves; an option that was not typed is absent. */
export interface RolloutOptions {
  /** Minutes. */
  readonly bake?: number;
  /** A command; `false` for `--no-watch`. */
  readonly watch?: string | false;
  readonly watchDigest?: boolean;
  readonly alarms?: readonly string[];
  readonly window?: readonly string[];
  readonly freeze?: readonly string[];
  readonly backfillWindow?: readonly string[];
  readonly timeZone?: string;
  readonly approval?: NonNullable<RunRequest['approval']>;
  /** Hours. */
  readonly approvalHours?: number;
}

/** Adds the options about what happens between two waves. */
export function addRolloutOptions(command: Command): Command {
  return command
    .optionsGroup('Between waves:')
    .addOption(
      new Option('--bake <time>', 'wait this long after a wave: minutes, or 90s, 2h').argParser(
        parseMinutes,
      ),
    )
    .addOption(
      new Option(
        '--watch <command>',
        'stop the rollout if this command fails, during the bake and before each next wave',
      ),
    )
    .addOption(new Option('--no-watch', 'override the configuration file'))
    .addOption(
      new Option(
        '--watch-digest',
        'stop the rollout if statements of the last wave became slower or fail',
      ),
    )
    .addOption(
      new Option(
        '--alarms <names>',
        'with --aws: stop if one of these CloudWatch alarms is in alarm',
      ).argParser(parseList),
    )
    .addOption(
      new Option(
        '--window <span>',
        'begin waves only then, such as "mon-fri 22:00-06:00" (repeatable)',
      ).argParser(collect),
    )
    .addOption(
      new Option(
        '--backfill-window <span>',
        'run backfills only then, such as "22:00-06:00" (repeatable)',
      ).argParser(collect),
    )
    .addOption(
      new Option(
        '--freeze <span>',
        'begin no wave then, such as "2026-12-20..2027-01-05" (repeatable)',
      ).argParser(collect),
    )
    .addOption(
      new Option('--time-zone <zone>', 'of all these spans, such as Europe/Berlin (default: UTC)'),
    )
    .addOption(
      new Option(
        '--approval <when>',
        'wait until somebody approves: after a canary, or before each next wave',
      ).choices(['none', 'canary', 'waves']),
    )
    .addOption(
      new Option(
        '--approval-hours <n>',
        'end the run if nobody has approved by then (default: 24)',
      ).argParser(parseHours),
    );
}

/** The request keys of the options that were typed. */
export function rolloutRequest(options: RolloutOptions): Partial<RunRequest> {
  const {
    bake,
    watch,
    watchDigest,
    alarms,
    window,
    freeze,
    backfillWindow,
    timeZone,
    approval,
    approvalHours,
  } = options;
  return {
    ...(bake !== undefined && { bakeMinutes: bake }),
    ...(watch === false
      ? { watch: {} }
      : (watch !== undefined || alarms !== undefined || watchDigest !== undefined) && {
          watch: {
            ...(alarms !== undefined && { alarms }),
            ...(watch !== undefined && { command: watch }),
            ...(watchDigest !== undefined && { digest: watchDigest }),
          },
        }),
    ...(window !== undefined && { windows: window }),
    ...(freeze !== undefined && { freezes: freeze }),
    ...(backfillWindow !== undefined && { backfillWindows: backfillWindow }),
    ...(timeZone !== undefined && { timeZone }),
    ...(approval !== undefined && { approval }),
    ...(approvalHours !== undefined && { approvalHours }),
  };
}

/** A value of the configuration file is replaced by the first one that is typed. */
function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

const UNITS = { s: 1 / 60, m: 1, h: 60, d: 1_440 };

function parseMinutes(text: string): number {
  const [, digits, unit = 'm'] = /^(\d{1,6}(?:\.\d{1,3})?)\s*(s|m|h|d)?$/.exec(text.trim()) ?? [];
  const minutes = Number(digits) * UNITS[unit as keyof typeof UNITS];
  if (minutes >= 0 && minutes <= 10_080) return minutes;
  throw new InvalidArgumentError(
    'It must be a number of minutes, or such as 90s, 30m, 2h or 1d; at most a week.',
  );
}

function parseHours(text: string): number {
  const hours = /^\d{1,4}(?:\.\d{1,4})?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (hours > 0 && hours <= 8_760) return hours;
  throw new InvalidArgumentError('It must be a number of hours above 0 and at most 8,760.');
}
