import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { LONGEST_WAIT_MINUTES, ON_DEPLOY_MODES } from '../src/core/wire/on-deploy-properties.ts';
import { DATABASE_USER, RESOURCE_ID } from './iam-logins.ts';

const text = z.string().trim().min(1);
const flag = z.boolean().describe('true or false');
const id = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}-[0-9a-f]+$`))
    .describe(`an id such as "${prefix}-0a1b2c3d"`);
const arn = (service: string) =>
  z
    .string()
    .regex(new RegExp(`^arn:[^:]+:${service}:[^:]*:\\d{12}:.+$`))
    .describe(`an ARN of ${service}`);
const cidr = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/)
  .describe('addresses such as "10.0.0.0/16"');
const whole = (from: number, to: number) =>
  z
    .int()
    .min(from)
    .max(to)
    .describe(`a whole number from ${from} to ${to.toLocaleString('en')}`);
const memory = whole(128, 10_240);
const LOG_RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days < RetentionDays.INFINITE,
);
const request = z.record(z.string(), z.unknown()).describe('a request: an object of its keys');

const vpc = z.strictObject({
  id: id('vpc'),
  /** Addresses of the VPC, one range or all of them; with `subnets`. */
  cidr: z
    .union([cidr, z.array(cidr).min(1)])
    .optional()
    .describe('addresses such as "10.0.0.0/16", or a list of them'),
  /** Subnets of lister and migrator. Without them the VPC is looked up in the account. */
  subnets: z
    .array(
      z.strictObject({
        id: id('subnet'),
        availabilityZone: text.describe('the name of a zone'),
        /** For the gateway endpoint, if `endpoints` are made. */
        routeTableId: id('rtb').optional(),
      }),
    )
    .min(1)
    .optional()
    .describe('a list of at least one subnet'),
  securityGroupIds: z.array(id('sg')).min(1).optional().describe('a list of ids'),
  endpoints: flag.default(false),
  /** Security group of an endpoint of Secrets Manager that exists. */
  secretsManagerSecurityGroupId: id('sg').optional(),
  /** Addresses of such an endpoint, or of a proxy. */
  secretsManagerCidr: cidr.optional(),
});

const iamLogins = z
  .array(
    z.strictObject({
      resourceId: z
        .string()
        .regex(RESOURCE_ID)
        .describe('the resource id of a server, such as "db-ABCDEFGHIJKL"'),
      users: z
        .array(
          z.string().regex(DATABASE_USER).describe('a database user, such as "acme" or "acme_*"'),
        )
        .min(1)
        .describe('a list of database users'),
      region: text.optional().describe('a region'),
      account: z
        .string()
        .regex(/^\d{12}$/)
        .optional()
        .describe('an account of 12 digits'),
    }),
  )
  .min(1)
  .describe('a list of objects with "resourceId" and "users"');

const loginSecrets = z
  .array(
    z.strictObject({
      arn: arn('secretsmanager'),
      /** Its KMS key, unless it is the account's own. */
      keyArn: arn('kms').optional(),
      server: text.optional().describe('a server such as "db1.example.com:3306"'),
    }),
  )
  .min(1)
  .describe('a list of at least one secret, each with "arn"');

/** The keys of the configuration; their descriptions name the allowed values. */
export const configSchema = z.strictObject({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/)
    .default('Fanfold')
    .describe('1 to 40 letters, digits and hyphens, a letter first'),
  migrationsFolder: text.optional().describe('a folder'),
  /** Folder of the project, whose fanfold.config.ts is read. */
  project: text.optional().describe('a folder'),
  environment: text.optional().describe('an environment of the configuration file'),
  allowDuplicateTimestamps: flag.optional(),
  /** File of the evidence without which no tenant is migrated. */
  requireRehearsal: text.optional().describe('a file'),
  centralSecretArn: arn('secretsmanager').optional(),
  /** The KMS key of that secret, unless it is the account's own. */
  centralSecretKeyArn: arn('kms').optional(),
  /** The parts of the address that the secret lacks. */
  centralDatabase: z
    .strictObject({
      host: text.optional(),
      port: whole(1, 65_535).optional(),
      name: text.optional(),
    })
    .optional()
    .describe('an object with "host", "port" and "name"'),
  iamLogins: z
    .strictObject({
      central: iamLogins.optional(),
      centralRead: iamLogins.optional(),
      admins: iamLogins.optional(),
      tenants: iamLogins.optional(),
    })
    .optional()
    .describe('an object with "central", "centralRead", "admins" and "tenants"'),
  /** A login of the central database that may only read, for the functions that only look at tenants there. */
  centralReadSecretArn: arn('secretsmanager').optional(),
  /** The KMS key of that secret, unless it is the account's own. */
  centralReadSecretKeyArn: arn('kms').optional(),
  encryptionKeySecretArn: arn('secretsmanager').optional(),
  encryptionKeySecretKeyArn: arn('kms').optional(),
  vpc: vpc.optional().describe('an object with "id" and, without an account, "cidr" and "subnets"'),
  databasePorts: z.array(whole(1, 65_535)).min(1).default([3306]).describe('a list of ports'),
  databaseCidrs: z.array(cidr).min(1).optional().describe('a list of addresses'),
  s3PrefixListId: id('pl').optional(),
  requestDefaults: request.optional(),
  schedule: z
    .strictObject({
      expression: z
        .string()
        .regex(/^(cron|rate|at)\(.+\)$/)
        .describe('"cron(…)", "rate(…)" or "at(…)"'),
      timeZone: z
        .string()
        .refine(isTimeZone)
        .default('Etc/UTC')
        .describe('a time zone such as "Europe/Berlin"'),
      request: request.optional(),
    })
    .optional()
    .describe('an object with "expression"'),
  onDeploy: z
    .strictObject({
      mode: z.enum(ON_DEPLOY_MODES).describe('"start" or "wait"'),
      runOnCreate: flag.default(false),
      timeoutMinutes: whole(1, LONGEST_WAIT_MINUTES).default(LONGEST_WAIT_MINUTES),
      request: request.optional(),
    })
    .optional()
    .describe('an object with "mode"'),
  /** Logins that read the shapes of all tenants of a server. */
  shapeSecrets: loginSecrets.optional(),
  /** Logins that ask replicas how late they are. */
  replicaSecrets: loginSecrets.optional(),
  provisioning: z
    .strictObject({
      adminSecrets: loginSecrets,
      accountsFrom: text.optional().describe('a host or a pattern such as "10.1.%"'),
      privileges: text.optional().describe('privileges with commas, such as "SELECT,INSERT"'),
      migrationPrivileges: text.optional().describe('privileges with commas, such as "ALL"'),
      collation: text.optional().describe('a collation of utf8mb4'),
      auth: z.enum(['password', 'iam']).optional().describe('"password" or "iam"'),
      requireTls: flag.optional(),
      passwordFormat: z.enum(['v1', 'v2']).optional().describe('"v1" or "v2"'),
      pool: whole(0, 100).optional(),
    })
    .optional()
    .describe('an object with "adminSecrets"'),
  alarmsTopicArn: arn('sns').optional(),
  eventBusArn: arn('events').optional(),
  notifyTopicArn: arn('sns').optional(),
  /** The KMS key of that topic, if it has one of yours. */
  notifyTopicKeyArn: arn('kms').optional(),
  notifyFormat: z.enum(['text', 'amazon-q']).optional().describe('"text" or "amazon-q"'),
  dashboard: flag.default(true),
  runbook: text.optional().describe('an address'),
  tls: z.enum(['auto', 'required', 'off']).optional().describe('"auto", "required" or "off"'),
  certificatesFile: text.optional().describe('a PEM file'),
  tableName: text.optional().describe('the name of a table'),
  memory: z
    .strictObject({
      listTenants: memory.optional(),
      migrateTenant: memory.optional(),
      reduceOutcomes: memory.optional(),
      settleRun: memory.optional(),
      watchDigests: memory.optional(),
      provisionTenant: memory.optional(),
      operate: memory.optional(),
    })
    .optional()
    .describe('an object of functions with their memory in MB'),
  architecture: z.enum(['arm64', 'x86_64']).optional().describe('"arm64" or "x86_64"'),
  functionTimeoutMinutes: whole(2, 15).optional(),
  permissionsBoundaryArn: arn('iam').optional(),
  logRetentionDays: z
    .literal(LOG_RETENTION_DAYS)
    .optional()
    .describe(`a number of days that CloudWatch has: ${LOG_RETENTION_DAYS.join(', ')}`),
  /** Bucket that takes S3's log of the requests to the run bucket. */
  runBucketAccessLogsBucket: text.optional().describe('the name of a bucket'),
  maxHoursPerTenant: whole(1, 168).optional(),
  runTimeoutHours: whole(1, 8_760).default(168),
  migratorConcurrency: whole(1, 10_000).optional(),
  keepRunsDays: whole(15, 3_650).default(400),
  removalPolicy: z.enum(['retain', 'destroy']).default('retain').describe('"retain" or "destroy"'),
});

/** The configuration of the stack; every key may be left out. */
export type Config = z.infer<typeof configSchema>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
