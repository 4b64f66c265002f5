import { Duration, Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { acknowledgeWildcards } from './allow.ts';

export interface EncryptedStateMachineProps {
  readonly name: string;
  /** As plain data, in the States Language. */
  readonly definition: object;
  /** Role of the machine; the right to deliver its log is added. */
  readonly role: Role;
  /** Of its definition and its executions' data. */
  readonly key: IKey;
  readonly logGroup: ILogGroup;
}

/** A state machine whose data is encrypted with our key, and whose log has steps but no data. */
export function encryptedStateMachine(
  scope: Construct,
  { name, definition, role, key, logGroup }: EncryptedStateMachineProps,
): StateMachine {
  const machine = new StateMachine(scope, 'StateMachine', {
    stateMachineName: name,
    definitionBody: DefinitionBody.fromString(Stack.of(scope).toJsonString(definition)),
    role,
    encryptionConfiguration: new CustomerManagedEncryptionConfiguration(
      key,
      // The maximum, so that KMS gets a request every quarter of an hour.
      Duration.minutes(15),
    ),
    logs: {
      destination: logGroup,
      level: LogLevel.ALL,
      // Requests, outcomes and causes stay in the history and in the run store, under their own rights.
      includeExecutionData: false,
    },
  });
  acknowledgeWildcards(role, ['*'], 'The delivery of logs has no address.');
  const noTraces = 'The history of an execution and of its children tells more than a trace does.';
  acknowledge(machine, {
    'AwsSolutions-SF2': noTraces,
    'Serverless-StepFunctionStateMachineXray': noTraces,
  });
  return machine;
}
