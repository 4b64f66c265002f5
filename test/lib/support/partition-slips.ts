import { RegionInfo } from 'aws-cdk-lib/region-info';

/** Every text of a template with the path to it. */
function* textsOf(value: unknown, path = ''): Generator<readonly [path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) yield* textsOf(part, `${path}/${key}`);
  }
}

/** The names of services in trust policies and permissions, which the library chooses by region. */
const PRINCIPAL =
  /\/(?:Principal\/Service|Service|aws:SourceService|Properties\/Principal)(?:\/\d+)?$/;

/**
 * The places of a template that name another part of AWS than that of the region, and the services that it names as
 * principals.
 *
 * @param isTold whether the stack knows its region: otherwise no partition may be written out at all
 */
export function partitionSlips(template: unknown, region: string, isTold: boolean) {
  const { partition, domainSuffix = '' } = RegionInfo.get(region);
  const wrong: string[] = [];
  const principals = new Set<string>();
  for (const [path, text] of textsOf(template)) {
    for (const [arn, named] of text.matchAll(/arn:(aws[a-z-]*):/g)) {
      // ARNs of the configuration are as they were given; others may not be written out at all.
      if (named !== partition || !isTold) wrong.push(`${path}: ${arn}`);
    }
    if (PRINCIPAL.test(path)) {
      principals.add(text);
      continue;
    }
    for (const [domain] of text.matchAll(/amazonaws\.com(?:\.cn)?/g)) {
      if (domain !== domainSuffix) wrong.push(`${path}: ${text}`);
    }
  }
  return { wrong, principals };
}
