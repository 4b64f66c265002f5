/**
 * Outputs of the stack by which `--aws <stack>` finds its resources: the infrastructure writes them, the
 * command line reads them from DescribeStacks.
 */
export const STACK_OUTPUTS = {
  stateMachineArn: 'StateMachineArn',
  runBucketName: 'RunBucketName',
  /** ARN of the secret with the central database's login. */
  centralSecretArn: 'CentralSecretArn',
  /** The parts of the address that the secret lacks, as JSON; absent if it lacks none. */
  centralDatabase: 'CentralDatabase',
  /** ARN of the secret with the encryption key. */
  keySecretArn: 'KeySecretArn',
  /** SHA-256 over the ids and checksums of the deployed migrations. */
  bundleHash: 'BundleHash',
  /** `true` if tenants are migrated only if their shapes were rehearsed; absent otherwise. */
  requiresRehearsal: 'RequiresRehearsal',
  settleFunctionName: 'SettleFunctionName',
  /** ARN of the state machine ProvisionTenant; only of a stack that has one. */
  provisionMachineArn: 'ProvisionMachineArn',
  /** ARN of the state machine RefillPool; only of a stack with a pool. */
  refillMachineArn: 'RefillMachineArn',
  /** Names of the functions that work for an operator: only of a stack that has them. */
  inspectFunctionName: 'InspectFunctionName',
  resolveFunctionName: 'ResolveFunctionName',
  passwordsFunctionName: 'PasswordsFunctionName',
  moveFunctionName: 'MoveFunctionName',
  /** The last two only of a stack with provisioning. */
  repairFunctionName: 'RepairFunctionName',
  undoFunctionName: 'UndoFunctionName',
} as const;
