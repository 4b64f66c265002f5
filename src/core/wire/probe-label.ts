/**
 * Name and label of the Distributed Map that asks tenants what they have to do. Its Map Runs are not rounds; this label,
 * which is part of their ARNs, distinguishes them.
 */
export const PROBE_LABEL = 'ProbeTenants';
