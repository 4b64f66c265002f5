import { Aws, Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { allow } from './allow.ts';
import { deliveredLogGroup, type LogGroupSettings } from './encrypted-log-group.ts';
import { encryptedStateMachine } from './encrypted-state-machine.ts';
import { stateMachineArn } from './migrations-state-machine.ts';
import { refillPoolDefinition } from './refill-pool-definition.ts';

export interface PoolRefillingProps {
  readonly name: string;
  /** ARN of the function that provisions tenants, which has all rights that a pool needs. */
  readonly provisionTenantArn: string;
  readonly functionTimeout: Duration;
  /** ProvisionTenant: after each tenant that it provisions the pool is filled again. */
  readonly provisioning: StateMachine;
  readonly dataKey: IKey;
  readonly logs: LogGroupSettings;
}

/** For what no new tenant has started: a deployment with new migrations, and a filling that failed or was killed. */
const EVERY = Duration.minutes(15);

/** A day, as for one tenant: the first filling of a pool makes all its databases. */
const TIMEOUT = Duration.days(1);

/** The state machine RefillPool, which is started after each new tenant and every quarter of an hour. */
export class PoolRefilling extends Construct {
  readonly machine: StateMachine;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: PoolRefillingProps) {
    super(scope, id);
    const { name, provisionTenantArn } = props;
    const role = new Role(this, 'Role', {
      description: `What the state machine ${name} may do`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          ArnLike: { 'aws:SourceArn': stateMachineArn(this, name) },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
    });
    allow(role, { actions: ['lambda:InvokeFunction'], resources: [provisionTenantArn] });
    this.logGroup = deliveredLogGroup(this, name, props.logs);
    this.machine = encryptedStateMachine(this, {
      name,
      definition: refillPoolDefinition({
        partition: Aws.PARTITION,
        provisionTenantArn,
        timeoutSeconds: TIMEOUT.toSeconds(),
        functionTimeoutSeconds: props.functionTimeout.toSeconds(),
      }),
      role,
      key: props.dataKey,
      logGroup: this.logGroup,
    });
    this.startAfter(props.provisioning);
  }

  private startAfter(provisioning: StateMachine): void {
    // Both have one role, which may start this machine and nothing else. Events of a machine with a key of its own carry
    // no data: the list of the pool says which servers get new tenants.
    const target = () =>
      new SfnStateMachine(this.machine, {
        input: RuleTargetInput.fromObject({}),
        // The schedule starts the next one.
        maxEventAge: EVERY,
      });
    const rules = [
      new Rule(this, 'NewTenants', {
        description: 'Fills the pool after a tenant was provisioned',
        eventPattern: {
          source: ['aws.states'],
          detailType: ['Step Functions Execution Status Change'],
          detail: { stateMachineArn: [provisioning.stateMachineArn], status: ['SUCCEEDED'] },
        },
        targets: [target()],
      }),
      new Rule(this, 'Schedule', {
        description: 'Brings the pool up to date',
        schedule: Schedule.rate(EVERY),
        targets: [target()],
      }),
    ];
    for (const rule of rules) {
      acknowledge(rule, {
        'Serverless-EventBusDLQ':
          'What is lost with an event is done by the next start on schedule.',
      });
    }
  }
}
