import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it, vi } from 'vitest';
import type { TenantMigrationsProps } from '../../lib/tenant-migrations.ts';
import { statementsOf } from './support/statements.ts';
import { construct, resourcesOf, templateOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

const USERS = 'arn:<AWS::Partition>:rds-db:<AWS::Region>:<AWS::AccountId>:dbuser:';

/** The roles that may log in by IAM, and as whom. */
function connecting(template: Template) {
  return statementsOf(template)
    .filter(({ actions }) => actions.includes('rds-db:connect'))
    .map(({ role, resources }) => [role, ...resources]);
}

const templateWith = (props: Partial<TenantMigrationsProps>) =>
  Template.fromStack(construct(props).stack);

// The library loads its parts when they are first used, which takes long on a busy machine.
describe('iamLogins', { timeout: 180_000 }, () => {
  it('without iamLogins no function may log in to a database by IAM', () => {
    expect(connecting(templateOf())).toEqual([]);
  });

  it('iamLogins lets the lister be the users of the central database and the migrator those of tenants', () => {
    const template = templateOf({
      iamLogins: {
        central: [{ resourceId: 'cluster-ABC', users: ['fanfold'] }],
        centralRead: [{ resourceId: 'cluster-ABC', users: ['looks'] }],
        tenants: [{ resourceId: 'db-DEF', users: ['acme', 'beta'] }],
      },
    });
    const tenants = [`${USERS}db-DEF/acme`, `${USERS}db-DEF/beta`];
    expect(connecting(template)).toEqual([
      ['FunctionsListTenants', `${USERS}cluster-ABC/fanfold`],
      ['FunctionsMigrateTenant', ...tenants],
      ['FunctionsWatchDigests', `${USERS}cluster-ABC/looks`, ...tenants],
      ['OperatorsInspect', `${USERS}cluster-ABC/looks`, ...tenants],
      ['OperatorsResolve', `${USERS}cluster-ABC/looks`, ...tenants],
      ['OperatorsPasswords', `${USERS}cluster-ABC/fanfold`, ...tenants],
      ['OperatorsMove', `${USERS}cluster-ABC/fanfold`, ...tenants],
    ]);
  });

  it('iamLogins lets the functions that connect as administrators be those', () => {
    const template = templateOf({
      iamLogins: {
        central: [{ resourceId: 'cluster-ABC', users: ['fanfold'] }],
        admins: [{ resourceId: 'db-DEF', users: ['root'] }],
      },
      provisioning: {
        adminSecrets: [
          { arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-a1b2c3' },
        ],
      },
    });
    const admins = connecting(template).filter((rights) => rights.includes(`${USERS}db-DEF/root`));
    expect(admins.map(([role]) => role).sort()).toEqual([
      'OperatorsPasswords',
      'OperatorsRepair',
      'OperatorsUndo',
      'ProvisioningProvisionTenant',
    ]);
  });

  it('iamLogins lets the provisioner be all of them', () => {
    const { adminSecrets, iamLogins } = {
      adminSecrets: [{ arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-a1b2c3' }],
      iamLogins: {
        central: [{ resourceId: 'cluster-ABC', users: ['fanfold'] }],
        tenants: [
          { resourceId: 'db-DEF', users: ['t_*'], region: 'eu-west-2', account: '123456789012' },
        ],
      },
    };
    const template = templateOf({ iamLogins, provisioning: { adminSecrets } });
    expect(connecting(template)).toContainEqual([
      'ProvisioningProvisionTenant',
      `${USERS}cluster-ABC/fanfold`,
      'arn:<AWS::Partition>:rds-db:eu-west-2:123456789012:dbuser:db-DEF/t_*',
    ]);
  });

  it.each([
    ['a name instead of a resource id', { resourceId: 'my-database', users: ['acme'] }],
    ['any server', { resourceId: '*', users: ['acme'] }],
    ['an ARN', { resourceId: 'arn:aws:rds:eu-west-1:123456789012:db:x', users: ['acme'] }],
    ['no users', { resourceId: 'db-ABC', users: [] }],
    ['an asterisk in the middle', { resourceId: 'db-ABC', users: ['a*b'] }],
    ['a user with a slash', { resourceId: 'db-ABC', users: ['a/b'] }],
  ])('iamLogins refuses %s, in the construct and in cdk.json', (_, login) => {
    expect(() => templateWith({ iamLogins: { tenants: [login] } })).toThrow(/iamLogins/);
    expect(() => templateOf({ iamLogins: { tenants: [login] } })).toThrow(/iamLogins/);
  });
});

describe('centralDatabase', { timeout: 180_000 }, () => {
  const environments = (template: Template) =>
    resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ Properties }) => {
      const { Variables = {} } = (Properties.Environment ?? {}) as {
        Variables?: Record<string, unknown>;
      };
      return Variables.FANFOLD_CENTRAL_DATABASE ?? [];
    });

  it('centralDatabase reaches the function that lists and the command line', () => {
    const template = templateOf({ centralDatabase: { host: 'db.example.com', name: 'central' } });
    const text = '{"host":"db.example.com","name":"central"}';
    // The lister, the function that compares statements, and those that inspect, resolve, set passwords and move.
    expect(environments(template)).toEqual([text, text, text, text, text, text]);
    expect(template.toJSON().Outputs.CentralDatabase).toEqual({ Value: text });
  });

  it('centralDatabase is not there unless it is given', () => {
    expect(environments(templateOf())).toEqual([]);
    expect(templateOf().toJSON().Outputs).not.toHaveProperty('CentralDatabase');
  });
});
