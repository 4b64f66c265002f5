/** Addresses in the definition: those of a stack, or placeholders. */
export interface StateMachineTargets {
  /** `aws`, or that of another part of AWS. */
  readonly partition: string;
  /** ARNs without version or alias: a corrected migration has to reach a run that is redriven. */
  readonly listTenantsArn: string;
  readonly migrateTenantArn: string;
  readonly reduceOutcomesArn: string;
  readonly settleRunArn: string;
  readonly watchDigestsArn: string;
  /** The function that keeps the pool of databases for new tenants; undefined without a pool. */
  readonly provisionTenantArn?: string | undefined;
  readonly runBucketName: string;
  /** An execution that takes longer ends as TIMED_OUT. */
  readonly timeoutSeconds: number;
  /** Time limit of the functions. */
  readonly functionTimeoutSeconds: number;
  /** The task that migrates tenants with huge tables; absent if runs start none. */
  readonly onlineTask?: OnlineTaskTargets | undefined;
}

/** A task of Fargate, as a state starts it. */
export interface OnlineTaskTargets {
  readonly clusterArn: string;
  /** Without a revision: a corrected image has to reach a run that is redriven. */
  readonly family: string;
  readonly container: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** The time that one task may take. */
  readonly timeoutSeconds: number;
}
