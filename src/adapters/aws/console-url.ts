/** The console hosts of special partitions. */
const CONSOLES = [
  { regions: /^cn-/, host: 'console.amazonaws.cn' },
  { regions: /^us-gov-/, host: 'console.amazonaws-us-gov.com' },
] as const;

/** The URL of an execution in the AWS console. */
export function consoleUrl(region: string, executionArn: string): string {
  const host =
    CONSOLES.find(({ regions }) => regions.test(region))?.host ?? 'console.aws.amazon.com';
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}
