import { expect, it } from 'vitest';
import { awsCallOf } from './aws-call.ts';

const signed = (service: string, more = {}) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=fanfold-list-tenants/20261101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  ...more,
});

it.each([
  [
    'GET',
    '/bucket/runs/1/summary.json?x-id=GetObject',
    's3:GetObject',
    'arn:aws:s3:::bucket/runs/1/summary.json',
  ],
  ['HEAD', '/bucket/runs/a%20b', 's3:GetObject', 'arn:aws:s3:::bucket/runs/a b'],
  ['PUT', '/bucket/key?partNumber=1&uploadId=1', 's3:PutObject', 'arn:aws:s3:::bucket/key'],
  ['POST', '/bucket/key?uploads', 's3:PutObject', 'arn:aws:s3:::bucket/key'],
  ['DELETE', '/bucket/key?uploadId=1', 's3:AbortMultipartUpload', 'arn:aws:s3:::bucket/key'],
  ['DELETE', '/bucket/key', 's3:DeleteObject', 'arn:aws:s3:::bucket/key'],
])('%s %s of S3 is %s', (method, url, action, resource) => {
  expect(awsCallOf({ method, url, headers: signed('s3'), body: '' })).toEqual({
    caller: 'fanfold-list-tenants',
    action,
    resources: [resource],
    context: {},
    executionData: false,
  });
});

it('a listing names its prefix', () => {
  const url = '/bucket/?list-type=2&prefix=runs%2F1%2F';
  expect(awsCallOf({ method: 'GET', url, headers: signed('s3'), body: '' })).toMatchObject({
    action: 's3:ListBucket',
    resources: ['arn:aws:s3:::bucket'],
    context: { 's3:prefix': 'runs/1/' },
  });
});

it('calls of other services are read from target and body', () => {
  const headers = signed('states', { 'x-amz-target': 'AWSStepFunctions.ListExecutions' });
  const body = '{"stateMachineArn":"arn:machine"}';
  expect(awsCallOf({ method: 'POST', url: '/', headers, body })).toMatchObject({
    action: 'states:ListExecutions',
    resources: ['arn:machine'],
  });
});

it('an unknown call of AWS is an error', () => {
  const request = { method: 'POST', url: '/', headers: signed('odd'), body: '' };
  expect(() => awsCallOf(request)).toThrow('No reader for odd');
  expect(() => awsCallOf({ ...request, headers: {} })).toThrow('without a signature');
});

it('an event names its bus and its source', () => {
  const headers = signed('events', { 'x-amz-target': 'AWSEvents.PutEvents' });
  const body = JSON.stringify({ Entries: [{ EventBusName: 'default', Source: 'fanfold' }] });
  expect(awsCallOf({ method: 'POST', url: '/', headers, body })).toMatchObject({
    action: 'events:PutEvents',
    resources: ['arn:aws:events:eu-west-1:123456789012:event-bus/default'],
    context: { 'events:source': 'fanfold' },
  });
});

it('a message on a topic names the topic', () => {
  const body = new URLSearchParams({
    Action: 'Publish',
    TopicArn: 'arn:aws:sns:eu-west-1:123456789012:rollouts',
  }).toString();
  expect(awsCallOf({ method: 'POST', url: '/', headers: signed('sns'), body })).toMatchObject({
    action: 'sns:Publish',
    resources: ['arn:aws:sns:eu-west-1:123456789012:rollouts'],
  });
});
