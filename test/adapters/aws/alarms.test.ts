import type { DescribeAlarmsCommand, StateValue } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { createAlarms } from '../../../src/adapters/aws/alarms.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const ARN = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:';

/** CloudWatch with these alarms, as DescribeAlarms answers for a list of names or ARNs. */
function cloudWatch(
  states: Readonly<Record<string, StateValue>>,
  composite: readonly string[] = [],
) {
  const asked: string[][] = [];
  return {
    asked,
    send: async ({ input }: DescribeAlarmsCommand) => {
      const { AlarmNames = [], AlarmTypes = [], MaxRecords } = input;
      expect(AlarmNames.length).toBeLessThanOrEqual(MaxRecords ?? 50);
      asked.push(AlarmNames);
      const found = AlarmNames.filter((name) => name in states).map((name) => ({
        AlarmName: name,
        AlarmArn: `${ARN}${name}`,
        StateValue: states[name],
      }));
      const isComposite = ({ AlarmName }: { AlarmName: string }) => composite.includes(AlarmName);
      return {
        MetricAlarms: found.filter((alarm) => !isComposite(alarm)),
        CompositeAlarms: AlarmTypes.includes('CompositeAlarm') ? found.filter(isComposite) : [],
      };
    },
  };
}

const alarmsOf = (...given: Parameters<typeof cloudWatch>) =>
  createAlarms(cloudWatch(...given) as never);

describe('the alarms of a run', () => {
  it('alarms are well only if all of them are in the state OK', async () => {
    const alarms = alarmsOf({ a: 'OK', b: 'OK', 'checkout: 5xx': 'OK' });
    expect(await alarms.look(['a', 'b', `${ARN}checkout: 5xx`])).toEqual({ isWell: true });
    expect(await alarms.look([])).toEqual({ isWell: true });
  });

  it('alarms that are in alarm, without data or gone are named', async () => {
    const alarms = alarmsOf({ a: 'ALARM', b: 'INSUFFICIENT_DATA', c: 'OK', d: 'ALARM' }, ['d']);
    expect(await alarms.look(['a', 'b', 'c', 'd', 'e'])).toEqual({
      isWell: false,
      message:
        'The alarms a, d are in alarm; the alarm b has no data, so nobody knows whether all is well (treat missing data as good to allow that); the alarm e does not exist any more.',
    });
  });

  it('an alarm of another account or region does not exist, even if there is one of its name', async () => {
    const alarms = alarmsOf({ a: 'OK' });
    const other = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:a';
    const error = await rejectionOf(alarms.checkThere(['a', other]));
    expect(error).toMatchObject({ code: 'AlarmUnknown', fault: 'usage' });
    expect(error).toHaveProperty(
      'message',
      `The alarm ${other} does not exist in this account and region.`,
    );
    await alarms.checkThere(['a', `${ARN}a`]);
  });

  it('a message about many alarms names five of them', async () => {
    const names = Array.from({ length: 120 }, (_, number) => `alarm-${number}`);
    const source = cloudWatch(Object.fromEntries(names.map((name) => [name, 'ALARM'])));
    const verdict = await createAlarms(source as never).look(names);
    expect(verdict).toMatchObject({
      isWell: false,
      message: expect.stringMatching(
        /^The alarms alarm-0, .*alarm-4, and 115 more are in alarm\.$/,
      ),
    });
    expect(source.asked.map(({ length }) => length)).toEqual([100, 20]);
  });

  it('alarms that cannot be read are an error about the rights of the function', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    const alarms = createAlarms({ send: () => Promise.reject(denied) } as never);
    expect(await rejectionOf(alarms.look(['a']))).toMatchObject({ code: 'AwsAccessDenied' });
  });
});
