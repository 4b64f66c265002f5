import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  AuroraMysqlEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it, vi } from 'vitest';
import { TenantMigrations } from '../../lib/tenant-migrations.ts';
import { flat, resourcesOf } from './support/synthesized.ts';

vi.mock('../../lib/bundle-lambdas.ts', () => import('./support/fake-bundles.ts'));

const env = { account: '123456789012', region: 'eu-west-1' };

/** VPC, cluster and its secret in one stack, the construct in another one. */
function twoStacks() {
  const app = new App();
  const theirs = new Stack(app, 'Databases', { env });
  const vpc = new Vpc(theirs, 'Vpc', { maxAzs: 2 }) as IVpc;
  const database = new DatabaseCluster(theirs, 'Cluster', {
    engine: DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_2 }),
    storageEncryptionKey: new Key(theirs, 'Key'),
    credentials: Credentials.fromUsername('root', { encryptionKey: new Key(theirs, 'SecretKey') }),
    writer: ClusterInstance.serverlessV2('Writer'),
    vpc,
  });
  const ours = new Stack(app, 'Fanfold', { env });
  const migrations = new TenantMigrations(ours, 'Migrations', {
    migrationsFolder: 'demo/migrations',
    vpc,
    centralSecret: database.secret as ISecret,
    provisioning: { adminSecrets: [{ secret: database.secret as ISecret }] },
  });
  return { app, theirs, ours, database, migrations };
}

// The library loads its parts when they are first used, which takes long on a busy machine.
describe('the construct beside a database of another stack', { timeout: 180_000 }, () => {
  it('the construct opens the database from its own stack', () => {
    const { app, theirs, ours, database, migrations } = twoStacks();
    migrations.connections.allowToDefaultPort(database);
    app.synth();
    expect(ours.dependencies).toEqual([theirs]);
    expect(theirs.dependencies).toEqual([]);
    const rules = resourcesOf(Template.fromStack(ours), 'AWS::EC2::SecurityGroupIngress');
    const opened = rules.filter(({ Properties }) => flat(Properties.GroupId).includes('Databases'));
    // Lister and migrator.
    expect(opened).toHaveLength(2);
    for (const { Properties } of opened) expect(flat(Properties.FromPort)).toContain('Port');
  });

  it('the construct causes a cycle if the database opens itself, which is why the docs show the other direction', () => {
    const { app, database, migrations } = twoStacks();
    database.connections.allowDefaultPortFrom(migrations);
    expect(() => app.synth()).toThrow(/cyclic|circular/i);
  });
});
