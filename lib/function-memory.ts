/** Memory of each function in MB, 128 to 10,240; 1,769 come with one whole processor. */
export interface FunctionMemory {
  readonly listTenants?: number | undefined;
  readonly migrateTenant?: number | undefined;
  readonly reduceOutcomes?: number | undefined;
  readonly settleRun?: number | undefined;
  readonly watchDigests?: number | undefined;
  readonly provisionTenant?: number | undefined;
  /** Memory of each function that works for an operator. */
  readonly operate?: number | undefined;
}
