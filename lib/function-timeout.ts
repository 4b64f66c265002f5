import { Duration } from 'aws-cdk-lib';

/** The most that Lambda allows: a longer statement continues in the server, and the next invocation waits. */
const LONGEST = Duration.minutes(15);

/** The timeout of the functions that reach databases; throws if it is too short or longer than Lambda allows. */
export function functionTimeout(timeout: Duration = LONGEST): Duration {
  const minutes = timeout.toMinutes({ integral: false });
  if (minutes >= 2 && minutes <= 15) return timeout;
  throw new Error(
    `"functionTimeout" is ${minutes} minutes; it must be 2 to 15: the migrator begins nothing in its last minute, and Lambda allows 15.`,
  );
}
