import { CfnVPCCidrBlock, type ISubnet, type IVpc } from 'aws-cdk-lib/aws-ec2';

/**
 * Every IPv4 range of a VPC that the app can determine: the first one, those that the app adds to it, and
 * those of its subnets, which is how a VPC that was looked up shows its further ranges. A database in a range
 * that is missing here needs `databasePeers`.
 */
export function vpcCidrs(vpc: IVpc): string[] {
  const first = firstRange(vpc);
  const ranges = [first, ...addedRanges(vpc)];
  const subnets = [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets];
  for (const range of subnets.map(rangeOf)) {
    // The first range of a VPC that the app makes is known at deployment only, but it holds the subnets.
    if (range !== undefined && isRange(first) && !isWithinAny(range, ranges)) {
      ranges.push(range);
    }
  }
  return [...new Set(ranges)];
}

/** An imported VPC throws if its range was not given. */
function firstRange(vpc: IVpc): string {
  try {
    return vpc.vpcCidrBlock;
  } catch (cause) {
    throw new Error(
      `The addresses of ${vpc.node.path} are not known, and the functions may connect to those of the databases only. Give the VPC its "vpcCidrBlock", or "databasePeers" the addresses or security groups of the databases.`,
      { cause },
    );
  }
}

function addedRanges(vpc: IVpc): string[] {
  return vpc.node.root.node
    .findAll()
    .filter((construct) => construct instanceof CfnVPCCidrBlock)
    .filter(({ vpcId }) => vpcId === vpc.vpcId)
    .flatMap(({ cidrBlock }) => (cidrBlock === undefined ? [] : [cidrBlock]));
}

/** An imported subnet throws if its range was not given. */
function rangeOf(subnet: ISubnet): string | undefined {
  try {
    return isRange(subnet.ipv4CidrBlock) ? subnet.ipv4CidrBlock : undefined;
  } catch {
    return undefined;
  }
}

const RANGE = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/;

function isRange(text: string): boolean {
  return RANGE.test(text);
}

function isWithinAny(range: string, outer: readonly string[]): boolean {
  const inner = boundsOf(range);
  return outer.some((one) => {
    const bounds = boundsOf(one);
    return (
      inner !== undefined &&
      bounds !== undefined &&
      bounds.first <= inner.first &&
      inner.last <= bounds.last
    );
  });
}

function boundsOf(range: string): { first: number; last: number } | undefined {
  const parts = RANGE.exec(range)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts;
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}
