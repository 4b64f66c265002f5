import { describe, expect, it } from 'vitest';
import { regionOfHost } from '../../../src/core/iam/region-of-host.ts';

describe('regionOfHost', () => {
  it.each([
    ['an instance', 'acme.c0123456789.us-east-1.rds.amazonaws.com', 'us-east-1'],
    ['a cluster', 'fleet.cluster-c0123456789.eu-central-1.rds.amazonaws.com', 'eu-central-1'],
    ['a reader', 'fleet.cluster-ro-c0123456789.ap-southeast-2.rds.amazonaws.com', 'ap-southeast-2'],
    ['an endpoint of its own', 'a.cluster-custom-c0123.us-west-2.rds.amazonaws.com', 'us-west-2'],
    ['GovCloud', 'acme.c0123456789.us-gov-west-1.rds.amazonaws.com', 'us-gov-west-1'],
    ['China', 'acme.c0123456789.rds.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    [
      'China, written like elsewhere',
      'acme.c0123.cn-northwest-1.rds.amazonaws.com.cn',
      'cn-northwest-1',
    ],
    ['capitals and the dot of the root', 'Acme.C0123.EU-West-1.RDS.amazonaws.com.', 'eu-west-1'],
  ])('regionOfHost reads the region in the name of %s', (_, host, region) => {
    expect(regionOfHost(host)).toBe(region);
  });

  it.each([
    'localhost',
    '127.0.0.1',
    '::1',
    'db1.example.com',
    'eu-west-1.example.com',
    'fleet.global-c0123456789.global.rds.amazonaws.com',
  ])('regionOfHost finds no region in %s', (host) => {
    expect(regionOfHost(host)).toBeUndefined();
  });
});
