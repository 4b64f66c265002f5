import { describe, expect, it } from 'vitest';
import { allowing, type Statement, statementsOf } from './policies.ts';
import type { Deployment, Template } from './template.ts';

const deployment: Deployment = {
  account: '123456789012',
  region: 'eu-west-1',
  stackName: 'Fanfold',
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Fanfold/1',
  physicalIds: new Map([['Bucket', 'runs-of-fanfold']]),
  parameters: new Map(),
};

const template: Template = {
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket' },
    Role: { Type: 'AWS::IAM::Role' },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 's3:GetObject',
              Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/runs/*']] },
            },
            {
              Effect: 'Allow',
              Action: ['s3:ListBucket'],
              Resource: { 'Fn::GetAtt': ['Bucket', 'Arn'] },
              Condition: { StringLikeIfExists: { 's3:prefix': ['runs/*'] } },
            },
            {
              Effect: 'Deny',
              Action: 's3:*',
              Resource: {
                'Fn::Join': ['', ['arn:aws:s3:::', { Ref: 'Bucket' }, '/runs/secret/*']],
              },
            },
          ],
        },
      },
    },
  },
};

const statements = statementsOf(template, deployment);
const bucket = 'arn:aws:s3:::runs-of-fanfold';
const may = (action: string, resource: string, context = {}, of: Statement[] = statements) =>
  allowing(of, 'Role', { action, resource, context }).length > 0;

describe('policies of a template', () => {
  it('policies of a template allow only what matches in action and resource', () => {
    expect(may('s3:GetObject', `${bucket}/runs/1/summary.json`)).toBe(true);
    expect(may('s3:GetObject', `${bucket}/items/1`)).toBe(false);
    expect(may('s3:PutObject', `${bucket}/runs/1/summary.json`)).toBe(false);
    expect(may('s3:GetObject', 'arn:aws:s3:::runs-of-fanfoldX/runs/1')).toBe(false);
    expect(
      allowing(statements, 'Other', {
        action: 's3:GetObject',
        resource: `${bucket}/runs/1`,
        context: {},
      }),
    ).toEqual([]);
  });

  it('permissions of a policy are revoked by a denial', () => {
    expect(may('s3:GetObject', `${bucket}/runs/secret/1`)).toBe(false);
  });

  it('ask for the values of conditions', () => {
    expect(may('s3:ListBucket', bucket, { 's3:prefix': 'runs/1/' })).toBe(true);
    expect(may('s3:ListBucket', bucket, { 's3:prefix': 'items/' })).toBe(false);
    expect(may('s3:ListBucket', bucket)).toBe(true);
    const strict = statements.map((one) => ({
      ...one,
      conditions: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    }));
    expect(may('s3:ListBucket', bucket, {}, strict)).toBe(false);
  });

  it('policies that are not understood are an error and grant no permission', () => {
    const odd = statements.map((one) => ({
      ...one,
      conditions: { DateGreaterThan: { 'aws:CurrentTime': '2026' } },
    }));
    expect(() => may('s3:ListBucket', bucket, { 'aws:CurrentTime': '2027' }, odd)).toThrow(
      'DateGreaterThan',
    );
    const unknown = { Resources: { ...template.Resources, Bucket: { Type: 'AWS::Odd::Thing' } } };
    expect(() => statementsOf(unknown, deployment)).toThrow('AWS::Odd::Thing');
  });
});
