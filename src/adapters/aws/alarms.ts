import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsOutput,
} from '@aws-sdk/client-cloudwatch';
import { FanfoldError } from '../../core/errors.ts';
import type { Alarms } from '../../core/states/step-ports.ts';
import { awsError } from './aws-error.ts';

/** A request of DescribeAlarms takes so many names. */
const PAGE = 100;
/** Alarms that a message names. */
const MOST_NAMED = 5;

type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/**
 * Reads the states of CloudWatch alarms, metric and composite ones, of the own account and region: an ARN of
 * another one does not exist here, even if there is an alarm of the same name.
 */
export function createAlarms(cloudWatch: Pick<CloudWatchClient, 'send'>): Alarms {
  /** The states by name and by ARN; one that is missing does not exist. */
  const statesOf = async (names: readonly string[]): Promise<Map<string, State>> => {
    const states = new Map<string, State>();
    for (let start = 0; start < names.length; start += PAGE) {
      const AlarmNames = names.slice(start, start + PAGE);
      const { MetricAlarms = [], CompositeAlarms = [] } = await described(cloudWatch, AlarmNames);
      for (const { AlarmName, AlarmArn, StateValue } of [...MetricAlarms, ...CompositeAlarms]) {
        for (const key of [AlarmName, AlarmArn]) {
          if (key !== undefined) states.set(key, StateValue ?? 'INSUFFICIENT_DATA');
        }
      }
    }
    return states;
  };

  return {
    async checkThere(alarms) {
      if (alarms.length === 0) return;
      const states = await statesOf(alarms.map(nameOf));
      const missing = alarms.filter((alarm) => !states.has(alarm));
      if (missing.length > 0) throw alarmUnknown(missing);
    },

    async look(alarms) {
      if (alarms.length === 0) return { isWell: true };
      const states = await statesOf(alarms.map(nameOf));
      const inState = (state: State | undefined) =>
        alarms.filter((alarm) => states.get(alarm) === state).map(nameOf);
      const problems = [
        said(inState('ALARM'), 'is in alarm', 'are in alarm'),
        said(
          inState('INSUFFICIENT_DATA'),
          'has no data, so nobody knows whether all is well (treat missing data as good to allow that)',
          'have no data, so nobody knows whether all is well (treat missing data as good to allow that)',
        ),
        said(inState(undefined), 'does not exist any more', 'do not exist any more'),
      ].filter((problem) => problem !== '');
      return problems.length === 0
        ? { isWell: true }
        : { isWell: false, message: `The ${problems.join('; the ')}.` };
    },
  };
}

async function described(
  cloudWatch: Pick<CloudWatchClient, 'send'>,
  AlarmNames: string[],
): Promise<Pick<DescribeAlarmsOutput, 'MetricAlarms' | 'CompositeAlarms'>> {
  try {
    return await cloudWatch.send(
      // Without the types, composite alarms are left out.
      new DescribeAlarmsCommand({
        AlarmNames,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: PAGE,
      }),
    );
  } catch (error) {
    throw awsError(error, { action: 'read the alarms of "watch"', caller: 'function' });
  }
}

/** `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`; a name may have colons itself. */
function nameOf(alarm: string): string {
  return /^arn:[^:]+:cloudwatch:[^:]*:\d{12}:alarm:(.+)$/.exec(alarm)?.[1] ?? alarm;
}

function said(names: readonly string[], one: string, many: string): string {
  if (names.length === 0) return '';
  const more = names.length > MOST_NAMED ? `, and ${names.length - MOST_NAMED} more` : '';
  const listed = names.slice(0, MOST_NAMED).join(', ');
  return names.length === 1 ? `alarm ${listed} ${one}` : `alarms ${listed}${more} ${many}`;
}

function alarmUnknown(missing: readonly string[]): FanfoldError {
  return new FanfoldError(
    'AlarmUnknown',
    `The ${said(missing, 'does not exist in this account and region', 'do not exist in this account and region')}.`,
    {
      fault: 'usage',
      nextStep: 'Correct the names under "watch"; nothing was changed.',
    },
  );
}
